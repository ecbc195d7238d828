/** The bundled sample: made again it is the same, its gold is right, and it leaves something for transfer to do. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bratGold, i2b2Gold, overlap } from '../../resources/sample/check.ts';
import { generatedFolders, sampleFiles, writeSample } from '../../resources/sample/generate.ts';

const checkedIn = fileURLToPath(new URL('../../resources/sample', import.meta.url));

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'notegraft-sample-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Path to bytes (hex) of every file in the generator's folders below `root`. */
function filesBelow(root: string): Map<string, string> {
  const entries = generatedFolders.flatMap((name) =>
    readdirSync(join(root, name), { recursive: true, withFileTypes: true }),
  );
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.toSorted().map((path) => [path.slice(root.length), readFileSync(path).toString('hex')]));
}

test('the generator writes the checked-in files again, bit for bit', (t) => {
  const folder = temporaryFolder(t);
  writeSample(folder);
  const written = filesBelow(folder);
  const expected = filesBelow(checkedIn);
  assert.deepEqual([...written.keys()], [...expected.keys()]);
  assert.deepEqual(
    [...written].filter(([path, bytes]) => expected.get(path) !== bytes).map(([path]) => path),
    [],
  );
});

test('every annotation of the target states the text at its offsets', () => {
  const gold = ['train', 'dev', 'test'].flatMap((split) => bratGold(sampleFiles(), `target/${split}`));
  assert.ok(gold.length > 1500);
  assert.deepEqual(
    gold.filter(({ stated, found }) => stated === '' || stated !== found),
    [],
  );
});

test('every concept of the source states the tokens at its place', () => {
  const gold = i2b2Gold(sampleFiles());
  assert.ok(gold.length > 2000);
  assert.deepEqual(
    gold.filter(({ stated, found }) => stated === '' || stated !== found),
    [],
  );
  assert.deepEqual([...new Set(gold.map(({ label }) => label))].toSorted(), ['problem', 'test', 'treatment']);
});

test('the sample is ASCII, so that code points and code units agree, and smaller than 1.5 MB', () => {
  const contents = [...sampleFiles().values()];
  assert.ok(contents.every((content) => /^[\x00-\x7f]*$/.test(content)));
  assert.ok(contents.reduce((sum, content) => sum + content.length, 0) < 1_500_000);
});

test('most surfaces of the target test are unknown to target train and known to the source', () => {
  const { all, train, either } = overlap(sampleFiles()).get('all labels') ?? { all: 0, train: 0, either: 0 };
  assert.ok(train / all < 0.6, `${train} of ${all} are annotated in target train`);
  assert.ok(either / all > 0.7, `${either} of ${all} are annotated in target train or stand in the source`);
});

test('each split of the target uses the same eleven labels', () => {
  const labelsOf = (split: string): string[] =>
    [...new Set(bratGold(sampleFiles(), `target/${split}`).map(({ label }) => label))].toSorted();
  assert.equal(labelsOf('train').length, 11);
  assert.deepEqual(labelsOf('dev'), labelsOf('train'));
  assert.deepEqual(labelsOf('test'), labelsOf('train'));
});

test('target train holds a discontinuous annotation and one inside another', () => {
  const annotations = [...sampleFiles()]
    .filter(([path]) => path.startsWith('target/train/') && path.endsWith('.ann'))
    .map(([, content]) => content.trimEnd().split('\n'));
  const spans = annotations.map((lines) =>
    lines.map((line) => (line.split('\t')[1] ?? '').split(/[ ;]/).slice(1).map(Number)),
  );
  assert.ok(spans.flat().some((offsets) => offsets.length > 2));
  const isNested = (inner: number[], outer: number[]): boolean =>
    inner !== outer && (inner[0] ?? 0) >= (outer[0] ?? 0) && (inner.at(-1) ?? 0) <= (outer.at(-1) ?? 0);
  assert.ok(spans.some((note) => note.some((inner) => note.some((outer) => isNested(inner, outer)))));
});
