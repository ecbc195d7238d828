/** A run from the command line: trained, listed, used, cancelled, killed. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { studyProject } from '../support/study-project.ts';
import { sampleNotes, writeBrat } from '../unit/core/brat-files.ts';
import { json, notegraft, said, startNotegraft } from './notegraft.ts';

/** Small enough that an epoch takes a moment. */
const small = [
  ...['--set', 'training.batchesPerEpoch=2', '--set', 'wordEncoder.hiddenSize=8', '--set', 'wordEmbedding.size=8'],
  ...['--set', 'characterEncoder.hiddenSize=8', '--set', 'decoder.hiddenSize=8'],
];
/** Never done before it is stopped. */
const endless = ['--epochs', '10000', '--set', 'training.patience=10000'];

interface Run {
  readonly run: number;
  readonly status: string;
  readonly epochs: number;
}

test('a run is trained, listed, evaluated and exported, and its model tags without the project', (t) => {
  const path = studyProject(t);
  const folder = dirname(path);

  const trained = json('train', path, '--recipe', 'dtn-hs', '--epochs', '1', ...small) as Record<string, unknown>;
  assert.deepEqual([trained.run, trained.recipe, trained.epochs], [1, 'dtn-hs', 1]);
  assert.deepEqual(
    runs(path).map(({ run, status, epochs }) => [run, status, epochs]),
    [[1, 'done', 1]],
  );

  const evaluated = json('evaluate', path, '--run', '1', '--split', 'test') as Record<string, unknown>;
  const { engine: _engine, report: _report, tool, ...scored } = evaluated;
  assert.equal(tool, null);
  assert.deepEqual({ ...(trained.test as object), run: 1, split: 'test' }, scored);

  const model = join(folder, 'm.ngm');
  assert.equal(notegraft('model', 'export', path, model, '--run', '1').exitCode, 0);
  const notes = join(folder, 'notes');
  writeBrat(notes, sampleNotes(2, 'new'));
  const byRun = json('tag', path, '--run', '1', '--out', join(folder, 'a'), notes) as Record<string, unknown>;
  const byModel = json('tag', '--model', model, '--out', join(folder, 'b'), notes) as Record<string, unknown>;
  assert.deepEqual([byRun.notes, byRun.failed, byRun.session], [2, 0, 1]);
  assert.deepEqual([byModel.notes, byModel.entities, byModel.session], [2, byRun.entities, null]);
  for (const file of byModel.files as string[]) assert.ok(existsSync(file));
});

test('the same seed gives the same scores and the same model', (t) => {
  const path = studyProject(t);
  const [first, second] = [1, 2].map(
    () =>
      json('train', path, '--recipe', 'ttn-HSI', '--epochs', '1', '--seed', '4', ...small) as Record<string, unknown>,
  );
  assert.deepEqual([second?.modelHash, second?.dev, second?.test], [first?.modelHash, first?.dev, first?.test]);
});

test('kill -9 in mid-training leaves a project that opens, with the run interrupted', async (t) => {
  const path = studyProject(t);
  const training = startNotegraft(t, process.execPath, 'train', path, '--recipe', 'baseline', ...endless, ...small);
  await said(training, /Epoch 2:/);

  const meanwhile = notegraft('train', path, '--recipe', 'baseline', '--json');
  assert.deepEqual(
    [meanwhile.exitCode, (JSON.parse(meanwhile.stdout) as { error: { code: string } }).error.code],
    [1, 'project-locked'],
  );
  assert.deepEqual(
    runs(path).map((run) => run.status),
    ['running'],
  );

  training.kill('SIGKILL');
  await once(training, 'exit');

  const [run] = runs(path);
  assert.equal(run?.status, 'interrupted');
  assert.ok(run.epochs >= 2);
  assert.equal(notegraft('evaluate', path, '--run', '1', '--split', 'dev').exitCode, 0);
});

const needsSignals = { skip: process.platform === 'win32' && 'Windows has no signals to send to one process' };

test('Ctrl-C cancels: the run is kept as cancelled and nothing else is left', needsSignals, async (t) => {
  const path = studyProject(t);
  const before = readdirSync(dirname(path));
  const training = startNotegraft(
    t,
    process.execPath,
    'train',
    path,
    '--recipe',
    'baseline',
    '--json',
    ...endless,
    ...small,
  );
  let stdout = '';
  training.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  await said(training, /Epoch 1:/);

  training.kill('SIGINT');
  const [exitCode] = (await once(training, 'close')) as [number | null];

  assert.equal(exitCode, 1);
  assert.deepEqual(JSON.parse(stdout), {
    error: { code: 'cancelled', message: 'The job was cancelled.', details: {} },
  });
  assert.deepEqual(
    runs(path).map((run) => run.status),
    ['cancelled'],
  );
  assert.deepEqual(readdirSync(dirname(path)), before);
});

test('a note that cannot be read is counted and the others are tagged', (t) => {
  const path = studyProject(t);
  const notes = join(dirname(path), 'notes');
  json('train', path, '--recipe', 'baseline', '--epochs', '1', ...small);
  writeBrat(notes, sampleNotes(2, 'new'));
  writeFileSync(join(notes, 'empty.txt'), '');
  const result = json('tag', path, '--run', '1', '--out', join(dirname(path), 'out'), notes) as Record<string, unknown>;
  assert.deepEqual([result.notes, result.failed], [2, 1]);
});

function runs(path: string): Run[] {
  return (json('runs', path) as { runs: Run[] }).runs;
}
