/** Schema 80: where a run and a tagging find the token features that their model reads; null where it reads none. */
export const tokenFeaturesSchema = {
  version: 80,
  sql: `
ALTER TABLE runs ADD COLUMN features TEXT;
ALTER TABLE tagging_sessions ADD COLUMN features TEXT;
`,
};
