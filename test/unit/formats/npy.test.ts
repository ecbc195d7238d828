/** .npy files: the kinds that are read, and what is said of others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNpy } from '../../../worker/formats/npy.ts';
import { floats, halves, npyBytes, npyMatrix, type NpyOptions } from '../../support/feature-files.ts';

test('a float32 matrix is read row by row', () => {
  const { rows, columns, values } = readNpy(
    npyMatrix([
      [1, -2.5, 3],
      [4, 5, 6],
    ]),
    'x.npy',
  );
  assert.deepEqual([rows, columns, [...values]], [2, 3, [1, -2.5, 3, 4, 5, 6]]);
});

test('version 2 has a longer header', () => {
  const bytes = npyBytes(floats([7, 8]), { version: 2, shape: [1, 2] });
  assert.deepEqual([...readNpy(bytes, 'x.npy').values], [7, 8]);
});

test('float16 is widened: ones, small ones, subnormal ones, signs, infinity', () => {
  const patterns = [0x3c00, 0xc000, 0x0001, 0x8000, 0x7bff, 0x3555, 0x7c00];
  const bytes = npyBytes(halves(patterns), { descr: '<f2', shape: [1, patterns.length] });
  assert.deepEqual(
    [...readNpy(bytes, 'x.npy').values],
    [1, -2, 2 ** -24, -0, 65504, Math.fround(0.333251953125), Infinity],
  );
});

test('a view into a larger buffer is read from its own start', () => {
  const bytes = npyMatrix([[1, 2]]);
  const shifted = Buffer.concat([Buffer.from([9, 9, 9]), bytes]).subarray(3);
  assert.deepEqual([...readNpy(shifted, 'x.npy').values], [1, 2]);
});

const body = floats([1, 2, 3, 4]);
const faults: [what: string, bytes: Buffer, says: RegExp][] = [
  ['no .npy file at all', Buffer.from('PK not an array, but long enough'), /cut off, or is not one/],
  ['one cut in its header', npyMatrix([[1]]).subarray(0, 40), /cut off, or is not one/],
  ['one cut in its numbers', npyMatrix([[1, 2]]).subarray(0, -1), /cut off or too long/],
  ...(
    [
      [{ descr: '<f8', shape: [1, 2] }, /type <f8/],
      [{ descr: '>f4', shape: [1, 4] }, /type >f4/],
      [{ fortran: true, shape: [2, 2] }, /Fortran order/],
      [{ shape: [4] }, /1 dimensions/],
      [{ shape: [1, 2, 2] }, /3 dimensions/],
    ] satisfies [NpyOptions, RegExp][]
  ).map(([options, says]): [string, Buffer, RegExp] => [JSON.stringify(options), npyBytes(body, options), says]),
];
for (const [what, bytes, says] of faults) {
  test(`${what} is refused, with what to do`, () => {
    assert.throws(() => readNpy(bytes, 'x.npy'), {
      code: 'features-invalid',
      message: says,
      details: {
        file: 'x.npy',
        nextStep: "Write the file again: np.save(path, vectors.astype('float32')), one row a token.",
      },
    });
  });
}
