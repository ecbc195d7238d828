/** Training runs: the full recipe, every epoch, the scores, the model. */
import type { BackendChange, EngineReport } from '../../worker/domain/backends.ts';
import type { ErrorRecord } from '../../worker/domain/errors.ts';
import type { Recipe } from '../../worker/domain/recipe.ts';
import type { EpochRecord } from '../../worker/domain/epoch.ts';
import type { Score } from '../../worker/domain/scores.ts';
import type { ProjectDatabase } from './database.ts';
import type { JobStatus } from './imports.ts';

/** `paused`: put aside by the user. A run that is not done can go on where it stopped. */
export type RunStatus = JobStatus | 'paused';

/** The documents of a run by id, in the order they are streamed. */
export interface RunDocuments {
  readonly source: readonly number[];
  readonly target: readonly number[];
}

/** What computed a run, and why this; `changes` tell of backends that failed on the way. */
export interface RunEngine extends EngineReport {
  readonly changes: readonly BackendChange[];
}

/** What is known when a run starts. */
export interface NewRun {
  readonly recipe: Recipe;
  readonly seed: number;
  /** 0..1, the share of the target's training documents that was used. */
  readonly targetFraction: number;
  /** The `path=value` settings given over the named recipe; the recipe holds them already. */
  readonly settings: readonly string[];
  readonly embeddingsId: number | null;
  /** The folder of token features that its documents have; null where the recipe reads none. */
  readonly features: string | null;
  readonly targetDocuments: number;
  readonly sourceDocuments: number;
  readonly documents: RunDocuments | null;
  readonly pid: number;
  readonly appVersion: string;
  /** The study it is a trial of. */
  readonly study: number | null;
}

export interface RunEntry extends Omit<NewRun, 'embeddingsId'> {
  readonly id: number;
  readonly status: RunStatus;
  /** A state is stored from where the run can go on. */
  readonly hasState: boolean;
  /** A model is stored: none before the first epoch, nor after most trials of studies. */
  readonly hasModel: boolean;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly heartbeatAt: string;
  /** Epochs stored so far. */
  readonly epochs: number;
  readonly bestEpoch: number | null;
  readonly seconds: number | null;
  readonly tokensPerSecond: number | null;
  readonly modelHash: string | null;
  /** SHA-256 of the vector file, or null. */
  readonly embeddings: string | null;
  readonly prepared: unknown;
  readonly engine: RunEngine | null;
  readonly error: ErrorRecord | null;
}

/** One epoch as stored: SQLite holds no number that is not finite, so any loss may be null. */
export type EpochEntry = Omit<EpochRecord, 'targetLoss'> & { readonly targetLoss: number | null };

