/** Schema 40: scores with their intervals, and what each document adds to them, so that two runs can be compared document by document. */

/**
 * `part`: the target's dev or test documents, or (retention) the source's test documents through the label map, tagged by the run's model
 * (`source`) and by one that was trained on the source alone with the run's settings (`source-only`).
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
