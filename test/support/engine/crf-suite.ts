/** Tests of the CRF operations, run on every build of the kernels. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { engine as tensorEngine, scalar, type Tensor2D } from '@tensorflow/tfjs-core';
import { mayEnd, mayFollow, mayStart } from '../../../worker/domain/tags.ts';
import { crfLoss, crfMarginLoss, crfViterbi } from '../../../worker/engine/ops/crf.ts';
import { assertClose, largest } from '../numbers.ts';
import { rows, weight } from '../reference-blocks.ts';
import { instance, tensors, type CrfCase, type Instance } from './crf-cases.ts';
import { allPaths, bestScore, logSum, pathScore, referenceCrf, sums, withCost } from './crf-reference.ts';
import { packedRows } from './layouts.ts';
import { checkOperation, type Operation } from './operation-check.ts';
import { startEngine } from './started-engine.ts';

/** The loss and its gradients as the engine has them. */
async function trained(own: Instance): Promise<{ loss: number; emissions: Float32Array; transitions: Float32Array }> {
  const started = await startEngine();
  const { emissions, crf } = tensors(own);
  const { value, grads } = tensorEngine().gradients(
    () => crfMarginLoss(emissions, crf, own.tags, packedRows(own.given.lengths), own.given.cost),
    [emissions, crf.transitions],
    scalar(1),
  );
  const [loss, dEmissions, dTransitions] = [value, ...grads].map((result) => result.dataSync<'float32'>());
  for (const tensor of [value, ...grads, emissions, crf.transitions]) tensor.dispose();
  started.endStep();
  return {
    loss: loss?.[0] ?? NaN,
    emissions: dEmissions ?? new Float32Array(),
    transitions: dTransitions ?? new Float32Array(),
  };
}

/** Loss and gradients by forward and backward sums in double precision. */
function expected({ given, reference, sentences, emissions: all }: Instance) {
  const { K, cost } = given;
  const B = sentences.length;
  const emissions = new Float64Array(all.length);
  const transitions = new Float64Array((K + 2) * K);
  const add = (from: number, to: number, amount: number): void => {
    transitions[from * K + to] = (transitions[from * K + to] ?? NaN) + amount / B;
  };
  let loss = 0;
  for (const { rows: numbers, emissions: own, gold } of sentences) {
    const { logPartition, marginals, counts } = sums(reference, withCost(own, gold, cost));
    loss += (logPartition - pathScore(reference, own, gold)) / B;
    for (const [t, row] of numbers.entries())
      for (let tag = 0; tag < K; tag++)
        emissions[row * K + tag] = ((marginals[t]?.[tag] ?? NaN) - (gold[t] === tag ? 1 : 0)) / B;
    for (const [from, row] of counts.entries()) for (const [to, count] of row.entries()) add(from, to, count);
    for (const [t, tag] of gold.entries()) add(t === 0 ? K : (gold[t - 1] ?? NaN), tag, -1);
    add(K + 1, gold.at(-1) ?? NaN, -1);
  }
  return { loss, emissions, transitions };
}

async function compareWithSums(t: TestContext, given: CrfCase, valueTolerance = 1e-5, tolerance = 1e-5): Promise<void> {
  const own = instance(given);
  const [actual, wanted] = [await trained(own), expected(own)];
  const value = assertClose([actual.loss], [wanted.loss], valueTolerance, 'loss');
  const gradients = (['emissions', 'transitions'] as const).map((name) => {
    const scale = largest(wanted[name]) || 1;
    return assertClose(actual[name], wanted[name], tolerance * scale, `gradient of ${name}`) / scale;
  });
  t.diagnostic(`value ${value.toExponential(1)}, gradient ${Math.max(...gradients).toExponential(1)}`);
}

/** The loss as an operation of its emissions and transitions, for numeric gradients. */
function operation(given: CrfCase): Operation {
  const layout = packedRows(given.lengths);
  const own = instance(given);
  const { K } = given;
  return {
    inputs: { emissions: { shape: [layout.rows, K] }, transitions: { shape: [K + 2, K] } },
    run: ({ emissions, transitions }) =>
      crfMarginLoss(
        emissions as Tensor2D,
        { transitions: transitions as Tensor2D, permitted: own.permitted },
        own.tags,
        layout,
        given.cost,
      ),
    reference: (weights) => {
      const crf = referenceCrf(rows(weight(weights, 'transitions')), own.permitted);
      const all = rows(weight(weights, 'emissions'));
      const losses = own.sentences.map(({ rows: numbers, gold }) => {
        const emissions = numbers.map((row) => all[row] ?? []);
        return sums(crf, withCost(emissions, gold, given.cost)).logPartition - pathScore(crf, emissions, gold);
      });
      return [[losses.reduce((sum, loss) => sum + loss, 0) / losses.length]];
    },
  };
}

