/** Searches from the command line: killed and gone on with, the best recipe written and trained, and what is refused. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseRecipe } from '../../worker/domain/recipe.ts';
import { studyProject, trialSettings } from '../support/study-project.ts';
import { newProject, temporaryFolder } from '../unit/store/builders.ts';
import { json, notegraft, said, startNotegraft } from './notegraft.ts';

interface Found {
  readonly trials: readonly { readonly status: string; readonly dev: number; readonly values: object }[];
  readonly best: { readonly trial: number; readonly recipe: object };
}

test('kill -9 in the middle of a search: the same command goes on, writes the best recipe, and train takes it', async (t) => {
  const path = studyProject(t);
  const folder = temporaryFolder(t);
  const [space, out] = [join(folder, 'space.json'), join(folder, 'best.json')];
  writeFileSync(space, JSON.stringify({ 'training.learningRate': { kind: 'log', low: 0.001, high: 0.2 } }));
  const settings = trialSettings.filter((setting) => !setting.startsWith('training.learningRate'));
  const set = settings.flatMap((setting) => ['--set', setting]);
  const how = ['--parallel', '1', '--threads', '1', '--backend', 'simd'];
  const command = [
    'search',
    path,
    '--recipe',
    'baseline',
    '--trials',
    '3',
    '--space',
    space,
    '--out',
    out,
    ...set,
    ...how,
  ];

  const search = startNotegraft(t, process.execPath, ...command);
  await said(search, /Trial 1 of 3: dev F1/);
  search.kill('SIGKILL');
  await once(search, 'exit');
  const killed = json('studies', path, '--show', '1') as Found;
  const before = killed.trials.filter(({ status }) => status === 'done');
  assert.ok(before.length >= 1 && before.length < 3, `${before.length}`);

  const found = json(...command) as Found;
  assert.equal(found.trials.length, 3);
  assert.deepEqual(found.trials.slice(0, before.length), before);
  assert.deepEqual(parseRecipe(JSON.parse(readFileSync(out, 'utf8'))), found.best.recipe);
  const trained = json('train', path, '--recipe', out, '--threads', '1', '--backend', 'simd') as {
    recipe: string;
    dev: { strict: { micro: { f1: number } } };
  };
  assert.equal(trained.recipe, 'baseline-searched');
  assert.equal(trained.dev.strict.micro.f1, found.trials[found.best.trial - 1]?.dev);
  const compared = json('sweep', path, '--recipes', `baseline,${out}`, '--dry-run') as { recipes: string[] };
  assert.deepEqual(compared.recipes, ['baseline', 'baseline-searched']);
});

test('an impossible bound, an unknown key and a file that is no JSON are misuse, each with its reason', (t) => {
  const [path, folder] = [newProject(t), temporaryFolder(t)];
  const file = join(folder, 'space.json');
  const searched = (text: string): { exitCode: number | null; stderr: string } => {
    writeFileSync(file, text);
    return notegraft('search', path, '--recipe', 'dtn-hs', '--space', file);
  };
  const bound = searched('{"training.shareWeight": {"kind": "log", "low": 0, "high": 0.1}}');
  assert.equal(bound.exitCode, 2);
  assert.match(bound.stderr, /training\.shareWeight: a logarithmic scale has no place for 0/);
  const unknown = searched('{"training.learnRate": {"kind": "log", "low": 0.1, "high": 0.2}}');
  assert.match(unknown.stderr, /no recipe key "training\.learnRate"[\s\S]*training\.learningRate/);
  assert.match(searched('learning rate').stderr, /not a JSON object/);
});
