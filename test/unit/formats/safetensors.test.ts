/** safetensors files: matrices by name, in three kinds of numbers, and what is said of others. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openSafetensors } from '../../../worker/formats/safetensors.ts';
import { floats, halves, safetensorsBytes } from '../../support/feature-files.ts';
import { temporaryFolder } from '../store/builders.ts';

function written(context: TestContext, bytes: Uint8Array): string {
  const path = join(temporaryFolder(context), 'x.safetensors');
  writeFileSync(path, bytes);
  return path;
}

test('tensors are found by name, each of its own kind of numbers', async (context) => {
  const path = written(
    context,
    safetensorsBytes({
      'a/b': { dtype: 'F32', shape: [2, 1], body: floats([1.5, -2]) },
      half: { dtype: 'F16', shape: [1, 2], body: halves([0x3c00, 0xb800]) },
      brain: { dtype: 'BF16', shape: [1, 2], body: halves([0x3f80, 0xc040]) },
    }),
  );
  const file = await openSafetensors(path);
  assert.deepEqual(file.names, ['a/b', 'half', 'brain']);
  const read = await Promise.all(file.names.map((name) => file.matrix(name)));
  assert.deepEqual(
    read.map(({ rows, columns, values }) => [rows, columns, [...values]]),
    [
      [2, 1, [1.5, -2]],
      [1, 2, [1, -0.5]],
      [1, 2, [1, -3]],
    ],
  );
});

const whole = safetensorsBytes({ a: { dtype: 'F32', shape: [1, 2], body: floats([1, 2]) } });
for (const [what, bytes] of [
  ['no safetensors file', Buffer.from('these are a few words, no tensors')],
  ['a file cut in its header', whole.subarray(0, 20)],
] as const) {
  test(`${what} is refused when it is opened`, async (context) => {
    await assert.rejects(openSafetensors(written(context, bytes)), { code: 'features-invalid' });
  });
}

for (const [what, bytes, says] of [
  ['a file cut in its numbers', whole.subarray(0, -1), /cut off/],
  [
    'a tensor of whole numbers',
    safetensorsBytes({ a: { dtype: 'I32', shape: [1, 1], body: floats([1]) } }),
    /type I32/,
  ],
  ['a vector', safetensorsBytes({ a: { dtype: 'F32', shape: [1], body: floats([1]) } }), /1 dimensions/],
] as const) {
  test(`${what} is refused when it is read`, async (context) => {
    const file = await openSafetensors(written(context, bytes));
    await assert.rejects(file.matrix('a'), { code: 'features-invalid', message: says });
  });
}
