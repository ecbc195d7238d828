/** The label map: separate unless chosen, checked, suggested from names and from what both corpora mark. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type Core, createCore } from '../../../electron/core/main.ts';
import { suggestionsToAccept } from '../../../electron/api/label-suggestions.ts';
import { labelLikeness, nameLikeness } from '../../../electron/core/label-similarity.ts';
import { openProject, type ProjectStore } from '../../../electron/store/project-store.ts';
import type { Role } from '../../../worker/domain/document.ts';
import { addDocument, document, newProject, temporaryFolder } from '../store/builders.ts';
import { coreWithProject } from './brat-files.ts';

test('every source label is separate until it is mapped', async (t) => {
  const core = await clinicCore(t);
  assert.deepEqual(await core.call('labelMap.get', {}), {
    source: 'source',
    map: { problem: null, test: null, treatment: null },
    targets: ['Lab', 'Medication', 'Problems'],
  });
});

test('saved choices stay, and labels that are not named keep theirs', async (t) => {
  const core = await clinicCore(t);
  await core.call('labelMap.save', { map: { treatment: 'Medication', test: 'Lab' } });
  const { map } = await core.call('labelMap.save', { map: { test: null } });
  assert.deepEqual(map, { problem: null, test: null, treatment: 'Medication' });
  assert.deepEqual((await core.call('wizard.get', {})).labelMap, map);
});

test('labels that the project does not hold are refused', async (t) => {
  const core = await clinicCore(t);
  await assert.rejects(core.call('labelMap.save', { map: { dose: null } }), { code: 'label-invalid' });
  await assert.rejects(core.call('labelMap.save', { map: { test: 'Drug' } }), {
    code: 'label-invalid',
    details: { nextStep: 'Choose one of: Lab, Medication, Problems.' },
  });
});

test('suggestions come from alike names and from words that both mark, and say which', async (t) => {
  const core = await clinicCore(t);
  const { suggestions } = await core.call('labelMap.suggest', {});
  const best = new Map(suggestions.toReversed().map((suggestion) => [suggestion.source, suggestion]));
  assert.deepEqual(
    ['problem', 'treatment', 'test'].map((label) => best.get(label)?.target),
    ['Problems', 'Medication', undefined],
  );
  assert.equal(best.get('problem')?.reason, 'The names are the same; no marked text occurs under both labels.');
  assert.equal(
    best.get('treatment')?.reason,
    "The names differ; 1 marked text occurs under both labels, 50 % of the rarer label's spans.",
  );
});

test('of classes that mark the same words the one of the same name comes first, be it a mark', async (t) => {
  const core = await coreWithProject(t);
  const file = join(temporaryFolder(t), 'classes.tsv');
  writeFileSync(file, 'pain\tNN\nPain\tNNP\npain\t,\nPain\t.\n'.repeat(20));
  for (const role of ['es', 'target']) await core.call('corpora.import', { role, format: 'auto', paths: [file] });
  const { suggestions } = await core.call('labelMap.suggest', { source: 'es' });
  const best = suggestions.filter(({ source }, index) => suggestions[index - 1]?.source !== source);
  assert.deepEqual(
    best.map(({ source, target }) => [source, target]),
    ['NN', 'NNP', ',', '.'].map((label) => [label, label]),
  );
});

for (const [a, b, likeness] of [
  ['Sign_Symptom', 'SignOrSymptom', 1],
  ['Medications', 'medication', 1],
  ['Drug', 'Treatment', 0],
  ['Disease', 'Disease_disorder', 0.5],
  [',', ',', 1],
  [',', ':', 0],
] as const) {
  test(`the names ${a} and ${b} are alike by ${likeness}`, () => assert.equal(nameLikeness(a, b), likeness));
}

test('without any mark on either side only the names speak', () => {
  const nothing = new Map<string, number>();
  const found = labelLikeness({ label: 'Drug', texts: nothing }, { label: 'drug', texts: nothing });
  assert.deepEqual([found.score, found.overlapScore], [1, 0]);
});

test('where words speak for another label just as much, the label of the same name comes first', async (t) => {
  const path = newProject(t);
  const store = openProject(path, { access: 'write' });
  mark(store, 'source', ['NN', 'cell']);
  mark(store, 'target', ['CD', 'cell'], ['NN', 'mouse']);
  store.close();
  const core = createCore({ appVersion: '0.0.0' });
  t.after(() => core.close());
  await core.call('project.open', { path, access: 'read' });
  const { suggestions } = await core.call('labelMap.suggest', {});
  assert.deepEqual(
    suggestions.map(({ target, score }) => [target, score]),
    [
      ['NN', 1],
      ['CD', 1],
    ],
  );
});

test('what is accepted: the best of each label that is separate, where it is good enough', () => {
  const suggestions = [
    { source: 'a', target: 'A', score: 0.9 },
    { source: 'a', target: 'B', score: 0.8 },
    { source: 'b', target: 'B', score: 0.4 },
    { source: 'c', target: 'C', score: 1 },
  ];
  const accepted = (least: number): string[] =>
    suggestionsToAccept({ a: null, b: null, c: 'X', d: null }, suggestions, least).map(({ target }) => target);
  assert.deepEqual([accepted(0.5), accepted(0.4)], [['A'], ['A', 'B']]);
});

/** A source of three labels and a target of three others. */
async function clinicCore(test: TestContext): Promise<Core> {
  const path = newProject(test);
  const store = openProject(path, { access: 'write' });
  mark(store, 'source', ['treatment', 'Aspirin'], ['treatment', 'surgery'], ['problem', 'fever'], ['test', 'x-ray']);
  mark(store, 'target', ['Medication', 'aspirin'], ['Medication', 'heparin'], ['Problems', 'rash'], ['Lab', 'sodium']);
  store.close();
  const core = createCore({ appVersion: '0.0.0' });
  test.after(() => core.close());
  await core.call('project.open', { path, access: 'write' });
  return core;
}

function mark(store: ProjectStore, role: Role, ...marks: readonly (readonly [label: string, text: string])[]): void {
  const text = marks.map(([, word]) => word).join(' ');
  const spans = marks.map(([label, word]) => {
    const start = text.indexOf(word);
    return { label, start, end: start + word.length };
  });
  addDocument(store, document('note', text, spans), { role });
}
