/** Schema 10: documents with gold spans, imports and their audit, embeddings, runs, tagging sessions. */

/**
 * Token tables are little-endian 32-bit blobs (see token-blobs.ts). `documents.text` is TEXT, or for text that UTF-8 cannot
 * carry (lone surrogates) a BLOB of UTF-16LE. Times are ISO 8601 in UTC.
 */
export const firstSchema = {
  version: 10,
  sql: `
CREATE TABLE project (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL
) STRICT;

CREATE TABLE imports (
  id INTEGER PRIMARY KEY,
  role TEXT NOT NULL CHECK (role IN ('source', 'target')),
  split TEXT CHECK (split IN ('train', 'dev', 'test')),
  format TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'done', 'failed', 'cancelled', 'interrupted')),
  started_at TEXT NOT NULL,
  ended_at TEXT,
  counts TEXT
) STRICT;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
  file TEXT NOT NULL,
  line INTEGER,
  status TEXT NOT NULL CHECK (status IN ('repaired', 'skipped', 'failed', 'note')),
  kind TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_import ON audit (import_id, id);

CREATE TABLE documents (
  id INTEGER PRIMARY KEY,
  import_id INTEGER NOT NULL REFERENCES imports (id),
  role TEXT NOT NULL CHECK (role IN ('source', 'target')),
  split TEXT CHECK (split IN ('train', 'dev', 'test')),
  name TEXT NOT NULL,
  text ANY NOT NULL,
  hash TEXT NOT NULL,
  format TEXT NOT NULL,
  encoding TEXT NOT NULL,
  token_starts BLOB NOT NULL,
  token_ends BLOB NOT NULL,
  sentence_ends BLOB NOT NULL,
  token_count INTEGER NOT NULL,
  sentence_count INTEGER NOT NULL,
  imported_at TEXT NOT NULL,
  UNIQUE (role, name)
) STRICT;

CREATE TABLE labels (
  id INTEGER PRIMARY KEY,
  role TEXT NOT NULL CHECK (role IN ('source', 'target')),
  name TEXT NOT NULL,
  UNIQUE (role, name)
) STRICT;

CREATE TABLE spans (
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  label_id INTEGER NOT NULL REFERENCES labels (id),
  start_offset INTEGER NOT NULL,
  end_offset INTEGER NOT NULL,
  fragments TEXT,
  PRIMARY KEY (document_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX spans_by_label ON spans (label_id);

CREATE TABLE embeddings (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL,
  sha256 TEXT NOT NULL UNIQUE,
  dimensions INTEGER NOT NULL,
  words INTEGER NOT NULL,
  added_at TEXT NOT NULL
) STRICT;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  recipe_name TEXT NOT NULL,
  recipe TEXT NOT NULL,
  seed INTEGER NOT NULL,
  target_fraction REAL NOT NULL,
  settings TEXT NOT NULL,
  embeddings_id INTEGER REFERENCES embeddings (id),
  target_documents INTEGER NOT NULL,
  source_documents INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'done', 'failed', 'cancelled', 'interrupted')),
  pid INTEGER NOT NULL,
  heartbeat_at TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  app_version TEXT NOT NULL,
  prepared TEXT,
  best_epoch INTEGER,
  seconds REAL,
  tokens_per_second REAL,
  model_hash TEXT,
  error TEXT
) STRICT;

CREATE TABLE models (
  run_id INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE epochs (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  target_loss REAL,
  source_loss REAL,
  share_loss REAL,
  dev_micro_f1 REAL NOT NULL,
  dev_macro_f1 REAL NOT NULL,
  best INTEGER NOT NULL CHECK (best IN (0, 1)),
  seconds REAL NOT NULL,
  tokens_per_second REAL NOT NULL,
  PRIMARY KEY (run_id, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE scores (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  split TEXT NOT NULL CHECK (split IN ('dev', 'test')),
  scored_at TEXT NOT NULL,
  score TEXT NOT NULL,
  PRIMARY KEY (run_id, split)
) STRICT, WITHOUT ROWID;

CREATE TABLE tagging_sessions (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  model_hash TEXT NOT NULL,
  beam_width INTEGER,
  status TEXT NOT NULL CHECK (status IN ('running', 'done', 'failed', 'cancelled', 'interrupted')),
  started_at TEXT NOT NULL,
  ended_at TEXT
) STRICT;

CREATE TABLE tagged_notes (
  id INTEGER PRIMARY KEY,
  session_id INTEGER NOT NULL REFERENCES tagging_sessions (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  hash TEXT,
  tokens INTEGER NOT NULL,
  error TEXT
) STRICT;
CREATE INDEX tagged_notes_by_session ON tagged_notes (session_id);

CREATE TABLE predicted_spans (
  note_id INTEGER NOT NULL REFERENCES tagged_notes (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  label TEXT NOT NULL,
  start_offset INTEGER NOT NULL,
  end_offset INTEGER NOT NULL,
  confidence REAL NOT NULL,
  PRIMARY KEY (note_id, position)
) STRICT, WITHOUT ROWID;
`,
};
