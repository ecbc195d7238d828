/** A folder of token features: where a document's vectors are looked for, and what is said where they do not fit. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openFeatures } from '../../../worker/formats/token-features.ts';
import { markedDocument } from '../../support/corpus.ts';
import { floats, npyMatrix, safetensorsBytes } from '../../support/feature-files.ts';
import { temporaryFolder } from '../store/builders.ts';

const note = markedDocument('ward/one', ['No fever .', 'Calm']);
const rows = [
  [1, 2],
  [3, 4],
  [5, 6],
  [7, 8],
];

function folderOf(context: TestContext, files: Readonly<Record<string, Uint8Array>>): string {
  const folder = temporaryFolder(context);
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}

const tensor = { dtype: 'F32', shape: [4, 2], body: floats(rows.flat()) };

for (const [what, files, task] of [
  ['a .npy file of its name', { 'ward/one.npy': npyMatrix(rows) }, undefined],
  ['a tensor of its name', { 'train.safetensors': safetensorsBytes({ 'ward/one': tensor }) }, undefined],
  [
    'its task’s folder before that of all',
    { 'target/ward/one.npy': npyMatrix(rows), 'ward/one.npy': npyMatrix([[0, 0]]) },
    'target',
  ],
  ['a tensor in its task’s folder', { 'target/x.safetensors': safetensorsBytes({ 'ward/one': tensor }) }, 'target'],
] as const) {
  test(`a document finds ${what}`, async (context) => {
    const folder = await openFeatures(folderOf(context, files));
    const { features } = await folder.attach(note, task);
    assert.deepEqual([features.size, [...features.values]], [2, rows.flat()]);
  });
}

for (const [what, bytes, says] of [
  ['other tokens', npyMatrix(rows.slice(1)), /vectors for 3 tokens, and the document has 4/],
  ['another size', npyMatrix(rows.map(() => [1, 2, 3])), /3 numbers a token, and 2 are expected/],
  ['numbers that are not finite', npyMatrix([...rows.slice(0, 3), [1, NaN]]), /vector of token 4/],
] as const) {
  test(`a file with ${what} is refused by name`, async (context) => {
    const root = folderOf(context, { 'ward/one.npy': bytes });
    const folder = await openFeatures(root, 2);
    await assert.rejects(folder.attach(note), {
      code: 'features-invalid',
      message: says,
    });
  });
}

test('a document without vectors is refused with the file that it wants', async (context) => {
  const root = folderOf(context, { 'two.npy': npyMatrix(rows) });
  const folder = await openFeatures(root);
  await assert.rejects(folder.attach(note), {
    code: 'features-invalid',
    details: {
      file: join(root, 'ward/one.npy'),
      nextStep: 'Add this file, or a tensor of this name to a .safetensors file in the folder.',
    },
  });
});

test('a folder that is not there is refused', async (context) => {
  await assert.rejects(openFeatures(join(temporaryFolder(context), 'none')), { code: 'file-not-found' });
});
