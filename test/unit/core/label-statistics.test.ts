/** What the corpora hold: labels by split with examples, documents by page, another split, an import taken back. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { EventName } from '../../../electron/api/events.ts';
import { type Core, createCore } from '../../../electron/core/main.ts';
import { openProject, type ProjectStore } from '../../../electron/store/project-store.ts';
import type { Split } from '../../../worker/domain/document.ts';
import { addDocument, document, newProject, newRun } from '../store/builders.ts';

test('labels are counted by split, in spans and in documents, the most frequent first', async (t) => {
  const core = await coreOver(t, (store) => {
    addNote(store, 'a', ['aspirin', 'aspirin'], 'train');
    addNote(store, 'b', ['warfarin'], 'dev');
    addDocument(store, document('c', 'fever', [{ start: 0, end: 5, label: 'Sign' }]), { split: 'train' });
  });
  const { labels, documents } = await core.call('corpora.labels', { role: 'target' });
  assert.deepEqual(labels, [
    {
      label: 'Drug',
      spans: 3,
      documents: 2,
      bySplit: [
        { split: 'dev', spans: 1, documents: 1 },
        { split: 'train', spans: 2, documents: 1 },
      ],
    },
    { label: 'Sign', spans: 1, documents: 1, bySplit: [{ split: 'train', spans: 1, documents: 1 }] },
  ]);
  assert.deepEqual(documents, [
    { split: 'dev', documents: 1 },
    { split: 'train', documents: 2 },
  ]);
});

test('examples come from different documents first, with what stands around them', async (t) => {
  const core = await coreOver(t, (store) => {
    addNote(store, 'a', ['aspirin', 'ibuprofen'], 'train');
    addNote(store, 'b', ['warfarin'], 'train');
  });
  const { examples } = await core.call('corpora.examples', { role: 'target', label: 'Drug', limit: 2 });
  assert.deepEqual(
    examples.map(({ name, left, span, right }) => [name, left, span, right]),
    [
      ['a', 'Given ', 'aspirin', ' ibuprofen today'],
      ['b', 'Given ', 'warfarin', ' today'],
    ],
  );
});

test('documents are listed by page, by split, by label and by a part of the name', async (t) => {
  const core = await coreOver(t, (store) => {
    for (let i = 0; i < 5; i++) addNote(store, `note-${i}`, ['aspirin'], i < 3 ? 'train' : 'dev');
    addDocument(store, document('other', 'nothing'), { split: 'train' });
  });
  const list = (filter: object) => core.call('documents.list', { role: 'target', ...filter });
  const second = await list({ offset: 2, limit: 2 });
  assert.deepEqual([second.total, second.documents.map(({ name }) => name)], [6, ['note-2', 'note-3']]);
  assert.equal((await list({ split: 'dev' })).total, 2);
  assert.equal((await list({ label: 'Drug' })).total, 5);
  assert.deepEqual(
    (await list({ name: 'OTH' })).documents.map(({ name, spans, note }) => [name, spans, note]),
    [['other', 0, null]],
  );
});

test('a document is shown with its text, spans and sentences', async (t) => {
  let id = 0;
  const core = await coreOver(t, (store) => {
    id = addNote(store, 'a', ['aspirin'], 'train');
  });
  const found = await core.call('documents.get', { document: id });
  assert.deepEqual(
    [found.text, found.spans, found.sentences, found.split],
    ['Given aspirin today', [{ start: 6, end: 13, label: 'Drug' }], [[0, 19]], 'train'],
  );
  await assert.rejects(core.call('documents.get', { document: 99 }), { code: 'data-missing' });
});

test('a preview of another split says what it would hold and changes nothing', async (t) => {
  const core = await coreOver(t, (store) => {
    for (let i = 0; i < 10; i++) addNote(store, `note-${i}`, ['aspirin'], 'train');
    store.runs.start(newRun());
  });
  const shares = { role: 'target', dev: 0.2, test: 0.1, seed: 3 } as const;
  const preview = await core.call('corpora.resplit', { ...shares, preview: true });
  assert.deepEqual(preview, {
    ...{ train: 7, dev: 2, test: 1, kept: 0, runs: 1 },
    labels: [{ label: 'Drug', train: 7, dev: 2, test: 1 }],
  });
  assert.equal((await core.call('documents.list', { role: 'target', split: 'dev' })).total, 0);
  assert.deepEqual(await core.call('corpora.resplit', shares), preview);
  assert.equal((await core.call('documents.list', { role: 'target', split: 'dev' })).total, 2);
});

test('another split gives with the same seed what the first split gave', async (t) => {
  const core = await coreOver(t, (store) => {
    for (let i = 0; i < 10; i++) addNote(store, `note-${i}`, ['aspirin'], null);
  });
  const shares = { role: 'target', dev: 0.3, test: 0.2, seed: 5 } as const;
  const devNames = async (): Promise<string[]> =>
    (await core.call('documents.list', { role: 'target', split: 'dev' })).documents.map(({ name }) => name);
  await core.call('corpora.split', shares);
  const first = await devNames();
  await core.call('corpora.resplit', { ...shares, seed: 6 });
  const other = await devNames();
  await core.call('corpora.resplit', shares);
  assert.notDeepEqual(other, first);
  assert.deepEqual(await devNames(), first);
});

test('documents whose import named a split keep it, unless all are asked for', async (t) => {
  const core = await coreOver(t, (store) => {
    const importId = store.imports.start({ role: 'target', split: 'test', format: 'brat' });
    store.documents.add(document('official', 'x'), { name: 'official', role: 'target', split: 'test', importId });
    for (let i = 0; i < 4; i++) addImported(store, `note-${i}`);
  });
  const shares = { role: 'target', dev: 0.25, test: 0, seed: 1 } as const;
  const kept = await core.call('corpora.resplit', { ...shares, preview: true });
  const all = await core.call('corpora.resplit', { ...shares, preview: true, all: true });
  assert.deepEqual([kept.kept, kept.train, kept.dev, kept.test], [1, 3, 1, 1]);
  assert.deepEqual([all.kept, all.train + all.dev, all.test], [0, 5, 0]);
});

test('where every document came with its split, a preview shows them as they are', async (t) => {
  const core = await coreOver(t, (store) => {
    for (const split of ['train', 'dev'] as const) {
      const importId = store.imports.start({ role: 'target', split, format: 'brat' });
      store.documents.add(document(split, 'x'), { name: split, role: 'target', split, importId });
    }
  });
  const shares = { role: 'target', dev: 0.5, test: 0.25, seed: 1, preview: true } as const;
  const { train, dev, test: forTest, kept } = await core.call('corpora.resplit', shares);
  assert.deepEqual([train, dev, forTest, kept], [1, 1, 0, 2]);
});

test('an import is taken back with its documents, its audit and labels nobody uses any more', async (t) => {
  const heard: EventName[] = [];
  const core = await coreOver(
    t,
    (store) => {
      addNote(store, 'a', ['aspirin', 'warfarin'], 'train');
    },
    (name) => heard.push(name),
  );
  assert.deepEqual(await core.call('corpora.remove', { import: 1 }), { documents: 1, annotations: 2 });
  const info = await core.call('project.info', {});
  assert.deepEqual([info.documents, info.labels, (await core.call('corpora.imports', {})).imports], [[], [], []]);
  assert.deepEqual(heard, ['corpora.changed']);
  await assert.rejects(core.call('corpora.remove', { import: 1 }), { code: 'data-missing' });
});

/** "Given WORDS today", each word a Drug; its id. */
function addNote(store: ProjectStore, name: string, words: readonly string[], split: Split | null): number {
  const text = `Given ${words.join(' ')} today`;
  let from = 0;
  const spans = words.map((word) => {
    const start = text.indexOf(word, from);
    from = start + word.length;
    return { start, end: from, label: 'Drug' };
  });
  // An import without a split, shared out afterwards.
  const id = addDocument(store, document(name, text, spans));
  if (split !== null) store.documents.setSplit([id], split);
  return id;
}

function addImported(store: ProjectStore, name: string): void {
  store.documents.setSplit([addDocument(store, document(name, 'x'))], 'train');
}

async function coreOver(
  test: TestContext,
  fill: (store: ProjectStore) => void,
  onEvent: (name: EventName) => void = () => undefined,
): Promise<Core> {
  const path = newProject(test);
  const store = openProject(path, { access: 'write' });
  fill(store);
  store.close();
  const core = createCore({ appVersion: '0.0.0', onEvent });
  test.after(() => core.close());
  await core.call('project.open', { path, access: 'write' });
  return core;
}
