/** Scores of runs with their intervals, and what each document adds to them. */
import type { DocumentEvidence, ScoreReport } from '../../worker/domain/score-report.ts';
import type { ProjectDatabase } from './database.ts';

/** The documents a report is on, and for the source's who read them; see schema 40. */
export type ReportPart = 'dev' | 'test' | 'source' | 'source-only';

/** `document`: its id when it was scored. */
export interface ScoredDocument extends DocumentEvidence {
  readonly document: number;
}

export interface StoredReport {
  /** `labelMap`: of a source's documents, how their labels were read; and which source's where it has a name. */
  readonly report: ScoreReport & {
    readonly labelMap?: Readonly<Record<string, string>>;
    readonly labelMapSource?: string;
  };
  readonly evidence: readonly ScoredDocument[];
}

export interface ScoreReportStore {
  /** Keep a report in place of an earlier one of the run and part. */
  save(run: number, part: ReportPart, stored: StoredReport): void;
  find(run: number, part: ReportPart): StoredReport | undefined;
}

/** Prepares the statements of this aggregate. */
export function scoreReportStore(database: ProjectDatabase): ScoreReportStore {
  const save = database.statement(
    'score-reports.save',
    `INSERT OR REPLACE INTO score_reports (run_id, part, scored_at, report, evidence)
     VALUES ($run, $part, $at, $report, $evidence)`,
  );
  const find = database.statement<{ report: string; evidence: string }>(
    'score-reports.find',
    'SELECT report, evidence FROM score_reports WHERE run_id = $run AND part = $part',
  );
  return {
    save: (run, part, { report, evidence }) =>
      void save.run({
        ...{ run, part, at: new Date().toISOString() },
        report: JSON.stringify(report),
        evidence: JSON.stringify(evidence),
      }),
    find(run, part) {
      const row = find.get({ run, part });
      if (row === undefined) return undefined;
      return {
        report: JSON.parse(row.report) as StoredReport['report'],
        evidence: JSON.parse(row.evidence) as ScoredDocument[],
      };
    },
  };
}
