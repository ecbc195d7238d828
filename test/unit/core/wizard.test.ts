/** The wizard's draft survives closing in the middle; folders are looked at before they are imported. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { wizardDraft } from '../../../electron/api/setup-calls.ts';
import { createCore } from '../../../electron/core/main.ts';
import { newProject, temporaryFolder } from '../store/builders.ts';
import { makeUnreadable, permissionSkip } from '../formats/corpus-builders.ts';
import { coreWithProject, sampleNotes, writeBrat } from './brat-files.ts';

test('a new project has a fresh draft', async (t) => {
  const core = await coreWithProject(t);
  const { draft, savedAt, labelMap } = await core.call('wizard.get', {});
  assert.deepEqual([draft.step, draft.source, draft.recipe, savedAt, labelMap], ['source', null, null, null, {}]);
});

test('a draft is there again after the project was closed and opened', async (t) => {
  const path = newProject(t);
  const draft = {
    step: 'model',
    source: { folder: '/corpus', format: 'i2b2-2010' },
    splits: { dev: 0.2, test: 0.1, seed: 4 },
    recipe: 'dtn-hs',
    settings: ['training.epochs=3'],
  } as const;
  const sources = [{ name: 'es', folder: { folder: '/es', format: 'auto' as const } }];
  const learnsFrom = ['es'];
  const first = createCore({ appVersion: '0.0.0' });
  await first.call('project.open', { path, access: 'write' });
  await first.call('wizard.save', { draft: { ...draft, sources, learnsFrom, settings: [...draft.settings] } });
  await first.close();
  const second = createCore({ appVersion: '0.0.0' });
  t.after(() => second.close());
  await second.call('project.open', { path, access: 'write' });
  const saved = await second.call('wizard.get', {});
  assert.deepEqual(
    [saved.draft.step, saved.draft.source, saved.draft.splits, saved.draft.recipe, saved.draft.settings],
    [draft.step, draft.source, draft.splits, draft.recipe, draft.settings],
  );
  assert.deepEqual([saved.draft.sources, saved.draft.learnsFrom], [sources, learnsFrom]);
  assert.notEqual(saved.savedAt, null);
});

test('a draft of a version with one source is read, and learns from all sources', () => {
  const { sources, learnsFrom, source } = wizardDraft.parse({ source: { folder: '/corpus', format: 'brat' } });
  assert.deepEqual([sources, learnsFrom, source?.folder], [[], null, '/corpus']);
});

test('a draft with an unknown step is refused', async (t) => {
  const core = await coreWithProject(t);
  const draft = { step: 'finish' } as unknown as { step: 'summary' };
  await assert.rejects(core.call('wizard.save', { draft }), { code: 'usage' });
});

test('a folder is recognised, counted and read ahead, and nothing is stored', async (t) => {
  const core = await coreWithProject(t);
  const folder = writeBrat(temporaryFolder(t), sampleNotes(12, 'note'));
  writeFileSync(join(folder, 'note-1.ann'), 'T1\tDrug 900 907\taspirin\n');
  rmSync(join(folder, 'note-12.ann'));
  const found = await core.call('corpora.detect', { folder, documents: 5 });
  assert.deepEqual([found.format, found.documents, found.files, found.withoutPartner], ['brat', 11, 22, 1]);
  assert.deepEqual(
    [found.preview.documents, found.preview.failed, found.preview.annotations],
    [5, 0, { ok: 8, repaired: 0, skipped: 1 }],
  );
  assert.deepEqual(found.preview.labels, [
    { label: 'Drug', count: 4 },
    { label: 'Sign', count: 4 },
  ]);
  assert.deepEqual(
    found.preview.audit.kinds.map(({ kind, count }) => [kind, count]),
    [
      ['partner-missing', 1],
      ['out-of-range', 1],
    ],
  );
  assert.deepEqual((await core.call('corpora.imports', {})).imports, []);
});

test('a folder that is not there, an empty one and one of something else are said plainly', async (t) => {
  const core = await coreWithProject(t);
  const empty = temporaryFolder(t);
  const other = temporaryFolder(t);
  writeFileSync(join(other, 'picture.png'), 'x');
  const detect = (folder: string) => core.call('corpora.detect', { folder });
  await assert.rejects(detect(join(empty, 'gone')), { code: 'file-not-found' });
  await assert.rejects(detect(empty), { code: 'folder-empty', message: 'The folder holds no files.' });
  await assert.rejects(detect(other), { code: 'format-unknown' });
});

test('a folder without permission is said plainly', { skip: permissionSkip }, async (t) => {
  const core = await coreWithProject(t);
  const folder = writeBrat(temporaryFolder(t), sampleNotes(1, 'note'));
  makeUnreadable(folder);
  await assert.rejects(core.call('corpora.detect', { folder }), {
    code: 'file-unreadable',
    message: 'You have no permission to read this folder.',
  });
});

test('folders called after splits are found inside a folder', async (t) => {
  const core = await coreWithProject(t);
  const folder = temporaryFolder(t);
  for (const name of ['Test', 'training', 'validation', 'images']) writeBrat(join(folder, name), sampleNotes(2, name));
  const { parts } = await core.call('corpora.detect', { folder });
  assert.deepEqual(parts, [
    { split: 'train', folder: join(folder, 'training') },
    { split: 'dev', folder: join(folder, 'validation') },
    { split: 'test', folder: join(folder, 'Test') },
  ]);
});

test('a vector file is described before it is used, and a missing one is said plainly', async (t) => {
  const core = await coreWithProject(t);
  const path = join(temporaryFolder(t), 'vectors.txt');
  writeFileSync(path, 'the 0.1 0.2\nof 1 1\n');
  const { dimensions, words } = await core.call('embeddings.describe', { path });
  assert.deepEqual([dimensions, words], [2, 2]);
  await assert.rejects(core.call('embeddings.describe', { path: `${path}.gz` }), { code: 'file-not-found' });
});
