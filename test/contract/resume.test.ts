/** A run that was stopped from outside goes on from the command line: killed, or cancelled. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { studyProject } from '../support/study-project.ts';
import { json, notegraft, said, startNotegraft } from './notegraft.ts';

const epochs = 60;
const settings = [
  ...['--recipe', 'baseline', '--seed', '5', '--epochs', String(epochs), '--set', `training.patience=${epochs}`],
  ...['--set', 'training.batchesPerEpoch=4', '--set', 'wordEncoder.hiddenSize=24', '--set', 'wordEmbedding.size=8'],
  ...['--set', 'characterEncoder.hiddenSize=8', '--set', 'decoder.hiddenSize=8'],
];

interface Result {
  readonly run: number;
  readonly modelHash: string;
  readonly epochs: number;
  readonly dev: unknown;
  readonly test: unknown;
}

test('kill -9 in epoch 7: --resume goes on after the last whole epoch, to the model of an undisturbed run', async (t) => {
  const path = studyProject(t);
  const whole = json('train', path, ...settings) as Result;
  const training = startNotegraft(t, process.execPath, 'train', path, ...settings);
  await said(training, /Epoch 6:/);
  training.kill('SIGKILL');
  await once(training, 'exit');

  const [, killed] = runs(path);
  assert.deepEqual([killed?.status, killed?.resumable], ['interrupted', true]);
  assert.ok(killed !== undefined && killed.epochs >= 6 && killed.epochs < epochs, `${killed?.epochs}`);
  const outcome = notegraft('train', path, '--resume', '2', '--json');

  const resumed = JSON.parse(outcome.stdout) as Result;
  assert.match(outcome.stderr, new RegExp(`Epoch ${killed.epochs + 1}:`));
  assert.doesNotMatch(outcome.stderr, new RegExp(`Epoch ${killed.epochs}:`));
  assert.deepEqual(
    [resumed.run, resumed.modelHash, resumed.epochs, resumed.dev, resumed.test],
    [2, whole.modelHash, whole.epochs, whole.dev, whole.test],
  );
});

const needsSignals = { skip: process.platform === 'win32' && 'Windows has no signals to send to one process' };

test('a run that Ctrl-C stopped goes on', needsSignals, async (t) => {
  const path = studyProject(t);
  const training = startNotegraft(t, process.execPath, 'train', path, ...settings);
  await said(training, /Epoch 2:/);
  training.kill('SIGINT');
  await once(training, 'exit');
  assert.equal(runs(path)[0]?.status, 'cancelled');
  const resumed = json('train', path, '--resume', '1') as Result;
  assert.equal(resumed.epochs, epochs);
});

test('--resume takes no recipe and no settings, and a new run needs a recipe', (t) => {
  const path = studyProject(t);
  for (const words of [[], ['--resume', '1', '--recipe', 'dtn'], ['--resume', '1', '--epochs', '3']]) {
    const { exitCode, stdout } = notegraft('train', path, '--json', ...words);
    assert.deepEqual([exitCode, (JSON.parse(stdout) as { error: { code: string } }).error.code], [2, 'usage']);
  }
});

test('backends are listed, with the reason of each and what the kernels do', () => {
  const { backends, cores, memory } = json('backends') as {
    backends: { backend: string; present: boolean; chosen: boolean; reason: string; stepMs: number | null }[];
    cores: number;
    memory: { freeBytes: number };
  };
  assert.deepEqual(backends.map(({ backend }) => backend).sort(), ['simd', 'tensorflow', 'webgpu']);
  assert.equal(backends.filter(({ chosen }) => chosen).length, 1);
  for (const { present, reason, stepMs } of backends) {
    assert.match(reason, /\.$/);
    assert.equal(stepMs !== null && stepMs > 0, present);
  }
  assert.ok(cores >= 1 && memory.freeBytes > 0);
  const text = notegraft('backends');
  assert.equal(text.exitCode, 0);
  assert.match(text.stdout, /Kernels of simd: (plain|relaxed|revectorized)/);
});

interface Run {
  readonly status: string;
  readonly epochs: number;
  readonly resumable: boolean;
}

function runs(path: string): Run[] {
  return (json('runs', path) as { runs: Run[] }).runs;
}
