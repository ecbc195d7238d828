/** Schema 70: any number of sources, each with a name. */

/**
 * `role` is `target` or the name of a source; the source of older projects is called `source`. A source has documents, labels, a label
 * map and scores of its own. The tables are made anew because SQLite cannot change a constraint; no row refers to another one than before
 * (migrate runs this with foreign keys off and checks them afterwards).
 */
export const namedSourcesSchema = {
  version: 70,
  sql: `
CREATE TABLE imports_of_named (
  id INTEGER PRIMARY KEY,
  role TEXT NOT NULL,
  split TEXT CHECK (split IN ('train', 'dev', 'test')),
  format TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'done', 'failed', 'cancelled', 'interrupted')),
  started_at TEXT NOT NULL,
  ended_at TEXT,
  counts TEXT
) STRICT;
INSERT INTO imports_of_named SELECT id, role, split, format, status, started_at, ended_at, counts FROM imports;
DROP TABLE imports;
ALTER TABLE imports_of_named RENAME TO imports;

CREATE TABLE documents_of_named (
  id INTEGER PRIMARY KEY,
  import_id INTEGER NOT NULL REFERENCES imports (id),
  role TEXT NOT NULL,
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
  origin_note_id INTEGER REFERENCES tagged_notes (id) ON DELETE SET NULL,
  UNIQUE (role, name)
) STRICT;
INSERT INTO documents_of_named SELECT id, import_id, role, split, name, text, hash, format, encoding, token_starts, token_ends, sentence_ends,
  token_count, sentence_count, imported_at, origin_note_id FROM documents;
DROP TABLE documents;
ALTER TABLE documents_of_named RENAME TO documents;
CREATE INDEX documents_by_origin ON documents (origin_note_id);
CREATE INDEX documents_by_split ON documents (role, split, name);
CREATE INDEX documents_by_length ON documents (role, length(text));

CREATE TABLE labels_of_named (
  id INTEGER PRIMARY KEY,
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (role, name)
) STRICT;
INSERT INTO labels_of_named SELECT id, role, name FROM labels;
DROP TABLE labels;
ALTER TABLE labels_of_named RENAME TO labels;

CREATE TABLE label_map_of_named (
  role TEXT NOT NULL,
  source TEXT NOT NULL,
  target TEXT,
  PRIMARY KEY (role, source)
) STRICT, WITHOUT ROWID;
INSERT INTO label_map_of_named SELECT 'source', source, target FROM label_map;
DROP TABLE label_map;
ALTER TABLE label_map_of_named RENAME TO label_map;

CREATE TABLE source_scores_of_named (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  score TEXT NOT NULL,
  label_map TEXT NOT NULL,
  scored_at TEXT NOT NULL,
  PRIMARY KEY (run_id, role)
) STRICT, WITHOUT ROWID;
INSERT INTO source_scores_of_named SELECT run_id, 'source', score, label_map, scored_at FROM source_scores;
DROP TABLE source_scores;
ALTER TABLE source_scores_of_named RENAME TO source_scores;
`,
};
