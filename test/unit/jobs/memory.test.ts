/** Memory is asked about before a training starts: the estimate holds, and what does not fit is refused with what would. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeBatch } from '../../../worker/data/batches.ts';
import type { EncodedSentence, FormTable } from '../../../worker/data/dataset.ts';
import { AppError } from '../../../worker/domain/errors.ts';
import { seededRandom } from '../../../worker/domain/random.ts';
import { withSettings } from '../../../worker/domain/recipe.ts';
import { recipeNamed } from '../../../worker/domain/zoo.ts';
import { startEngine } from '../../../worker/engine/start.ts';
import { memoryLimits, requireMemory, type MemoryLimits } from '../../../worker/jobs/memory.ts';
import { estimateMemory } from '../../../worker/model/memory.ts';
import type { NetworkSizes } from '../../../worker/model/blocks.ts';
import { createNetwork } from '../../../worker/model/network.ts';
import { Optimizer } from '../../../worker/train/optimizer.ts';
import { trainStep } from '../../../worker/train/step.ts';

const sizes: NetworkSizes = { words: 3000, wordSize: 100, characters: 60, tags: { source: 41, target: 41 } };
const random = seededRandom(3);
const forms: FormTable = {
  characters: Array.from({ length: 2000 }, () => {
    // Few letters, so that words share beginnings as real ones do.
    const length = 2 + Math.floor(random.next() * 8);
    return Int32Array.from({ length }, () => Math.floor(random.next() * 12));
  }),
  words: new Array<number>(2000).fill(0),
  ids: new Map(),
  index: { wordId: () => 0, characterIds: () => new Int32Array(0) },
  maxCharacters: 25,
};

/** Sentences of `length` tokens. */
function sentences(count: number, length: number): EncodedSentence[] {
  const draw = (below: number): Int32Array => Int32Array.from({ length }, () => Math.floor(random.next() * below));
  return Array.from({ length: count }, (_, document) => {
    return { document, firstToken: 0, words: draw(sizes.words), forms: draw(2000), tags: draw(41) };
  });
}

test('the estimate covers what the engine takes in a training, and is not twice as much again', async (t) => {
  const engine = await startEngine();
  const recipe = recipeNamed('dtn-hs');
  const network = createNetwork(recipe, sizes, new Float32Array(sizes.words * sizes.wordSize), 1);
  const optimizer = new Optimizer(network.parameters, recipe.training);
  const [count, length] = [48, 50];
  for (let step = 0; step < 3; step++) {
    for (const task of recipe.tasks) {
      await trainStep(network, optimizer, task, encodeBatch(sentences(count, length), forms, 41, null), () => step);
      engine.endStep();
    }
  }
  const { weights, activations } = estimateMemory(recipe, sizes, count * length);
  const taken = engine.memoryBytes();
  t.diagnostic(`taken ${(taken / 1e6).toFixed(0)} MB, estimated ${((weights + activations) / 1e6).toFixed(0)} MB`);
  assert.ok(taken <= weights + activations);
  assert.ok(weights + activations < 3 * taken);
});

describe('a training that memory will not hold', () => {
  const recipe = withSettings(recipeNamed('dtn'), ['training.batchSize=256']);
  const data = new Map([['target', sentences(300, 80)] as const, ['source', sentences(300, 60)] as const]);
  const required = async (limits: MemoryLimits, force = false): Promise<number> =>
    requireMemory(recipe, sizes, data, await startEngine(), force, limits);
  const refusal = async (limits: MemoryLimits): Promise<AppError> => {
    const thrown: unknown = await required(limits).catch((error: unknown) => error);
    assert.ok(thrown instanceof AppError);
    return thrown;
  };

  test('is refused with the batch size that would fit, and that size fits', async () => {
    const limits = { free: 1e9, heap: null };
    const { code, message, details } = await refusal(limits);
    assert.equal(code, 'memory-exhausted');
    assert.match(message, /would take about \d+\.\d GB of memory, and 1\.0 GB are free/);
    const batchSize = Number(details['fittingBatchSize']);
    assert.ok(batchSize >= 8 && batchSize < 256, `${batchSize}`);
    assert.match(details.nextStep ?? '', new RegExp(`--set training.batchSize=${batchSize}, .*--force`));
    const smaller = withSettings(recipe, [`training.batchSize=${batchSize}`]);
    assert.ok(requireMemory(smaller, sizes, data, await startEngine(), false, limits) <= limits.free);
  });

  test('is refused where only the heap of our kernels is too small for it', async () => {
    const { message } = await refusal({ free: 64e9, heap: 5e8 });
    assert.match(message, /the backend simd can hold 0\.5 GB/);
  });

  test('is told to become smaller where no batch size would help', async () => {
    const { details } = await refusal({ free: 1e8, heap: null });
    assert.deepEqual([details['fittingBatchSize'], /hidden sizes/.test(details.nextStep ?? '')], [undefined, true]);
  });

  test('starts when told to', async () => {
    assert.ok((await required({ free: 1e8, heap: null }, true)) > 1e8);
  });
});

test('the limits of this machine are known', () => {
  const { free, heap } = memoryLimits('simd');
  assert.ok(free > 0 && heap === 2 ** 31);
  assert.equal(memoryLimits('webgpu').heap, null);
});
