/** Studies and their trials: what is asked, what has been trained for it, and the counts its intervals are drawn from. */
import type { ErrorRecord } from '../../worker/domain/errors.ts';
import type { LabelCountRow, NewTrial, StudyKind, StudySpec, TrialStatus } from '../../worker/domain/study.ts';
import type { ProjectDatabase } from './database.ts';
import type { JobStatus } from './imports.ts';

export interface NewStudy {
  readonly spec: StudySpec;
  /** A fingerprint of the documents it is trained and scored on. */
  readonly data: string;
  readonly pid: number;
  readonly appVersion: string;
}

export interface StudyEntry extends NewStudy {
  readonly id: number;
  readonly kind: StudyKind;
  readonly status: JobStatus;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly error: ErrorRecord | null;
}

/** A trial as it is planned, with what is known of its training documents. */
export interface PlannedTrial extends NewTrial {
  readonly targetDocuments: number;
  /** Labels of the target's test documents of which its training documents hold no entity. */
  readonly missingLabels: readonly string[];
}

export interface TrialEntry extends PlannedTrial {
  readonly id: number;
  readonly study: number;
  /** 1, 2, … within the study. */
  readonly number: number;
  readonly status: TrialStatus;
  readonly run: number | null;
  /** The epoch after which a hopeless trial was ended. */
  readonly stoppedAfter: number | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly error: ErrorRecord | null;
}

/** Hits by document of the test part; `documents` are their ids. */
export interface TrialCounts {
  readonly documents: readonly number[];
  readonly counts: readonly (readonly LabelCountRow[])[];
}

export interface TrialEnd {
  readonly status: Exclude<TrialStatus, 'waiting' | 'running'>;
  readonly stoppedAfter?: number;
  readonly error?: ErrorRecord;
}

export interface StudyStore {
  /** A study that is running, with its first trials; its id. */
  start(study: NewStudy, trials: readonly PlannedTrial[]): number;
  /** Running again: trials that had begun and not ended wait again, without their runs; with `retry` those that failed do too. */
  restart(study: number, how: { pid: number; retry: boolean }): void;
  finish(study: number, end: { status: JobStatus; error?: ErrorRecord }): void;
  find(study: number): StudyEntry | undefined;
  /** Oldest first. */
  list(): StudyEntry[];
  /** Forget a study with its trials and their runs. */
  remove(study: number): void;

  addTrial(study: number, trial: PlannedTrial): TrialEntry;
  /** The first that waits. */
  nextWaiting(study: number): TrialEntry | undefined;
  trial(id: number): TrialEntry | undefined;
  /** By number. */
  trials(study: number): TrialEntry[];
  beginTrial(id: number, run: number): void;
  endTrial(id: number, end: TrialEnd): void;
  /** It waits again and its run is forgotten. */
  resetTrial(id: number): void;
  saveCounts(id: number, counts: TrialCounts): void;
  /** Of every trial that has them, by trial id. */
  counts(study: number): Map<number, TrialCounts>;
}

type StudyRow = Omit<StudyEntry, 'spec' | 'error'> & { readonly spec: string; readonly error: string | null };
type TrialRow = Omit<TrialEntry, 'settings' | 'point' | 'missingLabels' | 'error'> & {
  readonly settings: string;
  readonly point: string | null;
  readonly missingLabels: string;
  readonly error: string | null;
};

const studyColumns = `id, kind, spec, data, status, pid, started_at AS startedAt, ended_at AS endedAt,
  app_version AS appVersion, error`;
const trialColumns = `id, study_id AS study, number, recipe, settings, seed, target_fraction AS targetFraction, point,
  target_documents AS targetDocuments, missing_labels AS missingLabels, status, run_id AS run, stopped_after AS stoppedAfter,
  started_at AS startedAt, ended_at AS endedAt, error`;