const tiny: readonly CrfCase[] = [
  { lengths: [1], K: 1, permitted: 'all', cost: 0 },
  { lengths: [1], K: 3, permitted: 'all', cost: 0 },
  { lengths: [5, 3, 1], K: 3, permitted: 'all', cost: 0 },
  { lengths: [4, 4, 2, 1, 1], K: 5, permitted: 'iobes', cost: 0 },
  { lengths: [3, 2], K: 9, permitted: 'iobes', cost: 0 },
];
const costs = [0, 1, 2.5];
const larger: readonly CrfCase[] = [
  { lengths: [1], K: 41, permitted: 'all', cost: 0 },
  { lengths: [1, 1, 1], K: 41, permitted: 'iobes', cost: 1 },
  { lengths: [9, 7, 3, 3, 1, 1, 1], K: 41, permitted: 'all', cost: 0 },
  { lengths: [12, 11, 11, 9, 8, 6, 3, 3, 2, 1], K: 41, permitted: 'iobes', cost: 1 },
  { lengths: [40, 17, 5], K: 16, permitted: 'all', cost: 1 },
  { lengths: [6, 5, 1], K: 165, permitted: 'iobes', cost: 0 },
];

function nameOf({ lengths, K, permitted, cost }: CrfCase): string {
  return `lengths ${lengths.join(',')}, tags ${K}, ${permitted === 'all' ? 'all transitions' : 'IOBES'}, cost ${cost}`;
}

