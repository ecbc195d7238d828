/** How complete each step of the wizard is, and what keeps a training from starting. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wizardDraft } from '../../../electron/api/setup-calls.ts';
import type { ProjectInfo } from '../../../electron/api/views.ts';
import { type StepFacts, type StepId, type StepState, stepStates } from '../../../renderer/state/wizard-steps.ts';

type Documents = Pick<ProjectInfo['documents'][number], 'role' | 'split' | 'documents'>;

const divided: readonly Documents[] = [
  { role: 'target', split: 'train', documents: 7 },
  { role: 'target', split: 'dev', documents: 2 },
];
const transfer = { title: 'DTN(HS)', needsSource: true, needsMap: false, problem: null };

function labelOf(role: string, label: string): ProjectInfo['labels'][number] {
  return { role, label, count: 1, train: 1, dev: 0, test: 0, unsplit: 0 };
}

function stepsOf(
  documents: readonly Documents[],
  facts: Partial<StepFacts> = {},
  labels: ProjectInfo['labels'] = [],
): Map<StepId, StepState> {
  const info: ProjectInfo = {
    project: { path: 'a.ngr', id: 'a', createdAt: '', createdBy: '' },
    documents: documents.map((row) => ({ ...row, tokens: 0, sentences: 0, annotations: 0 })),
    labels,
    embeddings: [],
    runs: 0,
    taggings: 0,
  };
  const steps = stepStates({ draft: wizardDraft.parse({}), info, model: null, labelsMapped: new Map(), ...facts });
  return new Map(steps.map((step) => [step.id, step]));
}

test('an empty project lets one begin anywhere but at the splits, the label map and the start', () => {
  assert.deepEqual(
    [...stepsOf([]).values()].map(({ id, state }) => [id, state]),
    [
      ['source', 'open'],
      ['target', 'open'],
      ['splits', 'blocked'],
      ['labels', 'blocked'],
      ['embeddings', 'open'],
      ['model', 'open'],
      ['summary', 'blocked'],
    ],
  );
});

test('the summary says the first thing that is missing, in the order of the steps', () => {
  const missing = (documents: readonly Documents[], facts?: Partial<StepFacts>) =>
    stepsOf(documents, facts).get('summary')?.missing;
  const undivided: Documents = { role: 'target', split: null, documents: 1 };
  const draft = wizardDraft.parse({ recipe: 'baseline' });
  assert.equal(missing([]), 'Import annotated target notes first.');
  assert.equal(missing([...divided, undivided]), '1 target document is not in a split yet.');
  assert.equal(missing(divided.slice(0, 1)), 'Training needs target documents in train and in dev.');
  assert.equal(missing(divided), 'Choose a model.');
  assert.equal(missing(divided, { draft, model: { ...transfer, needsSource: false } }), null);
});

test('a transfer model without source notes asks for them, and the source step may wait all the same', () => {
  const draft = wizardDraft.parse({ recipe: 'dtn-hs' });
  const without = stepsOf(divided, { draft, model: transfer });
  assert.deepEqual([without.get('source')?.state, without.get('source')?.mayWait], ['problem', true]);
  assert.equal(without.get('summary')?.state, 'blocked');
  const source: Documents = { role: 'source', split: null, documents: 3 };
  assert.equal(stepsOf([source, ...divided], { draft, model: transfer }).get('summary')?.missing, null);
});

test('several sources are counted together, and the label map over those that are learned from', () => {
  const sources: Documents[] = [
    { role: 'es', split: null, documents: 3 },
    { role: 'fr', split: null, documents: 4 },
  ];
  const all = stepsOf([...sources, ...divided]);
  assert.deepEqual([all.get('source')?.state, all.get('source')?.summary], ['done', '2 sources, 7 documents']);
  const draft = wizardDraft.parse({ recipe: 'dtn-hs', visited: ['labels'], learnsFrom: ['fr'] });
  const labels = ['es', 'fr', 'fr', 'target'].map((role, i) => labelOf(role, `L${i}`));
  const steps = stepsOf(
    [...sources, ...divided],
    { draft, model: transfer, labelsMapped: new Map([['fr', 1]]) },
    labels,
  );
  assert.equal(steps.get('labels')?.summary, '1 of 2 mapped');
  assert.equal(steps.get('summary')?.missing, null);
});

test('a model of mapped labels asks for a label of each source, where the target has any', () => {
  const sources: Documents[] = ['es', 'fr'].map((role) => ({ role, split: null, documents: 3 }));
  const facts = { draft: wizardDraft.parse({ recipe: 'man-moe' }), model: { ...transfer, needsMap: true } };
  const labels = ['es', 'fr', 'target'].map((role) => labelOf(role, 'Drug'));
  const missing = (mapped: [string, number][], held = labels) =>
    stepsOf([...sources, ...divided], { ...facts, labelsMapped: new Map(mapped) }, held).get('summary')?.missing;
  const wanted = 'The chosen model needs a label of the source fr that stands for one of yours.';
  assert.equal(
    missing([
      ['es', 1],
      ['fr', 0],
    ]),
    wanted,
  );
  assert.equal(
    missing([
      ['es', 1],
      ['fr', 1],
    ]),
    null,
  );
  assert.equal(
    missing(
      [
        ['es', 0],
        ['fr', 0],
      ],
      labels.slice(0, 2),
    ),
    null,
  );
  assert.equal(missing([]), null);
});

test('a transfer model needs one of the sources chosen, the baseline none', () => {
  const source: Documents = { role: 'es', split: null, documents: 3 };
  const draft = wizardDraft.parse({ recipe: 'dtn-hs', learnsFrom: ['fr'] });
  const missing = (needsSource: boolean) =>
    stepsOf([source, ...divided], { draft, model: { ...transfer, needsSource } }).get('model')?.missing;
  assert.equal(missing(true), 'Choose at least one source to learn from.');
  assert.equal(missing(false), null);
});

test('what core has against the settings keeps the training from starting', () => {
  const draft = wizardDraft.parse({ recipe: 'baseline' });
  const model = {
    title: 'Baseline',
    needsSource: false,
    needsMap: false,
    problem: 'training.learningRate must be more than 0.',
  };
  const steps = stepsOf(divided, { draft, model });
  assert.deepEqual([steps.get('model')?.state, steps.get('summary')?.missing], ['problem', model.problem]);
});

test('a default counts as chosen once it has been seen', () => {
  const visited = wizardDraft.parse({ visited: ['embeddings'] });
  assert.equal(stepsOf(divided).get('embeddings')?.state, 'open');
  assert.equal(stepsOf(divided, { draft: visited }).get('embeddings')?.state, 'done');
});
