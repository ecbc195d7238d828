/** Schema 60: word vectors that were trained in the project, kept in it. */

/** `vectors` is word2vec's binary form; `facts` (JSON) say from what and how they were trained. The fingerprint in `embeddings` is over `vectors`. */
export const ownVectorsSchema = {
  version: 60,
  sql: `
CREATE TABLE own_vectors (
  embeddings_id INTEGER PRIMARY KEY REFERENCES embeddings (id) ON DELETE CASCADE,
  made_at TEXT NOT NULL,
  facts TEXT NOT NULL,
  vectors BLOB NOT NULL
) STRICT;
`,
};
