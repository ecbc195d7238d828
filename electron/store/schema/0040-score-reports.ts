/** Schema 40: scores with their intervals, and what each document adds to them, so that two runs can be compared document by document. */

/**
 * `part`: the target's dev and test documents; or the source's held-out documents, read by the run's own source decoder (`source`) and by
 * a model that was trained on the source alone with the run's settings (`source-only`).
 * `evidence` is one entry a document; a document that is removed later stays in it, since the score was made with it.
 */
export const scoreReportsSchema = {
  version: 40,
  sql: `
CREATE TABLE score_reports (
  run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  part TEXT NOT NULL CHECK (part IN ('dev', 'test', 'source', 'source-only')),
  scored_at TEXT NOT NULL,
  report TEXT NOT NULL,
  evidence TEXT NOT NULL,
  PRIMARY KEY (run_id, part)
) STRICT, WITHOUT ROWID;
`,
};
