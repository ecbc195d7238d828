/** The set-up of a project in the making: the wizard's draft, the label map, and measured estimates. */
import type { Task } from '../../worker/domain/task-names.ts';
import type { ProjectDatabase } from './database.ts';

/** A value as it was saved, with the time (ISO 8601, UTC). */
export interface Saved<T> {
  readonly value: T;
  readonly savedAt: string;
}

export interface SetUpStore {
  /** The wizard's draft as JSON made it; undefined before the first save. */
  draft(): Saved<unknown> | undefined;
  /** Keep a draft in place of the one before; when. */
  saveDraft(draft: unknown): string;
  /** Labels of a source with the target label each is mapped to; null: kept separate. */
  labelMap(source: Task): Map<string, string | null>;
  /** Add to the label map of a source, or change it. */
  mapLabels(source: Task, pairs: Iterable<readonly [label: string, target: string | null]>): void;
  /** What was measured for this shape of a training, if anything. */
  estimate(shape: string): Saved<unknown> | undefined;
  saveEstimate(shape: string, measured: unknown): string;
}

interface SavedRow {
  readonly json: string;
  readonly savedAt: string;
}

/** Prepares the statements of this aggregate. */
export function setUpStore(database: ProjectDatabase): SetUpStore {
  const draft = database.statement<SavedRow>(
    'set-up.draft',
    'SELECT draft AS json, saved_at AS savedAt FROM wizard WHERE one = 1',
  );
  const saveDraft = database.statement(
    'set-up.save-draft',
    'INSERT OR REPLACE INTO wizard (one, draft, saved_at) VALUES (1, $json, $at)',
  );
  const labelMap = database.statement<{ label: string; target: string | null }>(
    'set-up.label-map',
    'SELECT source AS label, target FROM label_map WHERE role = $source ORDER BY source',
  );
  const mapLabel = database.statement(
    'set-up.map-label',
    'INSERT OR REPLACE INTO label_map (role, source, target) VALUES ($source, $label, $target)',
  );
  const estimate = database.statement<SavedRow>(
    'set-up.estimate',
    'SELECT measured AS json, measured_at AS savedAt FROM estimates WHERE shape = $shape',
  );
  const saveEstimate = database.statement(
    'set-up.save-estimate',
    'INSERT OR REPLACE INTO estimates (shape, measured, measured_at) VALUES ($shape, $json, $at)',
  );

  return {
    draft: () => parsed(draft.get()),
    saveDraft(value) {
      const at = new Date().toISOString();
      saveDraft.run({ json: JSON.stringify(value), at });
      return at;
    },
    labelMap: (source) => new Map(labelMap.all({ source }).map(({ label, target }) => [label, target])),
    mapLabels: (source, pairs) =>
      database.transaction(() => {
        for (const [label, target] of pairs) mapLabel.run({ source, label, target });
      }),
    estimate: (shape) => parsed(estimate.get({ shape })),
    saveEstimate(shape, measured) {
      const at = new Date().toISOString();
      saveEstimate.run({ shape, json: JSON.stringify(measured), at });
      return at;
    },
  };
}

function parsed(row: SavedRow | undefined): Saved<unknown> | undefined {
  return row === undefined ? undefined : { value: JSON.parse(row.json) as unknown, savedAt: row.savedAt };
}
