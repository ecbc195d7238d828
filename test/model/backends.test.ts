/** A model is the same on every backend: its training, its tags, and the number of its tensors from step to step. */
import assert from 'node:assert/strict';
import { before, describe, test, type TestContext } from 'node:test';
import { memory } from '@tensorflow/tfjs-core';
import { formTable } from '../../worker/data/dataset.ts';
import { wordIndex } from '../../worker/data/vocabulary.ts';
import type { PredictedSpan } from '../../worker/domain/document.ts';
import { createTagger, disposeTagger, predict } from '../../worker/evaluate/tagger.ts';
import { decodeModel, networkOf } from '../../worker/model/checkpoint.ts';
import { disposeParameters } from '../../worker/model/parameters.ts';
import { Optimizer } from '../../worker/train/optimizer.ts';
import { trainStep } from '../../worker/train/step.ts';
import { markedDocument, sourceLines, targetLines } from '../support/corpus.ts';
import { backends } from '../support/engine/backends.ts';
import type { TestEngine } from '../support/engine/started-engine.ts';
import { learnedModel } from '../support/jobs.ts';
import { randomNetwork, tinyBatch, tinyRecipe } from '../support/networks.ts';
import { assertClose } from '../support/numbers.ts';

/** What a training found, and how many tensors there were after each step. */
interface Trained {
  readonly losses: number[];
  readonly norms: number[];
  readonly shareLosses: number[];
  readonly tensors: number[];
}

const steps = 8;

/** Alternating steps of both tasks with dropout; the share loss pulls, and the norm is clipped. */
async function train(name: string, engine: TestEngine): Promise<Trained> {
  const recipe = tinyRecipe(name, ['training.learningRate=0.01', 'training.clipNorm=0.5', 'training.shareWeight=0.01']);
  const network = randomNetwork(recipe, 5);
  const optimizer = new Optimizer(network.parameters, recipe.training);
  const trained: Trained = { losses: [], norms: [], shareLosses: [], tensors: [] };
  for (let step = 0; step < steps; step++) {
    const task = recipe.tasks[step % recipe.tasks.length] ?? 'target';
    const { batch } = tinyBatch(network, task, step);
    const { loss, norm, shareLoss } = await trainStep(
      network,
      optimizer,
      task,
      batch,
      (place) => place.length + 100 * step,
    );
    engine.endStep();
    trained.losses.push(loss);
    trained.norms.push(norm);
    trained.shareLosses.push(shareLoss);
    trained.tensors.push(memory().numTensors);
  }
  optimizer.dispose();
  disposeParameters(network.parameters);
  return trained;
}

const lines = [...targetLines, ...sourceLines];
const document = markedDocument('note', lines);

/** Tags a document with a model file's network. */
async function spansOf(bytes: Uint8Array, beamWidth: number, engine: TestEngine): Promise<PredictedSpan[]> {
  const model = decodeModel(bytes);
  const network = networkOf(model);
  const { vocabulary } = model;
  const forms = formTable(wordIndex(vocabulary), 25);
  const tagger = createTagger(network, vocabulary.tags.target, forms, beamWidth, () => engine.endStep());
  const [spans] = await predict(tagger, [document]);
  disposeTagger(tagger);
  disposeParameters(network.parameters);
  return spans ?? [];
}

/** Runs on the ordinary backend and on another; skips the test with the reason where that is absent. */
async function onBoth<T>(
  t: TestContext,
  name: 'cpu' | 'tensorflow',
  run: (engine: TestEngine) => T | Promise<T>,
): Promise<{ expected: T; found: T } | null> {
  const ordinary = await backends.simd();
  if (typeof ordinary === 'string') throw new Error(ordinary);
  const expected = await run(ordinary);
  const other = await backends[name]();
  if (typeof other === 'string') {
    t.skip(other);
    return null;
  }
  return { expected, found: await run(other) };
}

/** A model file that was trained on the ordinary backend. */
let modelFile = new Uint8Array();
before(async () => {
  await backends.simd();
  modelFile = await learnedModel();
});

for (const name of ['cpu', 'tensorflow'] as const) {
  describe(`on the ${name} backend a model is what it is on simd`, () => {
    for (const recipe of ['baseline', 'ttn-HSI', 'dtn', 'dtn-hs', 'dtn-hs-crf']) {
      test(`${recipe}: the same training, and no tensor is left behind by a step`, async (t) => {
        const both = await onBoth(t, name, (engine) => train(recipe, engine));
        if (!both) return;
        const { expected, found } = both;
        const worst = assertClose(found.losses, expected.losses, 2e-4, 'losses');
        assertClose(found.norms, expected.norms, 2e-3, 'norms');
        assertClose(found.shareLosses, expected.shareLosses, 2e-3, 'share losses');
        // Each task's own moments come with its first step.
        assert.equal(new Set(found.tensors.slice(2)).size, 1, `tensors after each step: ${found.tensors.join(' ')}`);
        t.diagnostic(`losses differ by ${worst.toExponential(1)} after ${steps} steps`);
      });
    }

    for (const beamWidth of [1, 3]) {
      test(`a trained model gives the same spans with beam width ${beamWidth}`, async (t) => {
        const both = await onBoth(t, name, (engine) => spansOf(modelFile, beamWidth, engine));
        if (!both) return;
        const places = (spans: readonly PredictedSpan[]): unknown[] =>
          spans.map(({ start, end, label }) => ({ start, end, label }));
        assert.ok(both.expected.length > 5, 'the model finds entities');
        assert.deepEqual(places(both.found), places(both.expected));
        const confidences = (spans: readonly PredictedSpan[]): number[] => spans.map(({ confidence }) => confidence);
        assertClose(confidences(both.found), confidences(both.expected), 1e-4, 'confidences');
      });
    }
  });
}
