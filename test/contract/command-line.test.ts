/** The command line's promises: names, exit codes, one JSON document, plain errors. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { sampleNotes, writeBrat } from '../unit/core/brat-files.ts';
import { newProject, temporaryFolder } from '../unit/store/builders.ts';
import { json, launcher, notegraft, notegraftUnder } from './notegraft.ts';
import { recipeNames } from '../../worker/domain/zoo.ts';

const commands = [
  ['create'],
  ['import'],
  ['split'],
  ['info'],
  ['audit'],
  ['remove'],
  ['labels'],
  ['estimate'],
  ['errors'],
  ['compare'],
  ['taggings'],
  ['recipes'],
  ['train'],
  ['runs'],
  ['evaluate'],
  ['tag'],
  ['export'],
  ['model', 'export'],
  ['bench', 'train'],
  ['bench', 'tag'],
];

for (const words of commands) {
  test(`${words.join(' ')} --help explains itself`, () => {
    const { exitCode, stdout } = notegraft(...words, '--help');
    assert.equal(exitCode, 0);
    assert.match(stdout, new RegExp(`^Usage: notegraft ${words.join(' ')}`));
    assert.match(stdout, /--json/);
  });
}

for (const [what, words] of [
  ['no command', []],
  ['an unknown command', ['graft']],
  ['an unknown option', ['info', 'p.ngr', '--colour']],
  ['a missing option', ['train', 'p.ngr']],
  ['a value that is no choice', ['import', 'p.ngr', 'folder', '--role', 'both']],
  ['a seed that is no number', ['train', 'p.ngr', '--recipe', 'baseline', '--seed', 'x']],
  ['a share above 1', ['split', 'p.ngr', '--role', 'target', '--dev', '2']],
  ['an unknown format to write', ['tag', '--model', 'm.ngm', '--out', 'o', '--write', 'pdf', 'note.txt']],
  ['tagging with neither run nor model', ['tag', '--out', 'o', 'p.ngr', 'note.txt']],
] as const) {
  test(`${what} is misuse: exit code 2, and an error on stdout with --json`, () => {
    const { exitCode, stdout, stderr } = notegraft(...words, '--json');
    assert.deepEqual([exitCode, stderr], [2, '']);
    assert.equal(errorOf(stdout).code, 'usage');
  });
}

test('misuse is a sentence on stderr without --json', () => {
  assert.deepEqual(notegraft('train', 'p.ngr'), {
    exitCode: 2,
    stdout: '',
    stderr: 'notegraft: Give --recipe for a new run, or --resume for one that was stopped.\n',
  });
});

test('an unknown recipe and an unknown setting are misuse, and named', (t) => {
  const path = newProject(t);
  const recipe = notegraft('train', path, '--recipe', 'ttn-XYZ', '--json');
  const setting = notegraft('train', path, '--recipe', 'baseline', '--set', 'training.speed=9', '--json');
  assert.deepEqual([recipe.exitCode, errorOf(recipe.stdout).code], [2, 'recipe-unknown']);
  assert.deepEqual([setting.exitCode, errorOf(setting.stdout).code], [2, 'recipe-invalid']);
  assert.match(errorOf(setting.stdout).message, /training\.speed/);
});

test('a failure has exit code 1, and says what, where and what to do', (t) => {
  const path = join(temporaryFolder(t), 'none.ngr');
  const { exitCode, stdout, stderr } = notegraft('info', path);
  assert.deepEqual([exitCode, stdout], [1, '']);
  assert.deepEqual(stderr.split('\n'), [
    'notegraft: There is no project at this path.',
    `  ${path}`,
    '  Check the path, or make a project with `notegraft create`.',
    '',
  ]);
});

test('a failure is one JSON document with --json', (t) => {
  const path = join(temporaryFolder(t), 'none.ngr');
  const { exitCode, stdout, stderr } = notegraft('runs', path, '--json');
  assert.deepEqual([exitCode, stderr], [1, '']);
  assert.deepEqual(errorOf(stdout), {
    code: 'project-not-found',
    message: 'There is no project at this path.',
    details: { file: path, nextStep: 'Check the path, or make a project with `notegraft create`.' },
  });
});

test('create, import, split, info, audit and export work in a row', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'p.ngr');
  const notes = writeBrat(join(folder, 'notes'), sampleNotes(20, 'note'));
  writeFileSync(join(notes, 'note-1.ann'), 'T1\tDrug 900 907\taspirin\n');

  assert.equal(notegraft('create', path).stdout, `Created ${path}\n`);
  const imported = json('import', path, notes, '--role', 'target') as Record<string, unknown>;
  assert.deepEqual(
    [imported.documents, imported.annotations, imported.labels, imported.files, imported.format],
    [20, { ok: 38, repaired: 0, skipped: 1 }, { Drug: 19, Sign: 19 }, 40, 'brat'],
  );
  assert.deepEqual(json('split', path, '--role', 'target', '--seed', '3'), { train: 16, dev: 2, test: 2, kept: 0 });
  assert.match(notegraft('info', path).stdout, /^target {2}train +16 /m);
  assert.match(notegraft('audit', path).stdout, /^note-1\.ann +1 {2}skipped {2}out-of-range/m);
  const out = join(folder, 'out');
  assert.equal(notegraft('export', path, '--role', 'target', '--format', 'brat', '--out', out).exitCode, 0);
  assert.equal(readdirSync(out).length, 40);
  assert.equal(readFileSync(join(out, 'note-2.txt'), 'utf8'), readFileSync(join(notes, 'note-2.txt'), 'utf8'));
});

test('labels --accept saves what is suggested well enough, and --suggest saves nothing', (t) => {
  const path = newProject(t);
  for (const role of ['source', 'target'])
    notegraft('import', path, writeBrat(join(temporaryFolder(t), role), sampleNotes(3, role)), '--role', role);
  assert.equal(notegraft('labels', path, '--suggest', '--accept', '50').exitCode, 2);
  assert.equal(notegraft('labels', path, '--accept', 'many').exitCode, 2);
  assert.deepEqual((json('labels', path) as { map: unknown }).map, { Drug: null, Sign: null });
  const { stdout, stderr } = notegraft('labels', path, '--accept', '50');
  assert.match(stdout, /^Drug +Drug$/m);
  assert.match(stderr, /2 of 2 separate labels mapped/);
  assert.deepEqual((json('labels', path) as { map: unknown }).map, { Drug: 'Drug', Sign: 'Sign' });
});

test('--docs takes only the documents in the list', (t) => {
  const path = newProject(t);
  const folder = temporaryFolder(t);
  const notes = writeBrat(join(folder, 'notes'), sampleNotes(5, 'note'));
  const list = join(folder, 'list.txt');
  writeFileSync(list, '\uFEFFnote-2\r\n\r\n# not this\r\nnote-4.txt\r\n');
  const result = json('import', path, notes, '--role', 'target', '--docs', list) as Record<string, unknown>;
  assert.equal(result.documents, 2);
});

test('progress goes to stderr and the one result to stdout', (t) => {
  const notes = writeBrat(temporaryFolder(t), sampleNotes(3, 'note'));
  const { stdout, stderr } = notegraft('import', newProject(t), notes, '--role', 'target', '--json');
  assert.equal((JSON.parse(stdout) as Record<string, unknown>).documents, 3);
  assert.match(stderr, /3 of 3/);
});

test('--verbose logs calls without a file name or path', (t) => {
  const path = newProject(t);
  const { stderr } = notegraft('info', path, '--verbose');
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    lines.filter((line) => line.event === 'call').map((line) => [line.call, line.outcome]),
    [
      ['project.open', 'ok'],
      ['project.info', 'ok'],
    ],
  );
  assert.ok(!stderr.includes('ngr'));
});

test('recipes lists all of them, and every key that --set takes', () => {
  const { recipes, keys } = json('recipes') as {
    recipes: { name: string }[];
    keys: { path: string; default: unknown }[];
  };
  assert.deepEqual(
    recipes.map(({ name }) => name),
    recipeNames,
  );
  assert.deepEqual(
    keys.find((key) => key.path === 'training.learningRate'),
    { path: 'training.learningRate', default: 0.002 },
  );
});

test('a project from nowhere else: the same words in a folder without packages say how to set up', (t) => {
  const folder = checkoutWith(t, []);
  const { exitCode, stdout, stderr } = runLauncher(folder, 'info', 'p.ngr', '--json');
  assert.deepEqual([exitCode, errorOf(stdout).code], [1, 'engine-unavailable']);
  assert.match(stderr, /packages of Notegraft are not installed\.\n {2}Run `npm run setup`/);
});

test('without WebAssembly kernels the launcher says how to set up', (t) => {
  const folder = checkoutWith(t, ['better-sqlite3', 'commander', 'zod']);
  const { exitCode, stderr } = runLauncher(folder, 'info', 'p.ngr');
  assert.equal(exitCode, 1);
  assert.match(stderr, /kernels of Notegraft are not built\.\n {2}Run `npm run setup`/);
});

const olderNode = findOlderNode();
const needsOlderNode = { skip: olderNode === null && 'no Node before 24 on this machine' };

test('under an older Node the launcher hands on to the pinned one, exit codes included', needsOlderNode, (t) => {
  const path = join(temporaryFolder(t), 'p.ngr');
  assert.equal(notegraftUnder(olderNode ?? '', 'create', path, '--json').exitCode, 0);
  assert.equal(notegraftUnder(olderNode ?? '', 'create', path).exitCode, 1);
  assert.equal(notegraftUnder(olderNode ?? '', 'create').exitCode, 2);
});

function errorOf(stdout: string): { code: string; message: string; details: unknown } {
  return (JSON.parse(stdout) as { error: { code: string; message: string; details: unknown } }).error;
}

/** A folder with the launcher and these packages, empty. */
function checkoutWith(test: TestContext, packages: readonly string[]): string {
  const folder = temporaryFolder(test);
  cpSync(launcher, join(folder, 'electron/cli/notegraft.mjs'));
  for (const name of packages) mkdirSync(join(folder, 'node_modules', name), { recursive: true });
  return folder;
}

function runLauncher(folder: string, ...words: string[]): { exitCode: number | null; stdout: string; stderr: string } {
  const program = join(folder, 'electron/cli/notegraft.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });
  return { exitCode: status, stdout, stderr };
}

/** A Node before 24 on the path, outside this checkout. */
function findOlderNode(): string | null {
  const folders = (process.env.PATH ?? '').split(process.platform === 'win32' ? ';' : ':');
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const candidates = folders.filter((folder) => !folder.includes('node_modules')).map((folder) => join(folder, file));
  return candidates.find((path) => existsSync(path) && majorOf(path) < 24) ?? null;
}

function majorOf(node: string): number {
  return Number.parseInt(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.slice(1), 10);
}
