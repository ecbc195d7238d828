/** Searches as studies: the recipe's own values first, hopeless trials ended, gone on with, and the best recipe. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallInput } from '../../../electron/api/contract.ts';
import { newProject } from '../store/builders.ts';
import { alone, coreOver, studyProject, trialSettings } from '../../support/study-project.ts';

const space = {
  'training.learningRate': { kind: 'log', low: 0.0005, high: 0.2 },
  'dropout.decoder': { kind: 'real', low: 0, high: 0.6 },
};
const settings = trialSettings.filter((setting) => !setting.startsWith('training.learningRate'));
const spec = (more: object): CallInput<'studies.start'>['spec'] => ({
  kind: 'search',
  recipe: 'baseline',
  trials: 3,
  settings: [...settings],
  search: { space },
  ...more,
});

test('the recipe as it is comes first, the best recipe trains to its score, and a stopped search goes on as if it had not been', async (t) => {
  let stop: ((study: number) => void) | null = null;
  const core = await coreOver(t, studyProject(t), (name, data) => {
    if (name === 'study.trial' && 'trial' in data && data.trial === 2) stop?.(data.study);
  });
  await core.call('studies.start', { spec: spec({}), ...alone });
  const whole = await core.call('search.result', { study: 1 });
  assert.deepEqual(whole.trials[0]?.values, { 'training.learningRate': 0.002, 'dropout.decoder': 0.5 });
  assert.equal(whole.defaults, 1);
  const best = whole.trials.find(({ trial }) => trial === whole.best?.trial);
  assert.equal(best?.dev, Math.max(...whole.trials.map(({ dev }) => dev ?? 0)));
  const recipe = whole.best?.recipe;
  assert.ok(recipe !== undefined);
  assert.equal(recipe.name, 'baseline-searched');
  const input = { recipe, settings: [], seed: 1, targetFraction: 1, engine: alone.engine };
  const { dev } = await core.call('training.train', input);
  assert.equal(dev.strict.micro.f1, best.dev);

  stop = (study) => void core.call('studies.cancel', { study });
  await assert.rejects(core.call('studies.start', { spec: spec({}), again: true, ...alone }), { code: 'cancelled' });
  stop = null;
  const stopped = await core.call('search.result', { study: 2 });
  assert.equal(stopped.trials.filter(({ status }) => status === 'done').length, 2);
  await core.call('studies.start', { spec: spec({}), ...alone });
  const resumed = await core.call('search.result', { study: 2 });
  const found = (result: typeof whole): unknown => result.trials.map(({ values, dev: score }) => [values, score]);
  assert.deepEqual(found(resumed), found(whole));
  assert.deepEqual(resumed.trials.slice(0, 2), stopped.trials.slice(0, 2));
});

test('trials that are hopeless at their rung are stopped there, and the recipe as it is never is', async (t) => {
  const core = await coreOver(t, studyProject(t));
  const { study } = await core.call('studies.start', {
    spec: spec({
      trials: 4,
      settings: [...settings, 'training.epochs=3', 'training.batchesPerEpoch=12'],
      search: {
        space: { 'training.learningRate': { kind: 'log', low: 1e-7, high: 0.1 } },
        halving: { leastEpochs: 2, factor: 2 },
      },
    }),
    ...alone,
  });
  const { rungs, trials, best } = await core.call('search.result', { study });
  assert.deepEqual(rungs, [2]);
  assert.equal(trials[0]?.status, 'done');
  assert.ok(trials.some(({ status }) => status === 'stopped'));
  for (const { trial, status, epochs, stoppedAfter } of trials) {
    assert.deepEqual([epochs, stoppedAfter], status === 'stopped' ? [2, 2] : [3, null]);
    assert.ok(status === 'done' || trial !== best?.trial);
  }
});

test('an impossible space is refused before anything is stored', async (t) => {
  const core = await coreOver(t, newProject(t));
  const refusals: [more: object, reason: RegExp][] = [
    [
      { search: { space: { 'dropout.decoder': { kind: 'real', low: 0.6, high: 0.1 } } } },
      /dropout.decoder: low \(0.6\) is above/,
    ],
    [{ search: { space: { 'dropout.decoder': { kind: 'cubic', low: 0, high: 1 } } } }, /dropout.decoder/],
    [{ settings: ['dropout.decoder=0.1'] }, /dropout.decoder is both searched and set/],
  ];
  for (const [more, message] of refusals)
    await assert.rejects(core.call('studies.start', { spec: spec(more), ...alone }), {
      code: 'search-space-invalid',
      message,
    });
  assert.deepEqual(await core.call('studies.list', {}), { studies: [] });
  await assert.rejects(core.call('search.result', { study: 1 }), { code: 'study-not-found' });
});