/** −f(y) + log Σ exp(f(y') + cost · different tags), over every path. */
function lossByPaths({ given, reference, sentences }: Instance): number {
  const losses = sentences.map(({ emissions, gold }) => {
    const scores = allPaths(given.K, gold.length).map((path) => {
      const different = path.filter((tag, t) => tag !== gold[t]).length;
      return pathScore(reference, emissions, path) + given.cost * different;
    });
    return logSum(scores) - pathScore(reference, emissions, gold);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

function lossTests(): void {
  for (const base of tiny) {
    for (const cost of costs) {
      const given = { ...base, cost };
      test(`all paths added up: ${nameOf(given)}`, async (t) => {
        const own = instance(given);
        const worst = assertClose([(await trained(own)).loss], [lossByPaths(own)], 1e-5, 'loss');
        t.diagnostic(`value ${worst.toExponential(1)}`);
      });
    }
  }
  for (const given of [...tiny.map((base) => ({ ...base, cost: 1 })), ...larger])
    test(`sums in double precision: ${nameOf(given)}`, (t) => compareWithSums(t, given));
  for (const given of [...tiny, ...larger.slice(0, 5)])
    test(`numeric gradients: ${nameOf(given)}`, (t) => checkOperation(t, operation(given)));
  test('scores far apart, where products underflow', async (t) => {
    for (const scale of [60, 200])
      await compareWithSums(t, { lengths: [30, 9, 4, 1], K: 21, permitted: 'iobes', cost: 1, scale }, 2e-3, 2e-4);
  });
  test('without a cost the margin loss is the likelihood', async () => {
    const engine = await startEngine();
    const own = instance({ lengths: [6, 2, 1], K: 9, permitted: 'iobes', cost: 0 });
    const { emissions, crf } = tensors(own);
    const layout = packedRows(own.given.lengths);
    const likelihood = crfLoss(emissions, crf, own.tags, layout).dataSync();
    assert.deepEqual(likelihood, crfMarginLoss(emissions, crf, own.tags, layout, 0).dataSync());
    const costly = crfMarginLoss(emissions, crf, own.tags, layout, 1).dataSync();
    assert.ok((costly[0] ?? NaN) > (likelihood[0] ?? NaN));
    engine.endStep();
  });
  test("each token's marginal probabilities add up to 1", async (t) => {
    const own = instance({ lengths: [60, 31, 8, 1], K: 41, permitted: 'iobes', cost: 0, scale: 4 });
    const { emissions } = await trained(own);
    const totals = Array.from(own.tags, (_, row) => {
      const differences = [...emissions.subarray(row * 41, (row + 1) * 41)];
      return 1 + differences.reduce((sum, value) => sum + value * own.sentences.length, 0);
    });
    const worst = assertClose(
      totals,
      totals.map(() => 1),
      2e-6,
      'sum of marginals',
    );
    t.diagnostic(`worst sum ${worst.toExponential(1)}`);
  });
  test('transitions that are not permitted get no gradient', async () => {
    const own = instance({ lengths: [12, 8, 3, 1], K: 9, permitted: 'iobes', cost: 1 });
    const { transitions } = await trained(own);
    assert.deepEqual(
      [...transitions].filter((_, place) => own.permitted[place] === 0 && transitions[place] !== 0),
      [],
    );
    assert.ok(transitions.some((value) => value !== 0));
  });
  test('gold tags that are not permitted are refused', async () => {
    await startEngine();
    const own = instance({ lengths: [2], K: 5, permitted: 'iobes', cost: 0 });
    const { emissions, crf } = tensors(own);
    for (const [wrong, message] of [
      [[2, 0], /may not start a sentence/],
      [[1, 0], /may not follow tag 1/],
      [[0, 1], /may not end a sentence/],
      [[0, 5], /tag 5/],
    ] as const)
      assert.throws(() => crfLoss(emissions, crf, Int32Array.from(wrong), packedRows([2])), message);
  });
}

/** Best tags and probabilities, sentence by sentence. */
async function tagged(own: Instance): Promise<{ tags: number[]; probabilities: number[] }[]> {
  const engine = await startEngine();
  const { emissions, crf } = tensors(own);
  const { tags, probabilities } = await crfViterbi(emissions, crf, packedRows(own.given.lengths));
  emissions.dispose();
  crf.transitions.dispose();
  engine.endStep();
  return own.sentences.map(({ rows: numbers }) => ({
    tags: numbers.map((row) => tags[row] ?? NaN),
    probabilities: numbers.map((row) => probabilities[row] ?? NaN),
  }));
}

function pathTests(): void {
  for (const given of tiny) {
    test(`the best of all paths and its marginals: ${nameOf(given)}`, async () => {
      for (const seed of [1, 2, 3]) {
        const own = instance(given, seed * 10);
        const found = await tagged(own);
        for (const [s, { emissions, gold }] of own.sentences.entries()) {
          const scored = allPaths(given.K, gold.length).map((path) => ({
            path,
            score: pathScore(own.reference, emissions, path),
          }));
          const [best] = scored.sort((a, b) => b.score - a.score);
          assert.deepEqual(found[s]?.tags, best?.path, `seed ${seed}, sentence ${s}`);
          const partition = logSum(scored.map(({ score }) => score));
          const marginals = best?.path.map((tag, t) =>
            scored
              .filter(({ path }) => path[t] === tag)
              .reduce((sum, { score }) => sum + Math.exp(score - partition), 0),
          );
          assertClose(found[s]?.probabilities ?? [], marginals ?? [], 1e-5, `seed ${seed}, sentence ${s}`);
        }
      }
    });
  }
  for (const given of larger) {
    for (const scale of [1, 12]) {
      test(`the best score in double precision: ${nameOf(given)}, emissions to ${scale}`, async () => {
        const own = instance({ ...given, scale });
        const found = await tagged(own);
        for (const [s, { emissions }] of own.sentences.entries()) {
          const { tags = [], probabilities = [] } = found[s] ?? {};
          const best = bestScore(own.reference, emissions);
          assertClose([pathScore(own.reference, emissions, tags)], [best], 1e-5 * scale, `score of sentence ${s}`);
          const { marginals } = sums(own.reference, emissions);
          assertClose(
            probabilities,
            tags.map((tag, t) => marginals[t]?.[tag] ?? NaN),
            1e-5 * scale,
            `sentence ${s}`,
          );
        }
      });
    }
  }
  test('only valid IOBES sequences, even from wild scores', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const own = instance({ lengths: [9, 4, 3, 2, 1], K: 13, permitted: 'iobes', cost: 0, scale: 150 }, seed);
      for (const { tags, probabilities } of await tagged(own)) {
        const isValid = tags.every((tag, t) => (t === 0 ? mayStart(tag) : mayFollow(tags[t - 1] ?? 0, tag)));
        assert.ok(isValid && mayEnd(tags.at(-1) ?? 0), `seed ${seed}: ${tags.join(' ')}`);
        assert.ok(
          probabilities.every((value) => value > 0 && value <= 1.000001),
          `seed ${seed}: ${probabilities.join(' ')}`,
        );
      }
    }
  });
}

export function crfSuite(): void {
  describe("a CRF's loss and its gradients", lossTests);
  describe("a CRF's best path", pathTests);
}
