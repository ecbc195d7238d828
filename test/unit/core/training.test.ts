/** What training refuses before it starts, and what is said of runs and models. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type Core, createCore } from '../../../electron/core/main.ts';
import { openProject, type ProjectStore } from '../../../electron/store/project-store.ts';
import type { ImportedDocument } from '../../../worker/domain/document.ts';
import { addDocument, document, newProject, newRun, scoreOf, temporaryFolder } from '../store/builders.ts';

const baseline = { recipe: 'baseline', settings: [], seed: 1, targetFraction: 1 };

test('a target without documents is said', async (t) => {
  const core = await coreOver(t, () => undefined);
  await assert.rejects(core.call('training.train', baseline), {
    code: 'data-missing',
    message: 'The project holds no target documents.',
  });
});

test('a target without train is said', async (t) => {
  const core = await coreOver(t, (store) => addDocument(store, annotated('a'), { split: 'dev' }));
  await assert.rejects(core.call('training.train', baseline), {
    code: 'data-missing',
    message: 'The target has no train documents, which are needed to train on.',
  });
});

test('a target without dev is said, with what to do', async (t) => {
  const core = await coreOver(t, (store) => addDocument(store, annotated('a'), { split: 'train' }));
  await assert.rejects(core.call('training.train', baseline), {
    code: 'data-missing',
    message: 'The target has no dev documents, which are needed to tell when to stop.',
    details: {
      nextStep: 'Import some with --role target --split dev, or share out the documents with `notegraft split`.',
    },
  });
});

test('a target without annotations is said', async (t) => {
  const core = await coreOver(t, (store) => {
    addDocument(store, document('a', 'nothing here'), { split: 'train' });
    addDocument(store, annotated('b'), { split: 'dev' });
  });
  await assert.rejects(core.call('training.train', baseline), {
    code: 'data-missing',
    message: 'The target documents to train on hold no annotation.',
  });
});

test('a target whose dev documents hold no annotation is said', async (t) => {
  const core = await coreOver(t, (store) => {
    addDocument(store, annotated('a'), { split: 'train' });
    addDocument(store, document('b', 'nothing here'), { split: 'dev' });
  });
  await assert.rejects(core.call('training.train', baseline), {
    code: 'data-missing',
    message: 'The target documents to choose the best epoch by (dev) hold no annotation.',
  });
});

test('a recipe that needs a source says so where there is none', async (t) => {
  const core = await coreOver(t, (store) => {
    addDocument(store, annotated('a'), { split: 'train' });
    addDocument(store, annotated('b'), { split: 'dev' });
  });
  await assert.rejects(core.call('training.train', { ...baseline, recipe: 'dtn-hs' }), {
    code: 'data-missing',
    message: 'The recipe dtn-hs needs annotated source documents, and there are none.',
  });
  assert.deepEqual(await core.call('runs.list', {}), { runs: [] });
});

test('a setting that does not exist is refused before anything is stored', async (t) => {
  const core = await coreOver(t, () => undefined);
  const training = core.call('training.train', { ...baseline, settings: ['training.speed=9'] });
  await assert.rejects(training, { code: 'recipe-invalid', message: /training\.speed/ });
});

test('an unknown run is answered with those that exist', async (t) => {
  const core = await coreOver(t, (store) => store.runs.start(newRun()));
  await assert.rejects(core.call('runs.get', { run: 9 }), {
    code: 'run-not-found',
    details: { nextStep: 'Choose one of: 1.' },
  });
});

test('a run without a model cannot tag or be exported', async (t) => {
  const core = await coreOver(t, (store) => store.runs.finish(store.runs.start(newRun()), { status: 'failed' }));
  const file = join(temporaryFolder(t), 'model.ngm');
  await assert.rejects(core.call('models.export', { run: 1, file }), {
    code: 'run-without-model',
    message: 'Run 1 (failed) has no model.',
  });
});

test('a model that is not as it was stored is refused', async (t) => {
  const core = await coreOver(t, (store) =>
    store.runs.saveModel(store.runs.start(newRun()), { epoch: 1, sha256: 'other', bytes: Uint8Array.of(1) }),
  );
  const file = join(temporaryFolder(t), 'model.ngm');
  await assert.rejects(core.call('models.export', { run: 1, file }), { code: 'model-damaged' });
});

test('a model is exported whole, and nothing else is left behind', async (t) => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const core = await coreOver(t, (store) =>
    store.runs.saveModel(store.runs.start(newRun()), { epoch: 1, sha256, bytes }),
  );
  const folder = temporaryFolder(t);
  const file = join(folder, 'model.ngm');

  const result = await core.call('models.export', { run: 1, file });

  assert.deepEqual(result, { run: 1, file, bytes: bytes.length, sha256 });
  assert.deepEqual(Uint8Array.from(readFileSync(file)), bytes);
  assert.deepEqual(readdirSync(folder), ['model.ngm']);
});

test('exporting a model into a folder that does not exist is an error', async (t) => {
  const core = await coreOver(t, (store) => {
    const bytes = Uint8Array.of(1);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    store.runs.saveModel(store.runs.start(newRun()), { epoch: 1, sha256, bytes });
  });
  const file = join(temporaryFolder(t), 'nowhere', 'model.ngm');
  await assert.rejects(core.call('models.export', { run: 1, file }), { code: 'file-not-found' });
});

test('a damaged model file is refused with what to do', async (t) => {
  const core = createCore({ appVersion: '0.0.0' });
  t.after(() => core.close());
  const folder = temporaryFolder(t);
  const modelFile = join(folder, 'model.ngm');
  writeFileSync(modelFile, 'not a model');
  writeFileSync(join(folder, 'note.txt'), 'Given aspirin.');
  const tagging = core.call('tagging.tag', {
    modelFile,
    paths: [join(folder, 'note.txt')],
    outFolder: join(folder, 'out'),
    write: ['csv'],
    command: 'test',
  });
  await assert.rejects(tagging, { code: 'model-damaged' });
});

test('runs are listed with their scores and recipe in full', async (t) => {
  const core = await coreOver(t, (store) => {
    const run = store.runs.start(newRun({ settings: ['training.epochs=3'] }));
    store.runs.saveScore(run, 'dev', scoreOf(0.5));
    store.runs.finish(run, { status: 'done', bestEpoch: 2, seconds: 1, tokensPerSecond: 10, modelHash: 'hash' });
  });
  const { runs } = await core.call('runs.list', {});
  const [run] = runs;
  assert.deepEqual(
    [run?.run, run?.recipe, run?.status, run?.settings, run?.dev?.strict.micro.f1, run?.test],
    [1, 'baseline', 'done', ['training.epochs=3'], 0.5, null],
  );
  assert.deepEqual(run?.recipeInFull, newRun().recipe);
});

test('a recipe with mapped labels says so where no label is mapped', async (t) => {
  const core = await coreOver(t, fillBoth);
  await assert.rejects(core.call('training.train', { ...baseline, recipe: 'yang-t-a' }), {
    code: 'data-missing',
    message: 'The recipe yang-t-a needs source labels that stand for target labels.',
  });
});

test('a recipe with mapped labels trains on the target labels that the label map gives the source', async (t) => {
  const core = await coreOver(t, fillBoth);
  await core.call('labelMap.save', { map: { medication: 'Drug' } });
  const settings = [
    ...['characterEncoder.hiddenSize=4', 'wordEncoder.hiddenSize=4', 'wordEmbedding.size=4'],
    ...['training.epochs=1', 'training.batchesPerEpoch=2'],
  ];
  const { run } = await core.call('training.train', { ...baseline, recipe: 'yang-t-a', settings });
  const { runs } = await core.call('runs.list', {});
  assert.deepEqual([runs[0]?.run, runs[0]?.status, runs[0]?.recipe], [run, 'done', 'yang-t-a']);
});

/** A target with train and dev, and a source of which one label may be mapped. */
function fillBoth(store: ProjectStore): void {
  addDocument(store, annotated('a'), { split: 'train' });
  addDocument(store, annotated('b'), { split: 'dev' });
  const spans = [
    { start: 6, end: 13, label: 'medication' },
    { start: 18, end: 23, label: 'finding' },
  ];
  addDocument(store, document('c', 'Given aspirin for fever.', spans), { role: 'source' });
}

function annotated(name: string): ImportedDocument {
  return document(name, 'Given aspirin.', [{ start: 6, end: 13, label: 'Drug' }]);
}

/** A core over a project that `fill` has filled. */
async function coreOver(test: TestContext, fill: (store: ProjectStore) => unknown): Promise<Core> {
  const path = newProject(test);
  const store = openProject(path, { access: 'write' });
  fill(store);
  store.close();
  const core = createCore({ appVersion: '0.0.0' });
  test.after(() => core.close());
  await core.call('project.open', { path, access: 'write' });
  return core;
}
