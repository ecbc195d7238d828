/** Reports on a trained run: every span in one cell, every error with its place, gates that add up, runs beside each other. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { coreOverCopy, quickSettings, trainProject } from '../../support/trained-project.ts';
import { openProject } from '../../../electron/store/project-store.ts';
import { temporaryFolder } from '../store/builders.ts';

let project: Awaited<ReturnType<typeof trainProject>>;
before(async () => {
  project = await trainProject('dtn');
});
after(() => project.dispose());

const dev = { run: 1, split: 'dev' } as const;

test('a training leaves its run inspected: confusion, errors and gates answer at once', async (t) => {
  const jobs: unknown[] = [];
  const core = await coreOverCopy(t, project.path, (name) => {
    if (name === 'job.started') jobs.push(name);
  });
  await core.call('runs.confusion', dev);
  await core.call('runs.errors', dev);
  await core.call('runs.gates', dev);
  assert.deepEqual(jobs, []);
});

test('exact confusion agrees with the strict score of the same run', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const { cells } = await core.call('runs.confusion', { ...dev, match: 'exact' });
  const score = await core.call('runs.labels', dev);
  assert.ok(score.perLabel.length > 0);
  for (const { label, support, predicted, strict } of score.perLabel) {
    const sum = (wanted: (cell: (typeof cells)[number]) => boolean): number =>
      cells.filter(wanted).reduce((total, { count }) => total + count, 0);
    assert.deepEqual(
      [sum(({ gold }) => gold === label), sum((cell) => cell.predicted === label)],
      [support, predicted],
    );
    assert.equal(
      sum((cell) => cell.gold === label && cell.predicted === label),
      strict.truePositives,
    );
  }
});

test('errors are all that is not correct, each with its document and the words at its place', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const { cells } = await core.call('runs.confusion', { ...dev, match: 'overlap' });
  const { total, errors, kinds } = await core.call('runs.errors', dev);
  const spans = cells.reduce((sum, { count }) => sum + count, 0);
  const { perLabel } = await core.call('runs.labels', dev);
  const correct = perLabel.reduce((sum, { strict }) => sum + strict.truePositives, 0);
  assert.deepEqual([total, errors.length], [spans - correct, spans - correct]);
  assert.equal(
    kinds.reduce((sum, { count }) => sum + count, 0),
    total,
  );
  for (const error of errors) {
    const { text } = await core.call('documents.get', { document: error.document });
    const start = Math.min(error.gold?.start ?? Infinity, error.predicted?.start ?? Infinity);
    assert.ok(text.slice(start).startsWith(error.span.slice(0, 4)));
  }
});

test('errors are filtered and paged', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const all = await core.call('runs.errors', { run: 1, split: 'test' });
  const paged = await core.call('runs.errors', { run: 1, split: 'test', offset: 1, limit: 1 });
  assert.deepEqual([paged.total, paged.errors], [all.total, all.errors.slice(1, 2)]);
  for (const kind of ['missed', 'spurious', 'label', 'boundary', 'both'] as const) {
    const only = await core.call('runs.errors', { run: 1, split: 'test', kind });
    assert.deepEqual(
      only.errors,
      all.errors.filter((error) => error.kind === kind),
    );
  }
});

test('gate means cover every gated component and every token of the split, and add up to one', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const { components } = await core.call('runs.gates', dev);
  assert.deepEqual(
    components.map(({ component }) => component),
    ['characterEncoder', 'wordEncoder', 'decoder'],
  );
  const info = await core.call('project.info', {});
  const row = info.documents.find(({ role, split }) => role === 'target' && split === 'dev');
  for (const { labels } of components) {
    assert.equal(
      labels.reduce((sum, { tokens }) => sum + tokens, 0),
      row?.tokens,
    );
    assert.deepEqual(labels.map(({ label }) => label).sort(), ['Drug', 'O', 'Sign']);
    for (const { soft, hard, independent } of labels) assert.ok(Math.abs(soft + hard + (independent ?? 0) - 1) < 1e-6);
  }
});

test('the gates of one sentence come token by token', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const [document] = (await core.call('documents.list', { role: 'target', split: 'dev' })).documents;
  const found = await core.call('runs.tokenGates', { run: 1, document: document?.document ?? 0, sentence: 1 });
  const { text } = await core.call('documents.get', { document: document?.document ?? 0 });
  assert.equal(found.sentences, document?.sentences);
  assert.deepEqual(found.components, ['characterEncoder', 'wordEncoder', 'decoder']);
  assert.deepEqual([found.tokens[0]?.text, found.tokens[1]?.gold, found.tokens[0]?.gold], ['Given', 'Drug', null]);
  for (const token of found.tokens) {
    assert.equal(token.text, text.slice(token.start, token.end));
    assert.equal(token.gates.length, 3);
  }
});

test('a sentence that the document does not have is refused', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const [document] = (await core.call('documents.list', { role: 'target', split: 'dev' })).documents;
  await assert.rejects(core.call('runs.tokenGates', { run: 1, document: document?.document ?? 0, sentence: 99 }), {
    code: 'data-missing',
  });
});

test('two runs are compared label by label, deltas against the first; a run without gates has none', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const settings = [...quickSettings, 'training.epochs=1'];
  await core.call('training.train', { recipe: 'baseline', settings, seed: 1, targetFraction: 1 });
  const { runs, labels } = await core.call('runs.compare', { runs: [2, 1], split: 'dev' });
  const scores = [2, 1].map((run) => core.call('runs.labels', { run, split: 'dev' }));
  const [first, second] = await Promise.all(scores);
  assert.deepEqual(
    runs.map(({ run, recipe }) => [run, recipe]),
    [
      [2, 'baseline'],
      [1, 'dtn'],
    ],
  );
  assert.equal(labels[0]?.label, null);
  assert.equal(labels[0]?.runs[0]?.strictDelta, 0);
  assert.equal(labels[0]?.runs[1]?.strictDelta, (second?.strict.micro.f1 ?? NaN) - (first?.strict.micro.f1 ?? NaN));
  assert.deepEqual(await core.call('runs.gates', { run: 2, split: 'dev' }), { components: [], groups: [] });
});

test('source against target needs a label map, and scores only mapped labels', async (t) => {
  const core = await coreOverCopy(t, project.path);
  await assert.rejects(core.call('runs.source', { run: 1 }), { code: 'data-missing' });
  await core.call('labelMap.save', { map: { Drug: 'Drug' } });
  const { score, trainedOn, mapped } = await core.call('runs.source', { run: 1 });
  assert.deepEqual([mapped, trainedOn, score.documents, score.goldSpans], [{ Drug: 'Drug' }, true, 20, 20]);
  assert.deepEqual(
    score.perLabel.map(({ label }) => label),
    ['Drug'],
  );
  assert.equal(score.strict.micro.f1, score.perLabel[0]?.strict.f1);
});

test('a run that was never inspected says what to do', async (t) => {
  const core = await coreOverCopy(t, project.path);
  await core.call('corpora.resplit', { role: 'target', dev: 0.4, test: 0, seed: 9 });
  await core.call('runs.inspect', { run: 1 });
  assert.ok((await core.call('runs.confusion', dev)).cells.length > 0);
  await assert.rejects(core.call('runs.errors', { run: 7, split: 'dev' }), { code: 'run-not-found' });
});

test('an estimate is measured once for a shape, and scaled for the keys that only count', async (t) => {
  const jobs: string[] = [];
  const core = await coreOverCopy(t, project.path, (name, data) => {
    if (name === 'job.started' && 'call' in data) jobs.push(data.call);
  });
  const estimate = (more: string[]) =>
    core.call('training.estimate', { recipe: 'dtn', settings: [...quickSettings, ...more] });
  const first = await estimate([]);
  const longer = await estimate(['training.epochs=60', 'training.batchesPerEpoch=20']);
  assert.deepEqual(jobs, ['training.estimate']);
  assert.ok(first.secondsPerEpoch > 0 && first.parameters > 1000 && first.memoryBytes > 1e6);
  assert.deepEqual([first.epochsAtMost, longer.epochsAtMost], [6, 60]);
  assert.ok(longer.secondsPerEpoch > first.secondsPerEpoch && longer.measuredAt === first.measuredAt);
  const other = await estimate(['wordEncoder.hiddenSize=20']);
  assert.deepEqual([jobs.length, other.parameters > first.parameters], [2, true]);
});

test('an estimate says the memory that the training says before it starts, with word vectors and without', async (t) => {
  const said: number[] = [];
  const core = await coreOverCopy(t, project.path, (name, data) => {
    if (name === 'run.prepared' && 'memoryBytes' in data) said.push(Math.round(data.memoryBytes));
  });
  const embeddings = join(temporaryFolder(t), 'vectors.txt');
  const rows = Array.from({ length: 3000 }, (_, i) => `word${i} ${'0.5 '.repeat(20).trim()}`);
  writeFileSync(embeddings, `${rows.join('\n')}\n`);
  const settings = [...quickSettings, 'training.epochs=1'];
  const wanted = { recipe: 'dtn-hs', settings, seed: 1, targetFraction: 1 };
  const expected: number[] = [];
  for (const input of [wanted, { ...wanted, embeddings }]) {
    expected.push((await core.call('training.estimate', input)).memoryBytes);
    await core.call('training.train', input);
  }
  assert.deepEqual(said, expected);
  assert.ok((expected[1] ?? 0) > (expected[0] ?? 0));
});

test('an estimate with word vectors stores none of them: they are the project’s only once a run has them', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const embeddings = join(temporaryFolder(t), 'vectors.txt');
  writeFileSync(embeddings, 'aspirin 0.5 0.25\nfever 0.25 0.5\n');
  const { path } = (await core.call('project.current', {})).project ?? { path: '' };
  await core.call('training.estimate', { recipe: 'baseline', settings: [...quickSettings], embeddings });
  await core.close();
  const store = openProject(path, { access: 'read' });
  assert.deepEqual(store.embeddings.list(), []);
  store.close();
});
