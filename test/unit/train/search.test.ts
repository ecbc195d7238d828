/** The search: better than chance on known functions, seeded, resumable, and at home with whole numbers and categories. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchSpace, SearchValues } from '../../../worker/domain/search-space.ts';
import { proposeValues, type SearchOptions, type TriedValues } from '../../../worker/train/search.ts';

type Method = SearchOptions['method'];
type Objective = (values: SearchValues) => number;

const numbersOf = (values: SearchValues): number[] => Object.values(values).map(Number);

/** Dixon & Szegö 1978; minima of 0.397887, here with the sign of a maximum. */
const branin: Objective = (values) => {
  const [x = 0, y = 0] = numbersOf(values);
  const bend = y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6;
  return -(bend ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10);
};
const braninSpace: SearchSpace = { x: { kind: 'real', low: -5, high: 10 }, y: { kind: 'real', low: 0, high: 15 } };

/** Hartmann 6; maximum of 3.32237. */
const hartmann: Objective = (values) => {
  const x = numbersOf(values);
  const weights = [1, 1.2, 3, 3.2];
  const widths = [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
  ];
  const centres = [
    [1312, 1696, 5569, 124, 8283, 5886],
    [2329, 4135, 8307, 3736, 1004, 9991],
    [2348, 1451, 3522, 2883, 3047, 6650],
    [4047, 8828, 8732, 5743, 1091, 381],
  ];
  return weights.reduce((sum, weight, i) => {
    const far = x.reduce((all, at, d) => all + (widths[i]?.[d] ?? 0) * (at - (centres[i]?.[d] ?? 0) / 1e4) ** 2, 0);
    return sum + weight * Math.exp(-far);
  }, 0);
};
const hartmannSpace: SearchSpace = Object.fromEntries(
  Array.from({ length: 6 }, (_, d) => [`x${d}`, { kind: 'real', low: 0, high: 1 }]),
);

/** Like a recipe: a rate, a size, a depth and a choice, which matters for the height and not for the place of the best; maximum 1. */
const mixed: Objective = ({ rate, units, layers, gate }) =>
  1 -
  0.15 * (Math.log10(Number(rate)) + 3) ** 2 -
  0.1 * Math.log2(Number(units) / 96) ** 2 -
  0.05 * (Number(layers) - 3) ** 2 -
  ({ none: 0.4, soft: 0.2, hard: 0.3 }[String(gate)] ?? 0);
const mixedSpace: SearchSpace = {
  rate: { kind: 'log', low: 1e-5, high: 1e-1 },
  units: { kind: 'log-integer', low: 8, high: 256 },
  layers: { kind: 'integer', low: 1, high: 6 },
  gate: { kind: 'categorical', values: ['none', 'soft', 'hard', 'vector'] },
};

/** The best score after a budget of trials, `parallel` of them at a time. */
function search(
  space: SearchSpace,
  objective: Objective,
  { seed, method, budget, parallel = 1 }: { seed: number; method: Method; budget: number; parallel?: number },
): number {
  const trials: TriedValues[] = [];
  while (trials.length < budget) {
    const underWay: TriedValues[] = [];
    while (underWay.length < parallel) {
      const values = proposeValues(space, [...trials, ...underWay], { seed, method, first: null });
      assert.ok(values !== null);
      underWay.push({ values, score: null });
    }
    trials.push(...underWay.map(({ values }) => ({ values, score: objective(values) })));
  }
  return Math.max(...trials.map(({ score }) => score ?? -Infinity));
}

function mean(seeds: readonly number[], run: (seed: number) => number): number {
  return seeds.reduce((sum, seed) => sum + run(seed), 0) / seeds.length;
}

const cases = [
  { name: 'Branin', space: braninSpace, objective: branin, budget: 20, seeds: [1, 2, 3], enough: -0.8 },
  { name: 'Hartmann 6', space: hartmannSpace, objective: hartmann, budget: 30, seeds: [1, 2], enough: 2.5 },
  { name: 'a mixed space', space: mixedSpace, objective: mixed, budget: 20, seeds: [1, 2, 3], enough: 0.85 },
];

