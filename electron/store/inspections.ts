/** Inspected runs: gold and predicted spans of the target's dev and test documents side by side, gate means, source scores. */
import type { ComponentGates, PairKind, SpanPair } from '../../worker/domain/inspection.ts';
import type { Score } from '../../worker/domain/scores.ts';
import type { Task } from '../../worker/domain/task-names.ts';
import type { ProjectDatabase } from './database.ts';

export type ScoredSplit = 'dev' | 'test';

export interface Inspection {
  readonly modelHash: string;
  readonly documents: number;
  readonly gates: readonly ComponentGates[];
}

/** A pair with where it lies. */
export interface StoredPair extends SpanPair {
  readonly id: number;
  readonly document: number;
  readonly name: string;
}

export interface PairFilter {
  readonly run: number;
  readonly split: ScoredSplit;
  readonly kind?: PairKind | undefined;
  /** A gold or predicted label. */
  readonly label?: string | undefined;
  readonly document?: number | undefined;
}

export interface SourceScore {
  readonly score: Score;
  /** Source label to target label, as it was when scored. */
  readonly labelMap: Readonly<Record<string, string>>;
}

export interface InspectionStore {
  /** Keep an inspection in place of an earlier one of the run and split. */
  save(
    run: number,
    split: ScoredSplit,
    inspection: Inspection,
    pairs: Iterable<{ document: number; pairs: readonly SpanPair[] }>,
  ): void;
  find(run: number, split: ScoredSplit): Inspection | undefined;
  /** How often each kind of pair has each two labels. */
  counts(
    run: number,
    split: ScoredSplit,
  ): { kind: PairKind; gold: string | null; predicted: string | null; count: number }[];
  /** A page of the errors, by document name and place. */
  errors(filter: PairFilter, page: { offset: number; limit: number }): StoredPair[];
  countErrors(filter: PairFilter): number;
  /** Of a run on one source. */
  sourceScore(run: number, source: Task): SourceScore | undefined;
  saveSourceScore(run: number, source: Task, scored: SourceScore): void;
}

interface PairRow {
  readonly id: number;
  readonly document: number;
  readonly name: string;
  readonly kind: PairKind;
  readonly goldLabel: string | null;
  readonly goldStart: number;
  readonly goldEnd: number;
  readonly predictedLabel: string | null;
  readonly predictedStart: number;
  readonly predictedEnd: number;
  readonly confidence: number;
}

const matching = `run_id = $run AND span_pairs.split = $split AND kind <> 'correct' AND ($kind IS NULL OR kind = $kind)
  AND ($label IS NULL OR gold_label = $label OR predicted_label = $label) AND ($document IS NULL OR document_id = $document)`;

