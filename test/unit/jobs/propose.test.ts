/** The propose job, and a search over real trainings that are small enough for a test. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SearchSpace, type SearchValues, settingsOf } from '../../../worker/domain/search-space.ts';
import type { SearchTrial } from '../../../worker/domain/search-trial.ts';
import { proposeJob } from '../../../worker/jobs/propose.ts';
import type { JobOf } from '../../../worker/protocol-jobs.ts';
import { withSettings } from '../../../worker/domain/recipe.ts';
import { taskDocument } from '../../support/corpus.ts';
import { finished, quickRecipe, trained } from '../../support/jobs.ts';

const space: SearchSpace = {
  'training.learningRate': { kind: 'log', low: 0.0001, high: 0.5 },
  'dropout.decoder': { kind: 'real', low: 0, high: 0.9 },
};
const base = quickRecipe('baseline', ['training.epochs=4', 'training.batchesPerEpoch=20']);

const drugs = ['aspirin', 'warfarin', 'metoprolol', 'insulin', 'lisinopril', 'heparin', 'digoxin', 'codeine'];
const signs = ['pain', 'nausea', 'rash', 'dizziness', 'fever', 'oedema', 'cough'];
const lines = (count: number, from: number): string[] =>
  Array.from({ length: count }, (_, i) => {
    const [drug, sign, other] = [drugs[(i * 5 + from) % 8], signs[(i * 3 + from) % 7], signs[(i + from) % 7]];
    return `Given [Drug:${drug}] for [Sign:${sign}] since monday , no ${other} before .`;
  });
const documents = [
  taskDocument('target', 'train', 't', lines(16, 0)),
  taskDocument('target', 'dev', 'd', lines(12, 3)),
];

async function proposed(order: Partial<JobOf<'propose'>>): Promise<SearchValues | null> {
  const job: JobOf<'propose'> = {
    kind: 'propose',
    method: 'bayesian',
    seed: 1,
    space,
    first: null,
    trials: [],
    ...order,
  };
  const { events, result } = await finished(proposeJob(job));
  assert.deepEqual(events, []);
  return result.values;
}

/** Trials whose score is dev F1 averaged over the epochs: how high and how soon. */
async function search(method: 'bayesian' | 'random', seed: number): Promise<SearchTrial[]> {
  const trials: SearchTrial[] = [];
  while (trials.length < 10) {
    const values = await proposed({ method, seed, trials });
    assert.ok(values !== null);
    const { events } = await trained(withSettings(base, settingsOf(space, values, base)), {}, documents);
    const scores = events.flatMap((event) => (event.kind === 'epoch' ? [event.epoch.devMicroF1] : []));
    trials.push({ values, curve: [scores.reduce((sum, score) => sum + score, 0) / scores.length], state: 'done' });
  }
  return trials;
}

const bestOf = (trials: readonly SearchTrial[]): number => Math.max(...trials.flatMap(({ curve }) => curve));

test('over real trainings it finds more than random search with the same budget', async () => {
  let [searched, random] = [0, 0];
  for (const seed of [1, 2]) {
    searched += bestOf(await search('bayesian', seed)) / 2;
    random += bestOf(await search('random', seed)) / 2;
  }
  assert.ok(searched > random, `${searched} against ${random}`);
});

test('trials that fail are left behind', async () => {
  const trials: SearchTrial[] = [];
  for (let i = 0; i < 14; i++) {
    const values = await proposed({ trials });
    assert.ok(values !== null);
    const rate = Number(values['training.learningRate']);
    trials.push(rate > 0.01 ? { values, curve: [], state: 'failed' } : { values, curve: [0.5], state: 'done' });
  }
  const failed = (some: readonly SearchTrial[]): number => some.filter(({ state }) => state === 'failed').length;
  assert.ok(failed(trials.slice(0, 6)) >= 2);
  assert.ok(failed(trials.slice(6)) <= 2, trials.map(({ state }) => state).join(' '));
});
