/** A training that was put aside goes on as if it had never stopped: after an epoch, in the middle of one, and only with its own data. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { trainJob } from '../../../worker/jobs/train.ts';
import type { JobOf } from '../../../worker/protocol-jobs.ts';
import type { JobEvents } from '../../../worker/protocol.ts';
import { streamed, targetLines, taskDocument } from '../../support/corpus.ts';
import { failureOf, finished, quickRecipe, trained, trainingDocuments } from '../../support/jobs.ts';

type Epoch = Extract<JobEvents['train'], { kind: 'epoch' }>;
type Resume = NonNullable<JobOf<'train'>['resume']>;

const settings = ['training.epochs=4'];

function epochsOf(events: readonly JobEvents['train'][]): Epoch[] {
  return events.flatMap((event) => (event.kind === 'epoch' ? [event] : []));
}

/** What core would hand back after these epochs: the last state, and the last model. */
function savedAfter(epochs: readonly Epoch[]): Resume {
  const model = epochs.findLast((epoch) => epoch.model !== null)?.model;
  const state = epochs.at(-1)?.state;
  assert.ok(state);
  return { state: Uint8Array.from(state), ...(model ? { model: Uint8Array.from(model) } : {}) };
}

function jobOf(recipe: string, resume?: Resume): JobOf<'train'> {
  return { kind: 'train', recipe: quickRecipe(recipe, settings), seed: 1, ...(resume ? { resume } : {}) };
}

function resumed(recipe: string, resume: Resume) {
  return finished(trainJob(jobOf(recipe, resume), streamed(trainingDocuments), new AbortController().signal));
}

describe('after an epoch', () => {
  for (const name of ['baseline', 'ttn-SSS', 'dtn']) {
    test(`${name}: the rest of the training gives the model that an undisturbed one gives, byte by byte`, async () => {
      const whole = await trained(quickRecipe(name, settings));
      for (const done of [1, 3]) {
        const { events, result } = await resumed(name, savedAfter(epochsOf(whole.events).slice(0, done)));
        assert.deepEqual(
          epochsOf(events).map(({ epoch }) => [epoch.epoch, epoch.targetLoss, epoch.devMicroF1]),
          epochsOf(whole.events)
            .slice(done)
            .map(({ epoch }) => [epoch.epoch, epoch.targetLoss, epoch.devMicroF1]),
        );
        assert.deepEqual(
          [result.modelHash, result.bestEpoch, result.epochs, result.dev, result.test],
          [whole.result.modelHash, whole.result.bestEpoch, whole.result.epochs, whole.result.dev, whole.result.test],
        );
      }
    });
  }

  test('after the last one only the result is left to give', async () => {
    const whole = await trained(quickRecipe('dtn-hs', settings));
    const { events, result } = await resumed('dtn-hs', savedAfter(epochsOf(whole.events)));
    assert.deepEqual([epochsOf(events).length, result.modelHash], [0, whole.result.modelHash]);
  });
});

describe('a pause', () => {
  /** Train, and pause once the loop is under way: the step after the first event. */
  async function paused(recipe: string, resume?: Resume) {
    const pause = new AbortController();
    const loop = trainJob(
      jobOf(recipe, resume),
      streamed(trainingDocuments),
      new AbortController().signal,
      pause.signal,
    );
    await loop.next();
    pause.abort();
    const aside = await loop.next();
    assert.ok(aside.done !== true && aside.value.kind === 'paused');
    const failure = await failureOf(loop);
    return { state: Uint8Array.from(aside.value.state), code: failure.code };
  }

  test('comes after the batch under way, as the last event before the end', async () => {
    const { code, state } = await paused('baseline');
    assert.equal(code, 'paused');
    assert.ok(state.length > 0);
  });

  test('in the middle of the first epoch, and again one batch later, changes nothing in the model', async () => {
    const whole = await trained(quickRecipe('dtn', settings));
    const first = await paused('dtn');
    const second = await paused('dtn', { state: first.state });
    const { events, result } = await resumed('dtn', { state: second.state });
    assert.equal(epochsOf(events)[0]?.epoch.targetLoss, epochsOf(whole.events)[0]?.epoch.targetLoss);
    assert.equal(result.modelHash, whole.result.modelHash);
  });
});

describe('a saved state is refused', () => {
  async function refusal(change: (resume: Resume) => Resume, documents = trainingDocuments) {
    const { events } = await trained(quickRecipe('baseline', settings));
    const job = jobOf('baseline', change(savedAfter(epochsOf(events).slice(0, 1))));
    const { code, message } = await failureOf(trainJob(job, streamed(documents), new AbortController().signal));
    assert.equal(code, 'run-not-resumable');
    return message;
  }

  test('when the documents have changed', async () => {
    const more = [...trainingDocuments, taskDocument('target', 'train', 'new', targetLines)];
    assert.match(await refusal((resume) => resume, more), /no longer those the run began with/);
  });

  test('when it is cut short or altered', async () => {
    assert.match(await refusal(({ state }) => ({ state: state.slice(0, 900) })), /cannot be used/);
    const altered = ({ state }: Resume): Resume => ({ state: state.with(-1, (state.at(-1) ?? 0) ^ 1) });
    assert.match(await refusal(altered), /checksum does not match/);
  });

  test('but another test split is no other training', async () => {
    const { events } = await trained(quickRecipe('baseline', settings));
    const documents = trainingDocuments.filter(({ split }) => split !== 'test');
    const job = jobOf('baseline', savedAfter(epochsOf(events)));
    const { result } = await finished(trainJob(job, streamed(documents), new AbortController().signal));
    assert.equal(result.test, null);
  });
});
