/** Scores with intervals, kept with a run, and runs compared document by document or refused. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createCore } from '../../../electron/core/main.ts';
import { coreOverCopy, quickSettings, trainProject } from '../../support/trained-project.ts';

let project: Awaited<ReturnType<typeof trainProject>>;
before(async () => {
  project = await trainProject('baseline');
  const core = createCore({ appVersion: '0.0.0' });
  await core.call('project.open', { path: project.path, access: 'write' });
  const settings = [...quickSettings, 'training.epochs=1'];
  await core.call('training.train', { recipe: 'baseline', settings, seed: 1, targetFraction: 1 });
  await core.close();
});
after(() => project.dispose());

const test1 = { run: 1, split: 'test' } as const;

test('a training leaves a report with intervals around its score, and what gives it again', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const report = await core.call('runs.report', test1);
  const score = await core.call('runs.labels', test1);
  assert.equal(report.strict.micro.f1.value, score.strict.micro.f1);
  assert.deepEqual([report.draws, report.seed, report.trainingSeed, report.documents], [2000, 1, 1, 4]);
  assert.equal(report.modelHash, (await core.call('runs.get', { run: 1 })).modelHash);
  assert.match(report.command, /^notegraft evaluate \S+ --run 1 --split test --draws 2000 --bootstrap-seed 1$/);
  assert.match(report.convention, /same label and same boundaries/);
  assert.ok(report.tokeniser.length > 0 && report.cautions.length > 0);
});

test('evaluation gives the report again, and keeps the one it was asked for', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const kept = await core.call('runs.report', test1);
  const { report } = await core.call('evaluation.evaluate', test1);
  assert.deepEqual(report, kept);
  await core.call('evaluation.evaluate', { ...test1, bootstrap: { draws: 200, seed: 5 } });
  assert.deepEqual([(await core.call('runs.report', test1)).draws, kept.draws], [200, 2000]);
});

test('two runs on the same documents are compared, paired', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const difference = await core.call('runs.difference', { first: 2, second: 1, split: 'test' });
  const reports = await Promise.all([2, 1].map((run) => core.call('runs.report', { run, split: 'test' })));
  const [worse = NaN, better = NaN] = reports.map(({ strict }) => strict.micro.f1.value);
  assert.equal(difference.strict.micro.f1.value, better - worse);
  assert.ok(difference.strict.micro.f1.low <= better - worse);
  assert.match(difference.command, /--runs 2,1 --split test$/);
});

test('runs that were scored on different documents are refused, with the reason', async (t) => {
  const core = await coreOverCopy(t, project.path);
  await core.call('corpora.resplit', { role: 'target', dev: 0.2, test: 0.4, seed: 9 });
  await core.call('evaluation.evaluate', { run: 2, split: 'test' });
  await assert.rejects(core.call('runs.difference', { first: 1, second: 2, split: 'test' }), {
    code: 'runs-not-comparable',
    message: /run 1 on 4 documents, run 2 on 8, of which \d are the same/,
  });
});

test('a run that does not exist is refused', async (t) => {
  const core = await coreOverCopy(t, project.path);
  await assert.rejects(core.call('runs.report', { run: 7, split: 'test' }), { code: 'run-not-found' });
});
