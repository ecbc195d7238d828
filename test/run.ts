/** The test command: runs every *.test.ts (or those named) and closes with what passed, failed and was skipped, and why. */
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

const files = testFiles(process.argv.slice(2));
let failed = 0;
let passed = 0;
const skips = new Map<string, string[]>();
const emptyFiles: string[] = [];

// Files run beside each other and start hundreds of processes. Compiled code is kept between these, and a network as small as the tests'
// is trained faster by one thread than by several that wait for each other; tests of threads say their own number.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'notegraft-compiled-tests');
process.env['NOTEGRAFT_THREADS'] ??= '1';

// The window's tests open the application as it is built.
if (files.some((file) => relative(root, file).startsWith(join('test', 'e2e')))) await buildIfStale();

const stream = run({ files, cwd: root, concurrency: Math.min(availableParallelism(), 4), timeout: fileTimeoutMs });
stream.on('test:pass', ({ name, nesting, skip, todo, details }) => {
  const excuse = skip ?? todo;
  if (excuse !== undefined && excuse !== false) noteSkip(name, excuse);
  // A file that holds no test is reported as one passing test named by its path: a check that cannot fail.
  else if (nesting === 0 && files.includes(name)) emptyFiles.push(name);
  else if (details.type !== 'suite') passed += 1;
});
stream.on('test:fail', ({ details }) => {
  const failedOnlyInside = 'failureType' in details.error && details.error.failureType === 'subtestsFailed';
  if (!failedOnlyInside) failed += 1;
});
stream.compose(spec).pipe(process.stdout);
stream.on('end', () => setImmediate(summarise));

/** Model tests first: they take longest, and the short ones fill the gaps. */
function testFiles(wanted: readonly string[]): string[] {
  const all = globSync('test/**/*.test.ts', { cwd: root }).map((file) => join(root, file));
  const chosen =
    wanted.length === 0 ? all : all.filter((file) => wanted.some((part) => relative(root, file).includes(part)));
  const weight = (file: string): number =>
    (relative(root, file).split('/')[1] === 'model' ? 1e9 : 0) + statSync(file).size;
  return chosen.sort((a, b) => weight(b) - weight(a));
}

function noteSkip(name: string, reason: string | boolean): void {
  const key = typeof reason === 'string' ? reason : 'no reason given';
  skips.set(key, [...(skips.get(key) ?? []), name]);
}

function summarise(): void {
  const skipped = [...skips.values()].reduce((sum, names) => sum + names.length, 0);
  if (skips.size > 0) console.log('\nSkipped:');
  for (const [reason, names] of skips) console.log(`  ${names.length} × ${reason}: ${names.join('; ')}`);
  for (const file of emptyFiles) console.log(`No test in ${relative(root, file)}: counted as failed.`);
  if (passed + failed + skipped === 0) console.log('No test was found: counted as failed.');
  const failures = failed + emptyFiles.length + (passed + failed + skipped === 0 ? 1 : 0);
  console.log(`\n${passed} passed, ${failures} failed, ${skipped} skipped`);
  process.exitCode = failures > 0 ? 1 : 0;
}
