/** Imports change what is new and nothing else; splits move nobody. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Core } from '../../../electron/core/main.ts';
import { temporaryFolder } from '../store/builders.ts';
import { coreWithProject, sampleNotes, writeBrat } from './brat-files.ts';

const target = { role: 'target', format: 'brat' } as const;

test('an import stores the documents and says what it read', async (t) => {
  const core = await coreWithProject(t);
  const folder = writeBrat(temporaryFolder(t), sampleNotes(3, 'note'));

  const result = await core.call('corpora.import', { ...target, split: 'train', paths: [folder] });

  assert.deepEqual(
    [result.documents, result.added, result.files, result.annotations, result.labels],
    [3, 3, 6, { ok: 6, repaired: 0, skipped: 0 }, { Drug: 3, Sign: 3 }],
  );
  const info = await core.call('project.info', {});
  assert.deepEqual(
    info.documents.map(({ role, split, documents, annotations }) => [role, split, documents, annotations]),
    [['target', 'train', 3, 6]],
  );
});

test('importing the same files twice changes nothing and says so', async (t) => {
  const core = await coreWithProject(t);
  const folder = writeBrat(temporaryFolder(t), sampleNotes(3, 'note'));
  await core.call('corpora.import', { ...target, paths: [folder] });
  const before = await everything(core);

  const again = await core.call('corpora.import', { ...target, paths: [folder] });

  assert.deepEqual([again.import, again.documents, again.added, again.unchanged], [null, 3, 0, 3]);
  assert.deepEqual(await everything(core), before);
});

test('a file whose content has changed is reported and not overwritten', async (t) => {
  const core = await coreWithProject(t);
  const folder = temporaryFolder(t);
  writeBrat(folder, sampleNotes(2, 'note'));
  await core.call('corpora.import', { ...target, paths: [folder] });
  writeBrat(folder, [{ name: 'note-2', text: 'Given heparin.\n', entities: [['Drug', 'heparin']] }]);

  const again = await core.call('corpora.import', { ...target, paths: [folder] });

  assert.deepEqual([again.added, again.unchanged, again.conflicts], [0, 1, 1]);
  assert.deepEqual(
    again.audit.first.map(({ file, status, kind }) => [file, status, kind]),
    [['note-2', 'skipped', 'document-conflict']],
  );
  assert.equal((await core.call('project.info', {})).documents[0]?.annotations, 4);
});

test('the same documents may be source and target', async (t) => {
  const core = await coreWithProject(t);
  const folder = writeBrat(temporaryFolder(t), sampleNotes(2, 'note'));
  await core.call('corpora.import', { ...target, paths: [folder] });
  const result = await core.call('corpora.import', { role: 'source', format: 'brat', paths: [folder] });
  assert.equal(result.added, 2);
});

test('documents of one name in two folders of an import are both kept', async (t) => {
  const core = await coreWithProject(t);
  const folder = temporaryFolder(t);
  const east = writeBrat(join(folder, 'east'), [
    { name: '1', text: 'Given heparin.\n', entities: [['Drug', 'heparin']] },
  ]);
  const west = writeBrat(join(folder, 'west'), [
    { name: '1', text: 'Given insulin.\n', entities: [['Drug', 'insulin']] },
  ]);

  const result = await core.call('corpora.import', { ...target, paths: [east, west] });
  const again = await core.call('corpora.import', { ...target, paths: [east, west] });

  assert.deepEqual([result.added, result.conflicts, again.added, again.unchanged], [2, 0, 0, 2]);
});

test('one unusable file is a row of the audit and the rest goes on', async (t) => {
  const core = await coreWithProject(t);
  const folder = writeBrat(temporaryFolder(t), sampleNotes(2, 'note'));
  writeFileSync(join(folder, 'alone.ann'), 'T1\tDrug 0 3\tabc\n');

  const result = await core.call('corpora.import', { ...target, paths: [folder] });

  assert.equal(result.added, 2);
  assert.deepEqual(
    result.audit.first.map(({ file, kind }) => [file, kind]),
    [['alone.ann', 'partner-missing']],
  );
  const stored = await core.call('corpora.audit', { import: result.import ?? 0 });
  assert.deepEqual(stored.rows, result.audit.first);
});

test('an empty folder is an error, and the import is kept as failed', async (t) => {
  const core = await coreWithProject(t);
  const folder = join(temporaryFolder(t), 'empty');
  mkdirSync(folder);
  await assert.rejects(core.call('corpora.import', { ...target, paths: [folder] }), { code: 'folder-empty' });
  const { imports } = await core.call('corpora.imports', {});
  assert.deepEqual(
    imports.map((entry) => entry.status),
    ['failed'],
  );
});

test('documents imported without a split are shared out by whole documents, the same for the same seed', async (t) => {
  const counts = { train: 16, dev: 2, test: 2, kept: 0 };
  const folder = writeBrat(temporaryFolder(t), sampleNotes(20, 'note'));
  const labelsBySplit = async (): Promise<unknown> => {
    const core = await coreWithProject(t);
    await core.call('corpora.import', { ...target, paths: [folder] });
    assert.deepEqual(await core.call('corpora.split', { role: 'target', dev: 0.1, test: 0.1, seed: 5 }), counts);
    const { documents, labels } = await core.call('project.info', {});
    return { documents, labels };
  };
  assert.deepEqual(await labelsBySplit(), await labelsBySplit());
});

test('documents that have a split are not moved', async (t) => {
  const core = await coreWithProject(t);
  const folder = writeBrat(temporaryFolder(t), sampleNotes(10, 'note'));
  await core.call('corpora.import', { ...target, split: 'train', paths: [folder] });
  const before = await everything(core);
  await assert.rejects(core.call('corpora.split', { role: 'target', dev: 0.1, test: 0.1, seed: 1 }), {
    code: 'split-conflict',
  });
  assert.deepEqual(await everything(core), before);
});

test('only the documents without a split are shared out', async (t) => {
  const core = await coreWithProject(t);
  const folder = temporaryFolder(t);
  const settled = writeBrat(join(folder, 'a'), sampleNotes(3, 'settled'));
  const free = writeBrat(join(folder, 'b'), sampleNotes(10, 'free'));
  await core.call('corpora.import', { ...target, split: 'test', paths: [settled] });
  await core.call('corpora.import', { ...target, paths: [free] });
  assert.deepEqual(await core.call('corpora.split', { role: 'target', dev: 0.2, test: 0, seed: 1 }), {
    train: 8,
    dev: 2,
    test: 0,
    kept: 3,
  });
});

test('importing a document again under another split does not move it', async (t) => {
  const core = await coreWithProject(t);
  const folder = writeBrat(temporaryFolder(t), sampleNotes(1, 'note'));
  await core.call('corpora.import', { ...target, split: 'train', paths: [folder] });
  const again = await core.call('corpora.import', { ...target, split: 'test', paths: [folder] });
  assert.deepEqual(
    again.audit.first.map(({ kind, reason }) => [kind, reason]),
    [['split-kept', 'The document is in train already and stays there.']],
  );
});

test('too few documents to share out is said', async (t) => {
  const core = await coreWithProject(t);
  const folder = writeBrat(temporaryFolder(t), sampleNotes(2, 'note'));
  await core.call('corpora.import', { ...target, paths: [folder] });
  await assert.rejects(core.call('corpora.split', { role: 'target', dev: 0.1, test: 0.1, seed: 1 }), {
    code: 'split-impossible',
    message: '2 documents cannot be shared out into train, 1 dev and 1 test.',
  });
});

test('splitting a role without documents is an error', async (t) => {
  const core = await coreWithProject(t);
  await assert.rejects(core.call('corpora.split', { role: 'source', dev: 0.1, test: 0.1, seed: 1 }), {
    code: 'data-missing',
  });
});

test('gold documents are exported from one split', async (t) => {
  const core = await coreWithProject(t);
  const folder = temporaryFolder(t);
  const train = writeBrat(join(folder, 'train'), sampleNotes(3, 'train'));
  const dev = writeBrat(join(folder, 'dev'), sampleNotes(2, 'dev'));
  await core.call('corpora.import', { ...target, split: 'train', paths: [train] });
  await core.call('corpora.import', { ...target, split: 'dev', paths: [dev] });
  const outFolder = join(folder, 'out');

  const result = await core.call('corpora.export', { role: 'target', split: 'dev', format: 'brat', outFolder });

  assert.deepEqual([result.documents, result.annotations], [2, 4]);
  assert.deepEqual(readdirSync(outFolder).sort(), ['dev-1.ann', 'dev-1.txt', 'dev-2.ann', 'dev-2.txt']);
});

async function everything(core: Core): Promise<unknown> {
  return [await core.call('project.info', {}), await core.call('corpora.imports', {})];
}
