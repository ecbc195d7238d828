/** Schema 50: studies, which are many trainings with one question. */

/**
 * `spec` is the whole specification as JSON, `data` a fingerprint of the documents it runs on. A trial is one training; its run, if
 * it has begun, is a row of `runs` that names the study, so that lists of runs can leave it out. `point` and `missing_labels` are JSON:
 * where in a search space the trial lies, and which labels its training documents hold no entity of. `trial_counts` keeps the test
 * documents' counts, from which intervals are drawn.
 */
export const studiesSchema = {
  version: 50,
  sql: `
CREATE TABLE studies (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('curve', 'sweep', 'search')),
  spec TEXT NOT NULL,
  data TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'done', 'failed', 'cancelled', 'interrupted')),
  pid INTEGER NOT NULL,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  app_version TEXT NOT NULL,
  error TEXT
) STRICT;

CREATE TABLE trials (
  id INTEGER PRIMARY KEY,
  study_id INTEGER NOT NULL REFERENCES studies (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  recipe TEXT NOT NULL,
  settings TEXT NOT NULL,
  seed INTEGER NOT NULL,
  target_fraction REAL NOT NULL,
  point TEXT,
  target_documents INTEGER NOT NULL,
  missing_labels TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('waiting', 'running', 'done', 'stopped', 'failed')),
  run_id INTEGER REFERENCES runs (id) ON DELETE SET NULL,
  stopped_after INTEGER,
  started_at TEXT,
  ended_at TEXT,
  error TEXT,
  UNIQUE (study_id, number)
) STRICT;
CREATE INDEX trials_by_run ON trials (run_id);

CREATE TABLE trial_counts (
  trial_id INTEGER PRIMARY KEY REFERENCES trials (id) ON DELETE CASCADE,
  documents TEXT NOT NULL,
  counts TEXT NOT NULL
) STRICT;

ALTER TABLE runs ADD COLUMN study_id INTEGER REFERENCES studies (id) ON DELETE CASCADE;
CREATE INDEX runs_by_study ON runs (study_id);
`,
};