export interface StoredModel {
  readonly epoch: number;
  /** SHA-256 (hex) over `bytes`, as stored. */
  readonly sha256: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface RunEnd {
  readonly status: RunStatus;
  readonly bestEpoch?: number;
  readonly seconds?: number;
  readonly tokensPerSecond?: number;
  readonly modelHash?: string;
  readonly error?: ErrorRecord;
}

export interface RunStore {
  start(run: NewRun): number;
  /** Running again, with its token features where they lie now. */
  restart(run: number, now: Pick<NewRun, 'pid' | 'features'>): void;
  /** A sign of life. */
  beat(run: number): void;
  setPrepared(run: number, prepared: unknown): void;
  addEpoch(run: number, epoch: EpochEntry): void;
  /** Keep a model, in place of an earlier one of the run. */
  saveModel(run: number, model: Omit<StoredModel, 'bytes'> & { readonly bytes: Uint8Array }): void;
  model(run: number): StoredModel | undefined;
  /** Keep the state a training can go on from, in place of an earlier one. */
  saveState(run: number, bytes: Uint8Array): void;
  state(run: number): Uint8Array<ArrayBuffer> | undefined;
  dropState(run: number): void;
  /** Forget the epochs: the training begins anew. */
  dropEpochs(run: number): void;
  /** Forget a run with all that belongs to it. */
  remove(run: number): void;
  setEngine(run: number, engine: RunEngine): void;
  saveScore(run: number, split: 'dev' | 'test', score: Score): void;
  scores(run: number): { dev: Score | null; test: Score | null };
  finish(run: number, end: RunEnd): void;
  find(run: number): RunEntry | undefined;
  /** Oldest first; without the trials of studies. */
  list(): RunEntry[];
  /** The trials of studies, oldest first. */
  listTrials(): RunEntry[];
  epochs(run: number): EpochEntry[];
}

type RunRow = Omit<
  RunEntry,
  'recipe' | 'settings' | 'prepared' | 'error' | 'documents' | 'engine' | 'hasState' | 'hasModel'
> & {
  readonly documents: string | null;
  readonly engine: string | null;
  readonly hasState: number;
  readonly hasModel: number;
  readonly recipe: string;
  readonly settings: string;
  readonly prepared: string | null;
  readonly error: string | null;
};

const runColumns = `runs.id, recipe, seed, target_fraction AS targetFraction, settings, documents, features, engine,
  CASE paused WHEN 1 THEN 'paused' ELSE status END AS status, EXISTS (SELECT 1 FROM training_states WHERE run_id = runs.id) AS hasState,
  EXISTS (SELECT 1 FROM models WHERE run_id = runs.id) AS hasModel, pid, heartbeat_at AS heartbeatAt,
  started_at AS startedAt, ended_at AS endedAt, app_version AS appVersion, study_id AS study, target_documents AS targetDocuments,
  source_documents AS sourceDocuments, prepared, best_epoch AS bestEpoch, seconds, tokens_per_second AS tokensPerSecond,
  coalesce(model_hash, (SELECT sha256 FROM models WHERE run_id = runs.id)) AS modelHash, error, (SELECT count(*) FROM epochs WHERE run_id = runs.id) AS epochs,
  (SELECT sha256 FROM embeddings WHERE embeddings.id = runs.embeddings_id) AS embeddings`;

/** Prepares the statements of this aggregate. */
export function runStore(database: ProjectDatabase): RunStore {
  const start = database.statement(
    'runs.start',
    `INSERT INTO runs (recipe_name, recipe, seed, target_fraction, settings, embeddings_id, features, target_documents, source_documents, documents,
       status, pid, heartbeat_at, started_at, app_version, study_id)
     VALUES ($recipeName, $recipe, $seed, $targetFraction, $settings, $embeddingsId, $features, $targetDocuments, $sourceDocuments, $documents,
       'running', $pid, $at, $at, $appVersion, $study)`,
  );
  const restart = database.statement(
    'runs.restart',
    `UPDATE runs SET status = 'running', paused = 0, pid = $pid, features = $features, heartbeat_at = $at, ended_at = NULL, error = NULL WHERE id = $run`,
  );
  const saveState = database.statement(
    'runs.save-state',
    'INSERT OR REPLACE INTO training_states (run_id, saved_at, bytes) VALUES ($run, $at, $bytes)',
  );
  const state = database.statement<{ bytes: Uint8Array<ArrayBuffer> }>(
    'runs.state',
    'SELECT bytes FROM training_states WHERE run_id = $run',
  );
  const dropState = database.statement('runs.drop-state', 'DELETE FROM training_states WHERE run_id = $run');
  const dropEpochs = database.statement('runs.drop-epochs', 'DELETE FROM epochs WHERE run_id = $run');
  const remove = database.statement('runs.remove', 'DELETE FROM runs WHERE id = $run');
  const setEngine = database.statement('runs.set-engine', 'UPDATE runs SET engine = $engine WHERE id = $run');
  const beat = database.statement('runs.beat', 'UPDATE runs SET heartbeat_at = $at WHERE id = $run');
  const setPrepared = database.statement('runs.set-prepared', 'UPDATE runs SET prepared = $prepared WHERE id = $run');
  const addEpoch = database.statement(
    'runs.add-epoch',
    `INSERT INTO epochs (run_id, epoch, target_loss, source_loss, share_loss, dev_micro_f1, dev_macro_f1, best, seconds, tokens_per_second)
     VALUES ($run, $epoch, $targetLoss, $sourceLoss, $shareLoss, $devMicroF1, $devMacroF1, $best, $seconds, $tokensPerSecond)`,
  );
  const saveModel = database.statement(
    'runs.save-model',
    'INSERT OR REPLACE INTO models (run_id, epoch, sha256, bytes) VALUES ($run, $epoch, $sha256, $bytes)',
  );
  const model = database.statement<StoredModel>(
    'runs.model',
    'SELECT epoch, sha256, bytes FROM models WHERE run_id = $run',
  );
  const saveScore = database.statement(
    'runs.save-score',
    'INSERT OR REPLACE INTO scores (run_id, split, scored_at, score) VALUES ($run, $split, $at, $score)',
  );
  const scores = database.statement<{ split: 'dev' | 'test'; score: string }>(
    'runs.scores',
    'SELECT split, score FROM scores WHERE run_id = $run',
  );
  const finish = database.statement(
    'runs.finish',
    `UPDATE runs SET status = $status, paused = $paused, best_epoch = $bestEpoch, seconds = $seconds, tokens_per_second = $tokensPerSecond,
       model_hash = $modelHash, error = $error, ended_at = $at
     WHERE id = $run`,
  );
  const find = database.statement<RunRow>('runs.find', `SELECT ${runColumns} FROM runs WHERE id = $run`);
  const list = database.statement<RunRow>(
    'runs.list',
    `SELECT ${runColumns} FROM runs WHERE study_id IS NULL ORDER BY id`,
  );
  const listTrials = database.statement<RunRow>(
    'runs.list-trials',
    `SELECT ${runColumns} FROM runs WHERE study_id IS NOT NULL ORDER BY id`,
  );
  const epochs = database.statement<Omit<EpochEntry, 'best'> & { best: number }>(
    'runs.epochs',
    `SELECT epoch, target_loss AS targetLoss, source_loss AS sourceLoss, share_loss AS shareLoss, dev_micro_f1 AS devMicroF1,
       dev_macro_f1 AS devMacroF1, best, seconds, tokens_per_second AS tokensPerSecond
     FROM epochs WHERE run_id = $run ORDER BY epoch`,
  );
  const now = (): string => new Date().toISOString();

  return {
    start: ({ recipe, settings, documents, ...run }) =>
      start.run({
        ...run,
        recipeName: recipe.name,
        recipe: JSON.stringify(recipe),
        settings: JSON.stringify(settings),
        documents: documents === null ? null : JSON.stringify(documents),
        at: now(),
      }).id,
    restart: (run, { pid, features }) => void restart.run({ run, pid, features, at: now() }),
    saveState: (run, bytes) => void saveState.run({ run, bytes, at: now() }),
    state: (run) => state.get({ run })?.bytes,
    dropState: (run) => void dropState.run({ run }),
    dropEpochs: (run) => void dropEpochs.run({ run }),
    remove: (run) => void remove.run({ run }),
    setEngine: (run, engine) => void setEngine.run({ run, engine: JSON.stringify(engine) }),
    beat: (run) => void beat.run({ run, at: now() }),
    setPrepared: (run, prepared) => void setPrepared.run({ run, prepared: JSON.stringify(prepared) }),
    addEpoch: (run, epoch) =>
      void addEpoch.run({
        run,
        ...epoch,
        targetLoss: finite(epoch.targetLoss),
        sourceLoss: finite(epoch.sourceLoss),
        shareLoss: finite(epoch.shareLoss),
        best: epoch.best ? 1 : 0,
      }),
    saveModel: (run, stored) => void saveModel.run({ run, ...stored }),
    model: (run) => model.get({ run }),
    saveScore: (run, split, score) => void saveScore.run({ run, split, at: now(), score: JSON.stringify(score) }),
    scores(run) {
      const found = new Map(scores.all({ run }).map((row) => [row.split, JSON.parse(row.score) as Score]));
      return { dev: found.get('dev') ?? null, test: found.get('test') ?? null };
    },
    finish: (run, end) =>
      void finish.run({
        run,
        // The schema knows no paused run but as a cancelled one that is marked.
        status: end.status === 'paused' ? 'cancelled' : end.status,
        paused: end.status === 'paused' ? 1 : 0,
        bestEpoch: end.bestEpoch ?? null,
        seconds: end.seconds ?? null,
        tokensPerSecond: end.tokensPerSecond ?? null,
        modelHash: end.modelHash ?? null,
        error: end.error === undefined ? null : JSON.stringify(end.error),
        at: now(),
      }),
    find(run) {
      const row = find.get({ run });
      return row === undefined ? undefined : toRun(row);
    },
    list: () => list.all().map(toRun),
    listTrials: () => listTrials.all().map(toRun),
    epochs: (run) => epochs.all({ run }).map((row) => ({ ...row, best: row.best === 1 })),
  };
}

/** A training that diverged has no loss to show; it must still be stored. */
function finite(loss: number | null): number | null {
  return loss !== null && Number.isFinite(loss) ? loss : null;
}

function toRun(row: RunRow): RunEntry {
  return {
    ...row,
    recipe: JSON.parse(row.recipe) as Recipe,
    settings: JSON.parse(row.settings) as string[],
    hasState: row.hasState === 1,
    hasModel: row.hasModel === 1,
    documents: parsed<RunDocuments>(row.documents),
    engine: parsed<RunEngine>(row.engine),
    prepared: parsed(row.prepared),
    error: parsed<ErrorRecord>(row.error),
  };
}

function parsed<T>(json: string | null): T | null {
  return json === null ? null : (JSON.parse(json) as T);
}
