/** The test command: runs every *.test.ts (or those named) and closes with what passed, failed and was skipped, and why. */
import { once } from 'node:events';
import { availableParallelism, tmpdir } from 'node:os';
import { globSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { buildIfStale } from '../electron/packaging/build.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** A file that takes longer than this is stopped and counts as failed. */
const fileTimeoutMs = 5 * 60_000;

/** So many files of the window's tests get a second try; more of them failing is no accident. */
const mostSecondTries = 3;

interface FileCounts {
  passed: number;
  failed: number;
  readonly skips: { readonly name: string; readonly reason: string }[];
  isEmpty: boolean;
}

const files = testFiles(process.argv.slice(2));

// Files run beside each other and start hundreds of processes. Compiled code is kept between these, and a network as small as the tests'
// is trained faster by one thread than by several that wait for each other; tests of threads say their own number.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'notegraft-compiled-tests');
process.env['NOTEGRAFT_THREADS'] ??= '1';

// The window's tests open the application as it is built.
if (files.some(isWindowTest)) await buildIfStale();

const counts = await runFiles(files, Math.min(availableParallelism(), 4));
const failedInWindow = files.filter((file) => isWindowTest(file) && (counts.get(file)?.failed ?? 0) > 0);
if (failedInWindow.length > 0 && failedInWindow.length <= mostSecondTries) await tryAgain(failedInWindow);
summarise();

/** A real window on a busy machine meets moments that no user meets: what fails there must fail twice, the second time by itself. */
async function tryAgain(again: readonly string[]): Promise<void> {
  console.log(`\nOnce more, by themselves: ${again.map((file) => relative(root, file)).join(', ')}`);
  const second = await runFiles(again, 1);
  for (const [file, found] of second) {
    if (found.failed === 0) console.log(`Passed only at the second try: ${relative(root, file)}`);
    counts.set(file, found);
  }
}

async function runFiles(chosen: readonly string[], concurrency: number): Promise<Map<string, FileCounts>> {
  const found = new Map<string, FileCounts>();
  const of = (file: string | undefined): FileCounts => {
    const name = file ?? '';
    const known = found.get(name) ?? { passed: 0, failed: 0, skips: [], isEmpty: false };
    found.set(name, known);
    return known;
  };
  const stream = run({ files: [...chosen], cwd: root, concurrency, timeout: fileTimeoutMs });
  stream.on('test:pass', ({ name, nesting, skip, todo, details, file }) => {
    const excuse = skip ?? todo;
    if (excuse !== undefined && excuse !== false)
      of(file).skips.push({ name, reason: typeof excuse === 'string' ? excuse : 'no reason given' });
    // A file that holds no test is reported as one passing test named by its path: a check that cannot fail.
    else if (nesting === 0 && chosen.includes(name)) of(name).isEmpty = true;
    else if (details.type !== 'suite') of(file).passed += 1;
  });
  stream.on('test:fail', ({ details, file }) => {
    const failedOnlyInside = 'failureType' in details.error && details.error.failureType === 'subtestsFailed';
    if (!failedOnlyInside) of(file).failed += 1;
  });
  const report = stream.compose(spec);
  report.pipe(process.stdout, { end: false });
  await once(report, 'end');
  return found;
}

function isWindowTest(file: string): boolean {
  return relative(root, file).startsWith(join('test', 'e2e'));
}

/** Model tests first: they take longest, and the short ones fill the gaps. */
function testFiles(wanted: readonly string[]): string[] {
  const all = globSync('test/**/*.test.ts', { cwd: root }).map((file) => join(root, file));
  const chosen =
    wanted.length === 0 ? all : all.filter((file) => wanted.some((part) => relative(root, file).includes(part)));
  const weight = (file: string): number =>
    (relative(root, file).split('/')[1] === 'model' ? 1e9 : 0) + statSync(file).size;
  return chosen.sort((a, b) => weight(b) - weight(a));
}

function summarise(): void {
  const all = [...counts.values()];
  const sum = (pick: (found: FileCounts) => number): number => all.reduce((total, found) => total + pick(found), 0);
  const skips = Map.groupBy(
    all.flatMap((found) => found.skips),
    ({ reason }) => reason,
  );
  if (skips.size > 0) console.log('\nSkipped:');
  for (const [reason, skipped] of skips)
    console.log(`  ${skipped.length} × ${reason}: ${skipped.map(({ name }) => name).join('; ')}`);
  for (const [file, { isEmpty }] of counts)
    if (isEmpty) console.log(`No test in ${relative(root, file)}: counted as failed.`);
  const passed = sum((found) => found.passed);
  const skipped = sum(({ skips: names }) => names.length);
  let failed = sum((found) => found.failed + (found.isEmpty ? 1 : 0));
  if (passed + failed + skipped === 0) {
    console.log('No test was found: counted as failed.');
    failed = 1;
  }
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed > 0 ? 1 : 0;
}
