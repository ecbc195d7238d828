/** Word vectors of a project: trained by a worker, kept with what they came from, written out, and used by a training. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { Core } from '../../../electron/core/main.ts';
import { readWordVectors } from '../../../worker/data/embeddings.ts';
import { coreOver, studyProject } from '../../support/study-project.ts';
import { temporaryFolder } from '../store/builders.ts';
import { coreWithProject, sampleNotes, writeBrat } from './brat-files.ts';

const settings = { dimensions: 8, epochs: 1, minCount: 1 };
const quick = ['training.batchesPerEpoch=1', 'training.epochs=1', 'wordEncoder.hiddenSize=8', 'decoder.hiddenSize=8'];
const training = { recipe: 'baseline', settings: quick, seed: 1, targetFraction: 1 };

/** A folder of notes that need no annotation. */
function notesFolder(t: TestContext): string {
  const folder = join(temporaryFolder(t), 'notes');
  mkdirSync(folder);
  for (const { name, text } of sampleNotes(6, 'note')) writeFileSync(join(folder, `${name}.txt`), text);
  return folder;
}

async function coreWithVectors(t: TestContext): Promise<Core> {
  const core = await coreWithProject(t);
  await core.call('embeddings.train', { notes: [notesFolder(t)], settings, threads: 1 });
  return core;
}

test('vectors are kept with what they came from, and written as word2vec text', async (t) => {
  const core = await coreWithProject(t);
  const outFile = join(temporaryFolder(t), 'vectors.txt');

  const made = await core.call('embeddings.train', { notes: [notesFolder(t)], settings, threads: 1, outFile });

  assert.deepEqual([made.reference, made.dimensions, made.file, made.failures], ['project:1', 8, outFile, []]);
  assert.deepEqual([made.facts.notes, made.facts.threads, made.facts.settings.epochs], [6, 1, 1]);
  const { file: _file, failures: _failures, ...kept } = made;
  assert.deepEqual((await core.call('embeddings.list', {})).embeddings, [kept]);
  assert.match(readFileSync(outFile, 'utf8'), new RegExp(`^${made.words} 8\n`));
  const { words, size } = await readWordVectors(outFile, 1000);
  assert.deepEqual([words.length, size, words.includes('aspirin')], [made.words, 8, true]);
});

test('what is exported again is the same file', async (t) => {
  const core = await coreWithVectors(t);
  const [first, second] = ['a.txt', 'b.txt'].map((name) => join(temporaryFolder(t), name)) as [string, string];
  const { bytes } = await core.call('embeddings.export', { file: first });
  await core.call('embeddings.export', { embeddings: 1, file: second });
  assert.equal(readFileSync(first).length, bytes);
  assert.deepEqual(readFileSync(second), readFileSync(first));
});

test('the same training on one thread gives the same vectors, which are kept once', async (t) => {
  const core = await coreWithProject(t);
  const input = { notes: [notesFolder(t)], settings, threads: 1 };
  const [first, second] = [await core.call('embeddings.train', input), await core.call('embeddings.train', input)];
  assert.deepEqual([second.embeddings, second.sha256], [first.embeddings, first.sha256]);
});

test('a training takes the last vectors of the project, and those of the fingerprint that a run names', async (t) => {
  const core = await coreWithVectors(t);
  const corpus = writeBrat(join(temporaryFolder(t), 'corpus'), sampleNotes(4, 'doc'));
  await core.call('corpora.import', { role: 'target', format: 'brat', paths: [corpus] });
  await core.call('corpora.resplit', { role: 'target', dev: 0.25, test: 0.25, seed: 1, all: true });
  const [vectors] = (await core.call('embeddings.list', {})).embeddings;

  const first = await core.call('training.train', { ...training, embeddings: 'project' });
  const { embeddings = null } = await core.call('runs.get', { run: first.run });
  assert.equal(embeddings, vectors?.sha256);

  const again = await core.call('training.train', { ...training, embeddings: embeddings ?? '' });
  assert.equal(again.modelHash, first.modelHash);
  await assert.rejects(core.call('training.train', { ...training, embeddings: 'project:7' }), {
    message: 'This project keeps no word vectors 7.',
  });
});

describe('there is a plain error', () => {
  test('for vectors that the project does not have', async (t) => {
    const core = await coreWithVectors(t);
    await assert.rejects(core.call('embeddings.export', { embeddings: 9, file: '/x' }), {
      code: 'data-missing',
      message: 'This project keeps no word vectors 9.',
      details: { nextStep: 'Choose one of: project:1.' },
    });
  });

  test('where there is nothing to read', async (t) => {
    const core = await coreWithProject(t);
    await assert.rejects(core.call('embeddings.train', { notes: [] }), { code: 'usage' });
    await assert.rejects(core.call('embeddings.train', { notes: [], corpora: true }), {
      message: 'The project holds no documents yet.',
    });
  });

  test('for a folder that is not there, before anything is trained', async (t) => {
    const core = await coreWithProject(t);
    const outFile = join(temporaryFolder(t), 'none', 'vectors.txt');
    await assert.rejects(core.call('embeddings.train', { notes: [notesFolder(t)], settings, outFile }), {
      code: 'file-not-found',
      message: 'The folder for the word vectors does not exist.',
    });
    assert.deepEqual((await core.call('embeddings.list', {})).embeddings, []);
  });

  test('for subwords that are shortest at their longest', async (t) => {
    const core = await coreWithProject(t);
    const subwords = { shortest: 6, longest: 3 };
    await assert.rejects(core.call('embeddings.train', { notes: ['/x'], settings: { subwords } }), { code: 'usage' });
  });
});

test('vectors are removed, but not while a stopped run needs them to go on, unless forced', async (t) => {
  let cancel: (run: number) => void = () => undefined;
  const core = await coreOver(t, studyProject(t), (name, data) => {
    if (name === 'run.epoch' && 'run' in data) cancel(data.run);
  });
  const { words } = await core.call('embeddings.train', { notes: [notesFolder(t)], settings, threads: 1 });
  await core.call('training.train', { ...training, embeddings: 'project' });
  cancel = (run) => void core.call('training.cancel', { run });
  const long = { ...training, settings: [...quick, 'training.epochs=1000', 'training.patience=1000'] };
  await assert.rejects(core.call('training.train', { ...long, embeddings: 'project:1' }), { code: 'cancelled' });

  await assert.rejects(core.call('embeddings.remove', { embeddings: 1 }), {
    code: 'embeddings-needed',
    message: 'The word vectors project:1 are needed to go on with run 2.',
  });
  assert.deepEqual(await core.call('embeddings.remove', { embeddings: 1, force: true }), { embeddings: 1, words });

  assert.deepEqual((await core.call('embeddings.list', {})).embeddings, []);
  await assert.rejects(core.call('training.resume', { run: 2 }), { code: 'data-missing' });
  await assert.rejects(core.call('embeddings.remove', { embeddings: 1 }), { code: 'data-missing' });
  assert.equal((await core.call('runs.get', { run: 1 })).status, 'done');
});
