/** Schema 30: what the window's pages need: wizard, label map, estimates, inspected runs, notes tagged into the project, review. */

/**
 * A tagged note's row is its journal entry: `waiting` until it is done. Its text lies in `note_texts`, so that lists stay small.
 * A predicted span keeps what the model said (`label`, `start_offset`, `end_offset`); review changes only `state` and the `now_` columns.
 * `added` spans are the reviewer's own; `deleted` are added spans taken back.
 */
export const windowSchema = {
  version: 30,
  sql: `
CREATE TABLE wizard (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  draft TEXT NOT NULL,
  saved_at TEXT NOT NULL
) STRICT;

CREATE TABLE label_map (
  source TEXT PRIMARY KEY,
  target TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE estimates (
  shape TEXT PRIMARY KEY,
  measured TEXT NOT NULL,
  measured_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE inspections (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  split TEXT NOT NULL CHECK (split IN ('dev', 'test')),
  model_hash TEXT NOT NULL,
  inspected_at TEXT NOT NULL,
  documents INTEGER NOT NULL,
  gates TEXT,
  PRIMARY KEY (run_id, split)
) STRICT, WITHOUT ROWID;

CREATE TABLE span_pairs (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  split TEXT NOT NULL CHECK (split IN ('dev', 'test')),
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('correct', 'missed', 'spurious', 'label', 'boundary', 'both')),
  gold_label TEXT,
  gold_start INTEGER,
  gold_end INTEGER,
  predicted_label TEXT,
  predicted_start INTEGER,
  predicted_end INTEGER,
  confidence REAL
) STRICT;
CREATE INDEX span_pairs_by_run ON span_pairs (run_id, split, kind, gold_label, predicted_label);
CREATE INDEX span_pairs_by_document ON span_pairs (document_id);

CREATE TABLE source_scores (
  run_id INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
  score TEXT NOT NULL,
  label_map TEXT NOT NULL,
  scored_at TEXT NOT NULL
) STRICT;

ALTER TABLE tagging_sessions ADD COLUMN in_project INTEGER NOT NULL DEFAULT 0 CHECK (in_project IN (0, 1));
ALTER TABLE tagging_sessions ADD COLUMN paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1));

ALTER TABLE tagged_notes ADD COLUMN status TEXT NOT NULL DEFAULT 'tagged' CHECK (status IN ('waiting', 'tagged', 'failed'));
ALTER TABLE tagged_notes ADD COLUMN path TEXT;
ALTER TABLE tagged_notes ADD COLUMN entities INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tagged_notes ADD COLUMN mean_confidence REAL;
ALTER TABLE tagged_notes ADD COLUMN reviewed_at TEXT;
ALTER TABLE tagged_notes ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
UPDATE tagged_notes SET status = 'failed' WHERE error IS NOT NULL;
UPDATE tagged_notes SET
  entities = (SELECT count(*) FROM predicted_spans WHERE note_id = tagged_notes.id),
  mean_confidence = (SELECT avg(confidence) FROM predicted_spans WHERE note_id = tagged_notes.id);
CREATE INDEX tagged_notes_by_status ON tagged_notes (session_id, status, entities, reviewed_at);
CREATE INDEX tagged_notes_by_name ON tagged_notes (session_id, name);

CREATE TABLE note_texts (
  note_id INTEGER PRIMARY KEY REFERENCES tagged_notes (id) ON DELETE CASCADE,
  text ANY NOT NULL,
  encoding TEXT NOT NULL,
  token_starts BLOB NOT NULL,
  token_ends BLOB NOT NULL,
  sentence_ends BLOB NOT NULL
) STRICT;

ALTER TABLE predicted_spans ADD COLUMN session_id INTEGER;
ALTER TABLE predicted_spans ADD COLUMN surface TEXT NOT NULL DEFAULT '';
ALTER TABLE predicted_spans ADD COLUMN state TEXT NOT NULL DEFAULT 'open'
  CHECK (state IN ('open', 'accepted', 'changed', 'rejected', 'added', 'deleted'));
ALTER TABLE predicted_spans ADD COLUMN is_added INTEGER NOT NULL DEFAULT 0 CHECK (is_added IN (0, 1));
ALTER TABLE predicted_spans ADD COLUMN now_label TEXT;
ALTER TABLE predicted_spans ADD COLUMN now_start INTEGER;
ALTER TABLE predicted_spans ADD COLUMN now_end INTEGER;
UPDATE predicted_spans SET now_label = label, now_start = start_offset, now_end = end_offset,
  session_id = (SELECT session_id FROM tagged_notes WHERE id = note_id);
CREATE INDEX predicted_spans_by_label ON predicted_spans (session_id, now_label, confidence, note_id, position, state);
CREATE INDEX predicted_spans_by_note ON predicted_spans (session_id, note_id, position, state, confidence);
CREATE INDEX predicted_spans_by_confidence ON predicted_spans (session_id, confidence, note_id, position, state);

CREATE TABLE review_operations (
  id INTEGER PRIMARY KEY,
  note_id INTEGER NOT NULL REFERENCES tagged_notes (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
  at TEXT NOT NULL
) STRICT;
CREATE INDEX review_operations_by_note ON review_operations (note_id, undone, id);

ALTER TABLE documents ADD COLUMN origin_note_id INTEGER REFERENCES tagged_notes (id) ON DELETE SET NULL;
CREATE INDEX documents_by_origin ON documents (origin_note_id);
CREATE INDEX documents_by_split ON documents (role, split, name);
CREATE INDEX documents_by_length ON documents (role, length(text));
`,
};
