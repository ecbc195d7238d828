/** Experts in a project whose target has no annotation: which documents are chosen, under which labels, and what the gate is asked. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createCore } from '../../../electron/core/main.ts';
import { selectDocuments, streamTraining } from '../../../electron/core/training-documents.ts';
import { openProject, type ProjectStore } from '../../../electron/store/project-store.ts';
import { recipeNamed } from '../../../worker/domain/zoo.ts';
import type { Split } from '../../../worker/domain/document.ts';
import { quickSettings } from '../../support/trained-project.ts';
import { addDocument, document, newProject, openNewProject } from '../store/builders.ts';

const drug = [{ start: 5, end: 12, label: 'Drug' }];

/** Two sources with a training and a dev document each, and a target of text, its dev document annotated or not. */
function fill(store: ProjectStore, isDevAnnotated: boolean): void {
  const add = (role: string, split: Split, isAnnotated: boolean): number =>
    addDocument(store, document(`${role}-${split}`, `Take aspirin ${role} ${split}`, isAnnotated ? drug : []), {
      role,
      split,
    });
  for (const role of ['es', 'fr']) for (const split of ['train', 'dev', 'test'] as const) add(role, split, true);
  add('target', 'train', false);
  add('target', 'dev', isDevAnnotated);
  add('target', 'test', isDevAnnotated);
}

function chosen(test: TestContext, isDevAnnotated: boolean) {
  const store = openNewProject(test);
  fill(store, isDevAnnotated);
  if (isDevAnnotated) for (const task of ['es', 'fr']) store.setUp.mapLabels(task, [['Drug', 'Drug']]);
  const selected = selectDocuments(store, recipeNamed('man-moe'), 1, 1);
  const documents = [...streamTraining(store, selected)].flat();
  return documents.map(({ task, split, spans }) => [task, split, spans[0]?.label ?? null]);
}

test('without annotated dev documents of the target the sources’ are streamed too, their labels as they are', (t) => {
  assert.deepEqual(chosen(t, false), [
    ['es', 'dev', 'Drug'],
    ['es', 'train', 'Drug'],
    ['fr', 'dev', 'Drug'],
    ['fr', 'train', 'Drug'],
    ['target', 'train', null],
    ['target', 'dev', null],
    ['target', 'test', null],
  ]);
});

test('with them the sources are there to train on alone', (t) => {
  const places = chosen(t, true).map(([task, split]) => `${task} ${split}`);
  assert.deepEqual(places, ['es train', 'fr train', 'target train', 'target dev', 'target test']);
});

test('other recipes still need annotations of the target', (t) => {
  const store = openNewProject(t);
  fill(store, false);
  assert.throws(() => selectDocuments(store, recipeNamed('dtn'), 1, 1), { code: 'data-missing' });
});

test('a run of man-moe is trained, and says of each note which source it looks like', async (t) => {
  const path = newProject(t);
  const store = openProject(path, { access: 'write' });
  fill(store, false);
  store.close();
  const core = createCore({ appVersion: '0.0.0' });
  t.after(() => core.close());
  await core.call('project.open', { path, access: 'write' });
  const settings = [...quickSettings, 'training.epochs=1'];
  const run = { recipe: 'man-moe', settings, seed: 1, targetFraction: 1 };
  const trained = await core.call('training.train', run);
  assert.equal(trained.devFrom, 'sources');
  assert.equal((await core.call('runs.get', { run: trained.run })).devFrom, 'sources');
  const gates = await core.call('runs.experts', { run: trained.run, split: 'test' });
  assert.deepEqual(gates.sources, ['es', 'fr']);
  assert.deepEqual(
    gates.documents.map(({ name, tokens, shares }) => [name, tokens, shares.length]),
    [['target-test', 4, 2]],
  );
});
