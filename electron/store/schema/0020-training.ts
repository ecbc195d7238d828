/** Schema 20: training that can go on later. */

/**
 * `training_states` holds the last state of each run that is not done, from where it can go on; it is replaced after every epoch.
 * A paused run has `paused` 1 and the status of a cancelled one. `documents` are the ids a run is trained and scored on, `engine` is
 * what computed and why; both are JSON, and null for runs made before this schema.
 */
export const trainingSchema = {
  version: 20,
  sql: `
ALTER TABLE runs ADD COLUMN paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1));
ALTER TABLE runs ADD COLUMN documents TEXT;
ALTER TABLE runs ADD COLUMN engine TEXT;

CREATE TABLE training_states (
  run_id INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
  saved_at TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
`,
};