/** Prepares the statements of this aggregate. */
export function studyStore(database: ProjectDatabase): StudyStore {
  const start = database.statement(
    'studies.start',
    `INSERT INTO studies (kind, spec, data, status, pid, started_at, app_version)
     VALUES ($kind, $spec, $data, 'running', $pid, $at, $appVersion)`,
  );
  const restart = database.statement(
    'studies.restart',
    `UPDATE studies SET status = 'running', pid = $pid, ended_at = NULL, error = NULL WHERE id = $study`,
  );
  const finish = database.statement(
    'studies.finish',
    'UPDATE studies SET status = $status, error = $error, ended_at = $at WHERE id = $study',
  );
  const find = database.statement<StudyRow>('studies.find', `SELECT ${studyColumns} FROM studies WHERE id = $study`);
  const list = database.statement<StudyRow>('studies.list', `SELECT ${studyColumns} FROM studies ORDER BY id`);
  const remove = database.statement('studies.remove', 'DELETE FROM studies WHERE id = $study');
  const addTrial = database.statement(
    'studies.add-trial',
    `INSERT INTO trials (study_id, number, recipe, settings, seed, target_fraction, point, target_documents, missing_labels, status)
     VALUES ($study, (SELECT coalesce(max(number), 0) + 1 FROM trials WHERE study_id = $study), $recipe, $settings, $seed,
       $targetFraction, $point, $targetDocuments, $missingLabels, 'waiting')`,
  );
  const nextWaiting = database.statement<TrialRow>(
    'studies.next-waiting',
    `SELECT ${trialColumns} FROM trials WHERE study_id = $study AND status = 'waiting' ORDER BY number LIMIT 1`,
  );
  const trial = database.statement<TrialRow>('studies.trial', `SELECT ${trialColumns} FROM trials WHERE id = $id`);
  const trials = database.statement<TrialRow>(
    'studies.trials',
    `SELECT ${trialColumns} FROM trials WHERE study_id = $study ORDER BY number`,
  );
  const begin = database.statement(
    'studies.begin-trial',
    `UPDATE trials SET status = 'running', run_id = $run, started_at = $at WHERE id = $id`,
  );
  const end = database.statement(
    'studies.end-trial',
    `UPDATE trials SET status = $status, stopped_after = $stoppedAfter, error = $error, ended_at = $at WHERE id = $id`,
  );
  const reset = database.statement(
    'studies.reset-trial',
    `UPDATE trials SET status = 'waiting', run_id = NULL, stopped_after = NULL, started_at = NULL, ended_at = NULL, error = NULL
     WHERE id = $id`,
  );
  const removeRun = database.statement(
    'studies.remove-run',
    'DELETE FROM runs WHERE id = (SELECT run_id FROM trials WHERE id = $id)',
  );
  const saveCounts = database.statement(
    'studies.save-counts',
    'INSERT OR REPLACE INTO trial_counts (trial_id, documents, counts) VALUES ($id, $documents, $counts)',
  );
  const counts = database.statement<{ id: number; documents: string; counts: string }>(
    'studies.counts',
    `SELECT trial_id AS id, documents, counts FROM trial_counts JOIN trials ON trials.id = trial_id
     WHERE study_id = $study ORDER BY number`,
  );
  const now = (): string => new Date().toISOString();

  function add(study: number, planned: PlannedTrial): number {
    const { recipe, settings, seed, targetFraction, point, targetDocuments, missingLabels } = planned;
    return addTrial.run({
      study,
      recipe,
      settings: JSON.stringify(settings),
      seed,
      targetFraction,
      point: point === null || point === undefined ? null : JSON.stringify(point),
      targetDocuments,
      missingLabels: JSON.stringify(missingLabels),
    }).id;
  }
  function resetTrial(id: number): void {
    removeRun.run({ id });
    reset.run({ id });
  }
  const known = (row: TrialRow | undefined): TrialEntry | undefined => (row === undefined ? undefined : toTrial(row));

  return {
    start: ({ spec, data, pid, appVersion }, planned) =>
      database.transaction(() => {
        const parameters = { kind: spec.kind, spec: JSON.stringify(spec), data, pid, appVersion, at: now() };
        const study = start.run(parameters).id;
        for (const entry of planned) add(study, entry);
        return study;
      }),
    restart: (study, { pid, retry }) =>
      database.transaction(() => {
        for (const { id, status } of trials.all({ study })) {
          if (status === 'running' || (retry && status === 'failed')) resetTrial(id);
        }
        restart.run({ study, pid });
      }),
    finish: (study, { status, error }) =>
      void finish.run({ study, status, error: error === undefined ? null : JSON.stringify(error), at: now() }),
    find(study) {
      const row = find.get({ study });
      return row === undefined ? undefined : toStudy(row);
    },
    list: () => list.all().map(toStudy),
    remove: (study) => void remove.run({ study }),
    addTrial: (study, planned) => known(trial.get({ id: add(study, planned) })) as TrialEntry,
    nextWaiting: (study) => known(nextWaiting.get({ study })),
    trial: (id) => known(trial.get({ id })),
    trials: (study) => trials.all({ study }).map(toTrial),
    beginTrial: (id, run) => void begin.run({ id, run, at: now() }),
    endTrial: (id, { status, stoppedAfter, error }) =>
      void end.run({
        id,
        status,
        stoppedAfter: stoppedAfter ?? null,
        error: error === undefined ? null : JSON.stringify(error),
        at: now(),
      }),
    resetTrial: (id) => database.transaction(() => resetTrial(id)),
    saveCounts: (id, found) =>
      void saveCounts.run({ id, documents: JSON.stringify(found.documents), counts: JSON.stringify(found.counts) }),
    counts: (study) =>
      new Map(
        counts.all({ study }).map((row) => [
          row.id,
          {
            documents: JSON.parse(row.documents) as number[],
            counts: JSON.parse(row.counts) as LabelCountRow[][],
          },
        ]),
      ),
  };
}

function toStudy(row: StudyRow): StudyEntry {
  return { ...row, spec: JSON.parse(row.spec) as StudySpec, error: parsed<ErrorRecord>(row.error) };
}

function toTrial(row: TrialRow): TrialEntry {
  return {
    ...row,
    settings: JSON.parse(row.settings) as string[],
    point: parsed<unknown>(row.point),
    missingLabels: JSON.parse(row.missingLabels) as string[],
    error: parsed<ErrorRecord>(row.error),
  };
}

function parsed<T>(json: string | null): T | null {
  return json === null ? null : (JSON.parse(json) as T);
}