for (const { name, space, objective, budget, seeds, enough } of cases) {
  test(`on ${name} it finds more than random search with the same budget`, () => {
    const searched = mean(seeds, (seed) => search(space, objective, { seed, budget, method: 'bayesian' }));
    const random = mean(seeds, (seed) => search(space, objective, { seed, budget, method: 'random' }));
    assert.ok(searched > random, `${searched} against ${random}`);
    assert.ok(searched > enough, `${searched} is not above ${enough}`);
  });
}

test('four trials at a time still find more than random search', () => {
  const options = { budget: 20, parallel: 4 };
  const searched = mean([1, 2], (seed) => search(mixedSpace, mixed, { ...options, seed, method: 'bayesian' }));
  const random = mean([1, 2], (seed) => search(mixedSpace, mixed, { ...options, seed, method: 'random' }));
  assert.ok(searched > random && searched > 0.9, `${searched} against ${random}`);
});

/** Trials of a mixed space with their scores. */
function mixedTrials(count: number, seed = 1): TriedValues[] {
  const trials: TriedValues[] = [];
  while (trials.length < count) {
    const values = proposeValues(mixedSpace, trials, { seed, method: 'bayesian', first: null });
    assert.ok(values !== null);
    trials.push({ values, score: mixed(values) });
  }
  return trials;
}

for (const method of ['bayesian', 'random'] as const) {
  test(`the ${method} search goes on from its trials as if it had never stopped`, () => {
    const trials = mixedTrials(9);
    const options = { seed: 1, method, first: null };
    const [once, again] = [trials, structuredClone(trials)].map((all) => proposeValues(mixedSpace, all, options));
    assert.deepEqual(once, again);
    assert.notDeepEqual(once, proposeValues(mixedSpace, trials, { ...options, seed: 2 }));
  });
}

test('the first trial is the one that was asked for', () => {
  const first = { rate: 0.002, units: 100, layers: 2, gate: 'soft' };
  const options: SearchOptions = { seed: 1, method: 'bayesian', first };
  assert.deepEqual(proposeValues(mixedSpace, [], options), first);
  assert.notDeepEqual(proposeValues(mixedSpace, [{ values: first, score: 0.5 }], options), first);
});

test('the first trials are spread: on every dimension each falls into another part', () => {
  const rates = mixedTrials(6).map(({ values }) => Math.floor((6 * (Math.log10(Number(values['rate'])) + 5)) / 4));
  assert.deepEqual(rates.toSorted(), [0, 1, 2, 3, 4, 5]);
});

test('trials under way are not proposed again, nor is their neighbourhood alone', () => {
  const trials = mixedTrials(10);
  const underWay: TriedValues[] = [];
  for (let i = 0; i < 4; i++) {
    const values = proposeValues(mixedSpace, [...trials, ...underWay], { seed: 1, method: 'bayesian', first: null });
    assert.ok(values !== null);
    underWay.push({ values, score: null });
  }
  const distinct = new Set([...trials, ...underWay].map(({ values }) => JSON.stringify(values)));
  assert.equal(distinct.size, 14);
});

for (const method of ['bayesian', 'random'] as const) {
  test(`the ${method} search of a small space tries every point once, and then says that it is at its end`, () => {
    const space: SearchSpace = {
      layers: { kind: 'integer', low: 1, high: 3 },
      gate: { kind: 'categorical', values: ['vector', 'scalar', 'none'] },
    };
    const trials: TriedValues[] = [];
    for (;;) {
      const values = proposeValues(space, trials, { seed: 3, method, first: null });
      if (values === null) break;
      trials.push({ values, score: Number(values['layers']) });
    }
    assert.equal(trials.length, 9);
    assert.equal(new Set(trials.map(({ values }) => JSON.stringify(values))).size, 9);
  });
}

test('scores that are all the same leave the search able to go on', () => {
  const trials = mixedTrials(10).map(({ values }) => ({ values, score: 0 }));
  assert.ok(proposeValues(mixedSpace, trials, { seed: 1, method: 'bayesian', first: null }) !== null);
});
