/** The training loop: epochs, patience, the best weights kept, cancelling, and a training that diverges. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Task } from '../../../worker/domain/task-names.ts';
import { AppError } from '../../../worker/domain/errors.ts';
import type { Score } from '../../../worker/domain/scores.ts';
import { startEngine } from '../../../worker/engine/start.ts';
import { scoreDocuments } from '../../../worker/evaluate/scores.ts';
import { disposeParameters } from '../../../worker/model/parameters.ts';
import {
  trainNetwork,
  type TrainingEvent,
  type TrainingOutcome,
  type TrainingSetup,
} from '../../../worker/train/loop.ts';
import { decodePoint, encodePoint } from '../../../worker/train/training-point.ts';
import { randomNetwork, tinyBatch, tinyRecipe } from '../../support/networks.ts';

/** A score whose strict micro F1 is `tenths` tenths. */
function scoreOf(tenths: number): Score {
  const gold = Array.from({ length: 10 }, (_, i) => ({ start: i, end: i + 1, label: 'x' }));
  const predicted = gold.map((span, i) => (i < tenths ? span : { ...span, label: 'y' }));
  return scoreDocuments([{ gold, predicted }]);
}

interface Run {
  readonly setup: TrainingSetup;
  readonly steps: () => number;
  readonly dispose: () => void;
}

/** A training whose dev scores are given, the last one from then on. */
async function prepared(
  name: string,
  settings: readonly string[],
  devTenths: readonly number[],
  seed = 1,
): Promise<Run> {
  const engine = await startEngine();
  const recipe = tinyRecipe(name, settings);
  const network = randomNetwork(recipe, 9, 0.3);
  const [steps, scored] = [{ count: 0 }, { count: 0 }];
  const batches = recipe.tasks.map((task): [Task, ReturnType<typeof tinyBatch>] => [task, tinyBatch(network, task, 4)]);
  const { forms } = tinyBatch(network, 'target', 4);
  const setup: TrainingSetup = {
    network,
    forms,
    sentences: new Map(batches.map(([task, { batch }]) => [task, batch.sentences])),
    occurrences: new Int32Array(network.sizes.words).fill(1),
    hasVector: new Uint8Array(network.sizes.words),
    seed,
    scoreDev: () => Promise.resolve(scoreOf(devTenths[Math.min(scored.count++, devTenths.length - 1)] ?? 0)),
    engine: {
      endStep: () => engine.endStep(),
      overlap: engine.overlap && {
        reading: (report) => engine.overlap?.reading(report) ?? assert.fail(),
        turn() {
          steps.count++;
          engine.overlap?.turn();
        },
      },
    },
    signal: new AbortController().signal,
  };
  return { setup, steps: () => steps.count, dispose: () => disposeParameters(network.parameters) };
}

async function finished(setup: TrainingSetup): Promise<{ events: TrainingEvent[]; outcome: TrainingOutcome }> {
  const loop = trainNetwork(setup);
  const events: TrainingEvent[] = [];
  for (let step = await loop.next(); ; step = await loop.next()) {
    if (step.done) return { events, outcome: step.value };
    events.push(step.value);
  }
}

const short = ['training.batchesPerEpoch=2', 'training.batchSize=2'];

async function failure(loop: AsyncGenerator<unknown>): Promise<AppError> {
  const thrown: unknown = await Array.fromAsync(loop).then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof AppError);
  return thrown;
}

describe('an end', () => {
  test('comes after so many epochs without a better score; a score as good is not better', async () => {
    const { setup, dispose } = await prepared('baseline', [...short, 'training.patience=2'], [3, 5, 5, 4, 9]);
    const { outcome } = await finished(setup);
    assert.deepEqual([outcome.epochs, outcome.bestEpoch, outcome.bestDev.strict.micro.f1], [4, 2, 0.5]);
    dispose();
  });

  test('comes after the last epoch', async () => {
    const { setup, dispose } = await prepared('baseline', [...short, 'training.epochs=3'], [1, 2, 3, 4]);
    const { outcome } = await finished(setup);
    assert.deepEqual([outcome.epochs, outcome.bestEpoch], [3, 3]);
    dispose();
  });

  test('does not come while no entity was found yet', async () => {
    const { setup, dispose } = await prepared(
      'baseline',
      [...short, 'training.patience=1', 'training.epochs=9'],
      [0, 0, 0, 2, 2],
    );
    const { outcome } = await finished(setup);
    assert.deepEqual([outcome.epochs, outcome.bestEpoch], [5, 4]);
    dispose();
  });
});

test('the best weights are those of the best epoch, not of the last', async () => {
  const { setup, dispose } = await prepared(
    'dtn-hs',
    [...short, 'training.patience=2', 'training.epochs=4'],
    [1, 8, 2, 3],
  );
  const { events, outcome } = await finished(setup);
  const improved = events.flatMap((event) => (event.kind === 'epoch' && event.improved ? [event] : []));
  assert.deepEqual(
    improved.map(({ epoch }) => epoch.epoch),
    [1, 2],
  );
  assert.deepEqual(outcome.best, improved[1]?.improved);
  const path = 'shared/characterEmbedding';
  assert.notDeepEqual(outcome.best.get(path)?.values, setup.network.parameters.get(path)?.dataSync());
  assert.ok([...outcome.best.keys()].every((key) => !key.startsWith('source/')));
  dispose();
});

