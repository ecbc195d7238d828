/** Named sources in the store: what an older project keeps, and what each source has of its own. */
import assert from 'node:assert/strict';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { test } from 'node:test';
import { createDatabase } from '../../../electron/store/database.ts';
import { migrations } from '../../../electron/store/migrations.ts';
import { openProject } from '../../../electron/store/project-store.ts';
import { addDocument, document, openNewProject, temporaryFolder } from './builders.ts';

const drug = [{ start: 0, end: 3, label: 'Drug' }];

/** Rows that a project of schema 60 holds: two documents, each with a span, an inspected run, a mapped label, a source score. */
const olderRows = `
INSERT INTO imports VALUES (1, 'source', NULL, 'brat', 'done', 't', 't', NULL), (2, 'target', 'train', 'brat', 'done', 't', 't', NULL);
INSERT INTO documents (id, import_id, role, split, name, text, hash, format, encoding, token_starts, token_ends, sentence_ends, token_count,
    sentence_count, imported_at)
  VALUES (1, 1, 'source', NULL, 'a', 'one two', 'h', 'brat', '{}', x'00000000', x'03000000', x'01000000', 1, 1, 't'),
    (2, 2, 'target', 'train', 'a', 'one two', 'h', 'brat', '{}', x'00000000', x'03000000', x'01000000', 1, 1, 't');
INSERT INTO labels VALUES (1, 'source', 'treatment'), (2, 'target', 'Drug');
INSERT INTO spans VALUES (1, 0, 1, 0, 3, NULL), (2, 0, 2, 0, 3, NULL);
INSERT INTO label_map VALUES ('treatment', 'Drug');
INSERT INTO runs (id, recipe_name, recipe, seed, target_fraction, settings, target_documents, source_documents, status, pid, heartbeat_at,
    started_at, app_version) VALUES (1, 'dtn', '{}', 1, 1, '[]', 1, 1, 'done', 1, 't', 't', '0');
INSERT INTO span_pairs (run_id, split, document_id, kind) VALUES (1, 'dev', 2, 'correct');
INSERT INTO source_scores VALUES (1, '{}', '{"treatment":"Drug"}', 't');
`;

test('an older project keeps its documents, spans, label map and scores; its source is called source', (t) => {
  const path = join(temporaryFolder(t), 'older.ngr');
  createDatabase(
    path,
    '0.0.0',
    migrations.filter(({ version }) => version <= 60),
  );
  const older = new Database(path);
  older.exec(olderRows);
  older.close();
  const store = openProject(path, { access: 'write' });
  assert.deepEqual(store.documents.sources(), ['source']);
  assert.deepEqual(
    store.documents.load([1, 2]).map(({ role, name, spans }) => [role, name, spans.map(({ label }) => label)]),
    [
      ['source', 'a', ['treatment']],
      ['target', 'a', ['Drug']],
    ],
  );
  assert.deepEqual([...store.setUp.labelMap('source')], [['treatment', 'Drug']]);
  assert.deepEqual(store.inspections.sourceScore(1, 'source')?.labelMap, { treatment: 'Drug' });
  assert.deepEqual(store.inspections.counts(1, 'dev'), [{ kind: 'correct', gold: null, predicted: null, count: 1 }]);
  assert.equal(store.imports.list()[0]?.documents, 1);
  store.close();
  const now = new Database(path);
  assert.deepEqual(now.pragma('foreign_key_check'), []);
  now.close();
});

test('deleting an import still takes the spans of its documents along', (t) => {
  const store = openNewProject(t);
  addDocument(store, document('a', 'one two', drug), { role: 'es' });
  const [entry] = store.imports.list();
  assert.deepEqual(store.documentLists.removeImport(entry?.id ?? 0), { role: 'es', documents: 1, annotations: 1 });
  assert.deepEqual([store.documents.sources(), store.documentLists.labelNames('es')], [[], []]);
});

test('sources have documents, labels and a label map of their own', (t) => {
  const store = openNewProject(t);
  addDocument(store, document('a', 'one two', drug), { role: 'es' });
  addDocument(store, document('a', 'six ten', [{ start: 0, end: 3, label: 'Test' }]), { role: 'fr' });
  addDocument(store, document('a', 'one two'));
  store.setUp.mapLabels('es', [['Drug', 'X']]);
  store.setUp.mapLabels('fr', [['Drug', null]]);
  assert.deepEqual(store.documents.sources(), ['es', 'fr']);
  assert.deepEqual(
    ['es', 'fr', 'target', 'source'].map((role) => store.documentLists.labelNames(role)),
    [['Drug'], ['Test'], [], []],
  );
  assert.deepEqual([store.setUp.labelMap('es').get('Drug'), store.setUp.labelMap('fr').get('Drug')], ['X', null]);
});