/** Prepares the statements of this aggregate. */
export function inspectionStore(database: ProjectDatabase): InspectionStore {
  const remove = database.statement(
    'inspections.remove-pairs',
    'DELETE FROM span_pairs WHERE run_id = $run AND split = $split',
  );
  const save = database.statement(
    'inspections.save',
    `INSERT OR REPLACE INTO inspections (run_id, split, model_hash, inspected_at, documents, gates)
     VALUES ($run, $split, $modelHash, $at, $documents, $gates)`,
  );
  const addPair = database.statement(
    'inspections.add-pair',
    `INSERT INTO span_pairs (run_id, split, document_id, kind, gold_label, gold_start, gold_end, predicted_label,
       predicted_start, predicted_end, confidence)
     VALUES ($run, $split, $document, $kind, $goldLabel, $goldStart, $goldEnd, $predictedLabel, $predictedStart,
       $predictedEnd, $confidence)`,
  );
  const find = database.statement<{ modelHash: string; documents: number; gates: string | null }>(
    'inspections.find',
    'SELECT model_hash AS modelHash, documents, gates FROM inspections WHERE run_id = $run AND split = $split',
  );
  const counts = database.statement<{ kind: PairKind; gold: string | null; predicted: string | null; count: number }>(
    'inspections.counts',
    `SELECT kind, gold_label AS gold, predicted_label AS predicted, count(*) AS count FROM span_pairs
     WHERE run_id = $run AND split = $split GROUP BY kind, gold_label, predicted_label`,
  );
  const errors = database.statement<PairRow>(
    'inspections.errors',
    `SELECT span_pairs.id, document_id AS document, documents.name, kind, gold_label AS goldLabel, gold_start AS goldStart,
       gold_end AS goldEnd, predicted_label AS predictedLabel, predicted_start AS predictedStart,
       predicted_end AS predictedEnd, confidence
     FROM span_pairs JOIN documents ON documents.id = document_id WHERE ${matching}
     ORDER BY documents.name, coalesce(gold_start, predicted_start), span_pairs.id LIMIT $limit OFFSET $offset`,
  );
  const countErrors = database.statement<{ errors: number }>(
    'inspections.count-errors',
    `SELECT count(*) AS errors FROM span_pairs WHERE ${matching}`,
  );
  const sourceScore = database.statement<{ score: string; labelMap: string }>(
    'inspections.source-score',
    'SELECT score, label_map AS labelMap FROM source_scores WHERE run_id = $run AND role = $source',
  );
  const saveSourceScore = database.statement(
    'inspections.save-source-score',
    `INSERT OR REPLACE INTO source_scores (run_id, role, score, label_map, scored_at) VALUES ($run, $source, $score, $labelMap, $at)`,
  );
  const now = (): string => new Date().toISOString();

  return {
    save: (run, split, { modelHash, documents, gates }, pairs) =>
      database.transaction(() => {
        remove.run({ run, split });
        save.run({ run, split, modelHash, documents, gates: JSON.stringify(gates), at: now() });
        for (const { document, pairs: found } of pairs) {
          for (const pair of found) addPair.run({ run, split, document, ...columnsOf(pair) });
        }
      }),
    find(run, split) {
      const row = find.get({ run, split });
      if (row === undefined) return undefined;
      return { ...row, gates: JSON.parse(row.gates ?? '[]') as ComponentGates[] };
    },
    counts: (run, split) => counts.all({ run, split }),
    errors: (filter, page) => errors.all({ ...parametersOf(filter), ...page }).map(toPair),
    countErrors: (filter) => countErrors.get(parametersOf(filter))?.errors ?? 0,
    sourceScore(run, source) {
      const row = sourceScore.get({ run, source });
      if (row === undefined) return undefined;
      return { score: JSON.parse(row.score) as Score, labelMap: JSON.parse(row.labelMap) as Record<string, string> };
    },
    saveSourceScore: (run, source, { score, labelMap }) =>
      void saveSourceScore.run({
        run,
        source,
        score: JSON.stringify(score),
        labelMap: JSON.stringify(labelMap),
        at: now(),
      }),
  };
}

function parametersOf({ run, split, kind, label, document }: PairFilter) {
  return { run, split, kind: kind ?? null, label: label ?? null, document: document ?? null };
}

function columnsOf({ kind, gold, predicted }: SpanPair) {
  return {
    kind,
    goldLabel: gold?.label ?? null,
    goldStart: gold?.start ?? null,
    goldEnd: gold?.end ?? null,
    predictedLabel: predicted?.label ?? null,
    predictedStart: predicted?.start ?? null,
    predictedEnd: predicted?.end ?? null,
    confidence: predicted?.confidence ?? null,
  };
}

function toPair(row: PairRow): StoredPair {
  const { id, document, name, kind } = row;
  return {
    ...{ id, document, name, kind },
    gold: row.goldLabel === null ? null : { label: row.goldLabel, start: row.goldStart, end: row.goldEnd },
    predicted:
      row.predictedLabel === null
        ? null
        : {
            label: row.predictedLabel,
            start: row.predictedStart,
            end: row.predictedEnd,
            confidence: row.confidence,
          },
  };
}