test('an epoch has as many batches as the recipe says, of the source in its ratio', async () => {
  const settings = [
    'training.batchesPerEpoch=4',
    'training.batchSize=2',
    'training.epochs=2',
    'training.sourceRatio=1.5',
  ];
  for (const [name, steps] of [
    ['baseline', 8],
    ['ttn-HHH', 20],
  ] as const) {
    const run = await prepared(name, settings, [1, 2]);
    await finished(run.setup);
    assert.equal(run.steps(), steps);
    run.dispose();
  }
});

test('every epoch is reported with its losses and scores; the source has none without a source', async () => {
  for (const [name, hasSource] of [
    ['baseline', false],
    ['ttn-SSS', true],
  ] as const) {
    const run = await prepared(name, [...short, 'training.epochs=2'], [4, 2]);
    const { events } = await finished(run.setup);
    const epochs = events.flatMap((event) => (event.kind === 'epoch' ? [event.epoch] : []));
    assert.deepEqual(
      epochs.map(({ epoch, devMicroF1, best }) => [epoch, devMicroF1, best]),
      [
        [1, 0.4, true],
        [2, 0.2, false],
      ],
    );
    for (const { targetLoss, sourceLoss, shareLoss, seconds, tokensPerSecond } of epochs) {
      assert.ok(targetLoss > 0 && seconds > 0 && tokensPerSecond > 0);
      assert.deepEqual(
        [sourceLoss !== null && sourceLoss > 0, shareLoss !== null && shareLoss > 0],
        [hasSource, hasSource],
      );
    }
    run.dispose();
  }
});

test('the same seed trains the same weights, bit by bit, another seed others', async () => {
  const train = async (seed: number) => {
    const run = await prepared('dtn', [...short, 'training.epochs=2'], [1, 2], seed);
    const { outcome } = await finished(run.setup);
    run.dispose();
    return outcome.best;
  };
  const first = await train(5);
  assert.deepEqual(await train(5), first);
  assert.notDeepEqual(await train(6), first);
});

test('rare words become unknown in training: the unknown word learns, with their share', async () => {
  for (const [probability, isTrained] of [
    [0, false],
    [0.9, true],
  ] as const) {
    const run = await prepared(
      'baseline',
      [...short, 'training.epochs=1', `wordEmbedding.unknownProbability=${probability}`],
      [1],
    );
    const sentences = run.setup.sentences.get('target') ?? [];
    const known = sentences.map((sentence) => ({
      ...sentence,
      words: sentence.words.map((word) => Math.max(1, word)),
    }));
    const row = (): number[] => [
      ...(run.setup.network.parameters.get('shared/wordEmbedding')?.dataSync().slice(0, 5) ?? []),
    ];
    const before = row();
    await finished({ ...run.setup, sentences: new Map([['target', known]]) });
    assert.equal(before.join() !== row().join(), isTrained);
    run.dispose();
  }
});

test('a cancelled training ends with its own error', async () => {
  const { setup, dispose } = await prepared('baseline', short, [1]);
  const controller = new AbortController();
  controller.abort();
  const { code, message } = await failure(trainNetwork({ ...setup, signal: controller.signal }));
  assert.deepEqual([code, message], ['cancelled', 'The training was cancelled.']);
  dispose();
});

test('a training that diverges says so and what to lower', async () => {
  const { setup, dispose } = await prepared('baseline', short, [1]);
  const network = randomNetwork(setup.network.recipe, 1, NaN);
  const { code, message, details } = await failure(trainNetwork({ ...setup, network }));
  assert.equal(code, 'recipe-invalid');
  assert.equal(message, 'The training diverged in epoch 1: the loss is no longer a number.');
  assert.equal(details.nextStep, 'Lower training.learningRate or training.clipNorm.');
  dispose();
  disposeParameters(network.parameters);
});

test('drawn tasks: as many batches as always, each of a task in proportion to the ratio', async () => {
  const run = await prepared(
    'yang-t-b',
    ['training.batchesPerEpoch=40', 'training.batchSize=2', 'training.sourceRatio=3', 'training.epochs=1'],
    [1],
  );
  const { events, outcome } = await finished(run.setup);
  assert.equal(run.steps(), 160);
  assert.equal(outcome.epochs, 1);
  const [epoch] = events.flatMap((event) => (event.kind === 'epoch' ? [event.epoch] : []));
  assert.ok(Number.isFinite(epoch?.targetLoss) && Number.isFinite(epoch?.sourceLoss));
  run.dispose();
});

for (const [name, settings] of [
  ['yang-t-b', []],
  ['sc-lstm-crf', ['wordEncoder.layers=2']],
  ['dtn-hs-crf', []],
] as const) {
  test(`${name}: a training that goes on from a saved point ends as one that never stopped`, async () => {
    const all = [...short, ...settings, 'training.epochs=3'];
    const whole = await prepared(name, all, [1, 2, 3]);
    const { outcome } = await finished(whole.setup);
    const first = await prepared(name, all, [1, 2, 3]);
    const loop = trainNetwork(first.setup);
    let saved: TrainingSetup['from'];
    for (let step = await loop.next(); !step.done && saved === undefined; step = await loop.next()) {
      if (step.value.kind !== 'epoch') continue;
      const bytes = encodePoint({ point: await step.value.point(), facts: '', seconds: 0 });
      saved = { point: decodePoint(bytes).point, best: step.value.improved };
    }
    assert.ok(saved !== undefined);
    const second = await prepared(name, all, [2, 3]);
    const resumed = await finished({ ...second.setup, from: saved });
    assert.equal(resumed.outcome.epochs, 3);
    for (const [path, { values }] of outcome.best)
      assert.deepEqual(resumed.outcome.best.get(path)?.values, values, path);
    for (const run of [whole, first, second]) run.dispose();
  });
}
