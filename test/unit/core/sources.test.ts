/** Several sources in a project: training on all or some of them, a label map each, and errors that name what there is. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { EventData } from '../../../electron/api/events.ts';
import { type Core, createCore } from '../../../electron/core/main.ts';
import { openProject } from '../../../electron/store/project-store.ts';
import { decodeModel } from '../../../worker/model/checkpoint.ts';
import { quickSettings } from '../../support/trained-project.ts';
import { sampleNotes } from './brat-files.ts';
import { addDocument, document, newProject } from '../store/builders.ts';

/** A target with Drug and Sign, the source es with the same labels, and fr that calls a drug by another name. */
async function twoSources(
  test: TestContext,
): Promise<{ core: Core; path: string; started: EventData<'run.started'>[] }> {
  const path = newProject(test);
  const store = openProject(path, { access: 'write' });
  for (const [role, split, renamed] of [
    ['es', null, 'Drug'],
    ['fr', 'train', 'Substance'],
    ['target', 'train', 'Drug'],
    ['target', 'dev', 'Drug'],
    ['target', 'test', 'Drug'],
  ] as const) {
    for (const { name, text, entities } of sampleNotes(4, `${role}-${split}`)) {
      const spans = entities.map(([label, surface]) => {
        const start = text.indexOf(surface);
        return { start, end: start + surface.length, label: label === 'Drug' ? renamed : label };
      });
      addDocument(store, document(name, text, spans), { role, split });
    }
  }
  addDocument(store, document('plain', 'no annotation here'), { role: 'empty' });
  store.close();
  const started: EventData<'run.started'>[] = [];
  const core = createCore({
    appVersion: '0.0.0',
    onEvent: (name, data) => {
      if (name === 'run.started') started.push(data as EventData<'run.started'>);
    },
  });
  test.after(() => core.close());
  await core.call('project.open', { path, access: 'write' });
  return { core, path, started };
}

const quick = { settings: [...quickSettings, 'training.epochs=1'], seed: 1, targetFraction: 1 };

test('a recipe learns from the sources that are chosen, and the run records them', async (t) => {
  const { core, path, started } = await twoSources(t);
  const { run } = await core.call('training.train', { recipe: 'ttn-SSS', ...quick, sources: ['fr', 'es'] });
  assert.deepEqual([started[0]?.sources, started[0]?.sourceDocuments], [['fr', 'es'], 8]);
  const { recipeInFull } = await core.call('runs.get', { run });
  assert.deepEqual(recipeInFull.tasks, ['fr', 'es', 'target']);
  await core.close();
  const store = openProject(path, { access: 'read' });
  const model = store.runs.model(run);
  store.close();
  assert.ok(model);
  assert.deepEqual(decodeModel(model.bytes).recipe.tasks, ['fr', 'es', 'target']);
});

test('a study trains on the sources that are chosen, but for recipes that have none; a search writes them down', async (t) => {
  const { core } = await twoSources(t);
  const { settings, seed } = quick;
  const how = { parallel: 1, engine: { backend: 'simd', threads: 1 } } as const;
  const { list } = await core.call('studies.start', {
    spec: { kind: 'sweep', recipes: ['baseline', 'ttn-SSS'], seeds: [seed], settings, sources: ['fr'] },
    again: false,
    ...how,
  });
  const tasks: string[][] = [];
  for (const { run } of list) tasks.push([...(await core.call('runs.get', { run: run ?? 0 })).recipeInFull.tasks]);
  assert.deepEqual(tasks, [['target'], ['fr', 'target']]);
  const { study } = await core.call('studies.start', {
    spec: { kind: 'search', recipe: 'ttn-SSS', trials: 1, settings, sources: ['es'] },
    again: false,
    ...how,
  });
  const { best } = await core.call('search.result', { study });
  assert.deepEqual(best?.recipe.tasks, ['es', 'target']);
  const unknown = { kind: 'sweep' as const, recipes: ['dtn'], seeds: [1], sources: ['it'] };
  await assert.rejects(core.call('studies.start', { spec: unknown, again: false, ...how }), {
    message: 'The project has no source "it".',
  });
});

test('left out, all sources are learned from, and one without annotations is named', async (t) => {
  const { core } = await twoSources(t);
  await assert.rejects(core.call('training.train', { recipe: 'dtn', ...quick }), {
    code: 'data-missing',
    message: 'The source empty has no annotated documents to train on.',
  });
});

test('a source that is not there is named, with those that are', async (t) => {
  const { core } = await twoSources(t);
  const calls = [
    core.call('training.train', { recipe: 'dtn', ...quick, sources: ['it'] }),
    core.call('training.estimate', { recipe: 'dtn', sources: ['it'] }),
    core.call('labelMap.get', { source: 'it' }),
  ];
  for (const call of calls)
    await assert.rejects(call, (error: { message: string; details: { nextStep: string } }) => {
      assert.equal(error.message, 'The project has no source "it".');
      assert.match(error.details.nextStep, /^Choose from empty, es, fr, or import it/);
      return true;
    });
});

test('a recipe that learns from no source refuses to be given one', async (t) => {
  const { core } = await twoSources(t);
  await assert.rejects(core.call('training.train', { recipe: 'baseline', ...quick, sources: ['es'] }), {
    code: 'usage',
  });
});

test('labels are mapped source by source, and each source is read through its own map', async (t) => {
  const { core } = await twoSources(t);
  await core.call('labelMap.save', { source: 'fr', map: { Substance: 'Drug' } });
  await assert.rejects(core.call('labelMap.save', { source: 'es', map: { Substance: 'Drug' } }), {
    code: 'label-invalid',
    message: 'The source es has no label "Substance".',
  });
  assert.deepEqual((await core.call('labelMap.get', { source: 'fr' })).map, { Sign: null, Substance: 'Drug' });
  const wants = { recipe: 'yang-t-a', ...quick, settings: [...quick.settings, 'decoder.hiddenSize=0'] };
  await assert.rejects(core.call('training.train', { ...wants, sources: ['es', 'fr'] }), {
    message: 'The recipe yang-t-a needs source labels of the source es that stand for target labels.',
  });
  const { run } = await core.call('training.train', { ...wants, sources: ['fr'] });
  assert.equal((await core.call('runs.get', { run })).status, 'done');
});
