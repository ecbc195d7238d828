/** Studies from the command line: run, killed, gone on with, shown, and what is refused. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { studyProject, trialSettings } from '../support/study-project.ts';
import { json, notegraft, said, startNotegraft } from './notegraft.ts';

const settings = trialSettings.flatMap((setting) => ['--set', setting]);
const how = ['--parallel', '1', '--threads', '1', '--backend', 'simd'];

interface Study {
  readonly study: number;
  readonly status: string;
  readonly list: readonly { readonly status: string; readonly startedAt: string | null; readonly run: number | null }[];
  readonly report: { readonly kind: string; readonly statements: readonly string[] } | null;
}

test('kill -9 in the middle of a sweep: the same command trains what is missing and repeats nothing', async (t) => {
  const path = studyProject(t);
  const command = ['sweep', path, '--recipes', 'baseline,ttn-?HI', ...settings, ...how];
  const sweep = startNotegraft(t, process.execPath, ...command);
  await said(sweep, /Trial 2:/);
  sweep.kill('SIGKILL');
  await once(sweep, 'exit');

  const killed = json('studies', path, '--show', '1') as Study;
  assert.equal(killed.status, 'interrupted');
  const before = killed.list.filter(({ status }) => status === 'done');
  assert.ok(before.length >= 2 && before.length < 4, `${before.length}`);

  const done = json(...command) as Study;
  assert.deepEqual([done.study, done.status], [1, 'done']);
  assert.deepEqual(done.list.slice(0, before.length), before);
  assert.deepEqual(
    done.list.map(({ status }) => status),
    ['done', 'done', 'done', 'done'],
  );
  const { stdout } = notegraft('studies', path, '--show', '1');
  assert.match(stdout, /4 recipes: best \S+ [\d.]+, worst \S+ [\d.]+, mean [\d.]+ ± [\d.]+/);
});

test('a curve says its points, its law, and which labels a fraction lacks', async (t) => {
  const path = studyProject(t);
  const fractions = ['--fractions', '0.5,1', '--recipes', 'baseline', '--seeds', '1'];
  const curve = json('curve', path, ...fractions, ...settings, ...how) as Study;
  assert.deepEqual([curve.status, curve.report?.kind], ['done', 'curve']);
  assert.match(curve.report?.statements[0] ?? '', /^baseline/);
  const { stdout } = notegraft('studies', path);
  assert.match(stdout, /1 +curve +done +2 +2 +0 +baseline/);
});

test('misuse is told apart from what cannot be', async (t) => {
  const path = studyProject(t);
  const refused = (...words: string[]): [number | null, string] => {
    const { exitCode, stdout } = notegraft(...words, '--json');
    return [exitCode, (JSON.parse(stdout) as { error: { code: string } }).error.code];
  };
  assert.deepEqual(refused('curve', path, '--recipes', 'baseline', '--fractions', '0,1'), [2, 'usage']);
  assert.deepEqual(refused('sweep', path, '--recipes', 'gru-*'), [2, 'recipe-unknown']);
  assert.deepEqual(refused('studies', path, '--show', '3'), [1, 'study-not-found']);
});
