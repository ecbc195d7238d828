/** What goes into a project comes out again as it was. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '../../../electron/store/database.ts';
import { documentStore } from '../../../electron/store/documents.ts';
import { openProject } from '../../../electron/store/project-store.ts';
import { addDocument, document, newRun, openNewProject, scoreOf } from './builders.ts';

test('a document comes back verbatim, with tokens and fragments', (t) => {
  const store = openNewProject(t);
  const spans = [
    { start: 0, end: 7, label: 'Drug' },
    {
      start: 0,
      end: 17,
      label: 'Side effect',
      fragments: [
        [0, 7],
        [12, 17],
      ] as [number, number][],
    },
  ];
  const given = document('ward/note 1', 'aspirin and\r\nrash é 𝄞', spans);
  const id = addDocument(store, given, { split: 'train' });

  const [stored] = store.documents.load([id]);

  assert.deepEqual(stored, {
    id,
    role: 'target',
    split: 'train',
    name: 'ward/note 1',
    format: 'brat',
    text: given.text,
    tokens: given.tokens,
    spans,
  });
});

for (const [what, text] of [
  ['NUL', 'a\0b c'],
  ['a lone surrogate', 'a \ud800 b'],
  ['a byte order mark inside', 'a \ufeffb'],
  ['a form feed', 'a\fb'],
] as const) {
  test(`text with ${what} is kept verbatim`, (t) => {
    const store = openNewProject(t);
    const id = addDocument(store, document('note', text));
    assert.equal(store.documents.load([id])[0]?.text, text);
  });
}

test('documents load in the order asked for, each with its own spans', (t) => {
  const store = openNewProject(t);
  const first = addDocument(store, document('a', 'one', [{ start: 0, end: 3, label: 'One' }]));
  const second = addDocument(store, document('b', 'two', [{ start: 0, end: 3, label: 'Two' }]));

  const loaded = store.documents.load([second, first]);

  assert.deepEqual(
    loaded.map(({ name, spans }) => [name, spans[0]?.label]),
    [
      ['b', 'Two'],
      ['a', 'One'],
    ],
  );
});

test('documents are listed by name whatever the order of import', (t) => {
  const store = openNewProject(t);
  for (const name of ['b', 'a', 'c']) addDocument(store, document(name, name));
  assert.deepEqual(
    store.documents.list('target').map((entry) => entry.name),
    ['a', 'b', 'c'],
  );
});

test('labels are counted by role and split', (t) => {
  const store = openNewProject(t);
  const drug = [{ start: 0, end: 3, label: 'Drug' }];
  addDocument(store, document('a', 'one', drug), { split: 'train' });
  addDocument(store, document('b', 'two', [...drug, ...drug]), { split: 'dev' });
  addDocument(store, document('c', 'six', drug), { role: 'source' });

  assert.deepEqual(store.documents.labelCounts(), [
    { role: 'source', split: null, label: 'Drug', count: 1 },
    { role: 'target', split: 'dev', label: 'Drug', count: 2 },
    { role: 'target', split: 'train', label: 'Drug', count: 1 },
  ]);
});

test('an import that is discarded takes its audit with it', (t) => {
  const store = openNewProject(t);
  const id = store.imports.start({ role: 'source', split: null, format: 'auto' });
  store.imports.addAudit(id, [{ file: 'a.con', line: 3, status: 'skipped', kind: 'duplicate', reason: 'Twice.' }]);
  store.imports.discard(id);
  assert.deepEqual([store.imports.list(), store.imports.audit(id, { offset: 0, limit: 10 })], [[], []]);
});

test('audit rows come back in order, with and without a line', (t) => {
  const store = openNewProject(t);
  const id = store.imports.start({ role: 'source', split: null, format: 'auto' });
  const rows = [
    { file: 'b.con', line: 3, status: 'skipped', kind: 'duplicate', reason: 'Twice.' },
    { file: 'a.con', status: 'failed', kind: 'unreadable', reason: 'No permission.' },
  ] as const;
  store.imports.addAudit(id, rows);
  assert.deepEqual(store.imports.audit(id, { offset: 0, limit: 10 }), rows);
});

test('a run keeps its recipe, epochs, scores and model', (t) => {
  const store = openNewProject(t);
  const run = store.runs.start(newRun({ seed: 7, settings: ['training.epochs=2'], targetFraction: 0.1 }));
  const epoch = {
    epoch: 1,
    targetLoss: 2.5,
    sourceLoss: null,
    shareLoss: null,
    devMicroF1: 0.25,
    devMacroF1: 0.125,
    best: true,
    seconds: 1.5,
    tokensPerSecond: 1000,
  };
  store.runs.addEpoch(run, epoch);
  store.runs.saveModel(run, { epoch: 1, sha256: 'first', bytes: Uint8Array.of(1, 2) });
  store.runs.saveModel(run, { epoch: 2, sha256: 'second', bytes: Uint8Array.of(3, 4, 5) });
  store.runs.saveScore(run, 'test', scoreOf(0.5));
  store.runs.finish(run, { status: 'done', bestEpoch: 2, seconds: 3, tokensPerSecond: 900, modelHash: 'hash' });

  const entry = store.runs.find(run);
  assert.deepEqual(entry?.recipe, newRun().recipe);
  assert.deepEqual(
    [entry?.seed, entry?.settings, entry?.targetFraction, entry?.status, entry?.modelHash, entry?.epochs],
    [7, ['training.epochs=2'], 0.1, 'done', 'hash', 1],
  );
  assert.deepEqual(store.runs.epochs(run), [epoch]);
  assert.deepEqual(Uint8Array.from(store.runs.model(run)?.bytes ?? []), Uint8Array.of(3, 4, 5));
  assert.deepEqual(store.runs.scores(run), { dev: null, test: scoreOf(0.5) });
});

test('an epoch whose loss has diverged is stored without it', (t) => {
  const store = openNewProject(t);
  const run = store.runs.start(newRun());
  const scores = { devMicroF1: 0, devMacroF1: 0, best: false, seconds: 1, tokensPerSecond: 1 };
  store.runs.addEpoch(run, { epoch: 1, targetLoss: NaN, sourceLoss: Infinity, shareLoss: 2, ...scores });
  assert.deepEqual(store.runs.epochs(run), [{ epoch: 1, targetLoss: null, sourceLoss: null, shareLoss: 2, ...scores }]);
});

test('a tagging session keeps its notes, spans and failures', (t) => {
  const store = openNewProject(t);
  const run = store.runs.start(newRun());
  const session = store.taggings.start({ run, modelHash: 'hash', beamWidth: null, features: null });
  const span = { start: 2, end: 5, label: 'Drug', confidence: 0.75 };
  const error = { code: 'file-empty', message: 'The note is empty.', details: {} } as const;
  const notes = [
    { name: 'a', hash: 'abc', tokens: 10, spans: [span] },
    { name: 'b', hash: null, tokens: 0, spans: [], error },
  ];
  store.taggings.addNotes(session, notes);
  store.taggings.finish(session, 'done');

  assert.deepEqual(store.taggings.notes(session, { offset: 0, limit: 10 }), notes);
  const [entry] = store.taggings.list();
  assert.deepEqual([entry?.status, entry?.notes, entry?.failed, entry?.entities], ['done', 1, 1, 1]);
});

test('the same vector file at another path is remembered once', (t) => {
  const store = openNewProject(t);
  const file = { sha256: 'abc', dimensions: 100, words: 5 };
  const first = store.embeddings.remember({ path: '/a/vectors.txt', ...file });
  const second = store.embeddings.remember({ path: '/b/vectors.txt', ...file });
  assert.equal(second, first);
  assert.deepEqual(store.embeddings.list(), [{ id: first, path: '/b/vectors.txt', ...file }]);
});

test('a project opened for reading refuses changes', (t) => {
  const store = openNewProject(t);
  const reader = openProject(store.path, { access: 'read' });
  t.after(() => reader.close());
  assert.throws(() => reader.runs.start(newRun()), { code: 'file-unreadable' });
  assert.deepEqual(store.runs.list(), []);
});

test('a full disk is said, and what was stored before is intact', (t) => {
  const store = openNewProject(t);
  const path = store.path;
  addDocument(store, document('kept', 'kept'));
  store.close();
  const database = openDatabase(path, { access: 'write' });
  t.after(() => database.close());
  database.statement('test.limit', 'PRAGMA max_page_count = 50').get();
  const documents = documentStore(database);
  const place = { name: 'large', role: 'target', split: null, importId: 1 } as const;

  assert.throws(() => documents.add(document('large', 'x'.repeat(1_000_000)), place), {
    code: 'disk-full',
    message: 'The disk that holds the project is full.',
  });
  assert.deepEqual(
    documents.list('target').map((entry) => entry.name),
    ['kept'],
  );
});
