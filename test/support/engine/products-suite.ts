/** Tests of products, packing, transposing and activations on raw memory, run on every build of the kernels. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { simdBackend } from '../../../worker/engine/simd/backend.ts';
import { kind, type JobQueue } from '../../../worker/engine/simd/jobs.ts';
import { multiply, multiplyInto, pack, packTransposed, transpose } from '../../../worker/engine/simd/matrix.ts';
import { startEngine } from '../../../worker/engine/start.ts';
import { assertClose, randomValues } from '../numbers.ts';

const sizes = [1, 2, 3, 5, 6, 7, 12, 13, 16, 17, 33];

function upload(queue: JobQueue, values: Float32Array): number {
  const pointer = queue.heap.temporary(values.length);
  queue.heap.f32.set(values, pointer >> 2);
  return pointer;
}

function download(queue: JobQueue, pointer: number, count: number): Float32Array {
  queue.flush();
  return queue.heap.f32.slice(pointer >> 2, (pointer >> 2) + count);
}

/** A[M,K]·B[K,N] in double precision. */
function product(a: Float32Array, b: Float32Array, M: number, K: number, N: number): Float64Array {
  return Float64Array.from({ length: M * N }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += (a[Math.floor(i / N) * K + k] ?? NaN) * (b[k * N + (i % N)] ?? NaN);
    return sum;
  });
}

function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? NaN);
}

/** Runs `use` for every combination of sizes and ends the step after each. */
function everySize(use: (M: number, K: number, N: number) => void): void {
  for (const M of sizes) for (const K of sizes) for (const N of sizes) use(M, K, N);
}

function productTests(): void {
  let queue: JobQueue;
  before(async () => {
    await startEngine();
    queue = simdBackend().queue;
  });
  const endStep = (): void => simdBackend().endStep();

  test('of every combination of sizes, with and without a row added', () => {
    everySize((M, K, N) => {
      const [a, b, row] = [randomValues(M * K, 1), randomValues(K * N, 2), randomValues(N, 3)];
      const packed = pack(queue, upload(queue, b), K, N);
      const [plain, biased] = [queue.heap.temporary(M * N), queue.heap.temporary(M * N)];
      multiply(queue, upload(queue, a), M, packed, plain);
      multiply(queue, upload(queue, a), M, packed, biased, { add: upload(queue, row) });
      const expected = product(a, b, M, K, N);
      assertClose(download(queue, plain, M * N), expected, 1e-5, `${M}×${K}×${N}`);
      const withRow = expected.map((value, i) => value + (row[i % N] ?? NaN));
      assertClose(download(queue, biased, M * N), withRow, 1e-5, `${M}×${K}×${N} and a row`);
      endStep();
    });
  });

  test('with the transpose of B, added to what is there', () => {
    everySize((M, K, N) => {
      const [a, b, c] = [randomValues(M * K, 4), randomValues(N * K, 5), randomValues(M * N, 6)];
      const out = upload(queue, c);
      multiplyInto(queue, upload(queue, a), M, packTransposed(queue, upload(queue, b), N, K), out);
      const expected = product(a, transposed(b, N, K), M, K, N).map((value, i) => value + (c[i] ?? NaN));
      assertClose(download(queue, out, M * N), expected, 1e-5, `${M}×${K}×${N}`);
      endStep();
    });
  });

  test('with wide rows on both sides: what lies between them is neither read nor written', () => {
    everySize((M, K, N) => {
      const [aStride, outStride] = [K + 3, N + 5];
      const a = randomValues(M * aStride, 7).map((value, i) => (i % aStride < K ? value : NaN));
      const b = randomValues(K * N, 8);
      const out = upload(queue, new Float32Array(M * outStride).fill(42));
      multiply(queue, upload(queue, a), M, pack(queue, upload(queue, b), K, N), out, { aStride, outStride });
      const tight = Float32Array.from({ length: M * K }, (_, i) => a[Math.floor(i / K) * aStride + (i % K)] ?? NaN);
      const expected = product(tight, b, M, K, N);
      const wide = Float64Array.from({ length: M * outStride }, (_, i) => {
        return i % outStride < N ? (expected[Math.floor(i / outStride) * N + (i % outStride)] ?? NaN) : 42;
      });
      assertClose(download(queue, out, M * outStride), wide, 1e-5, `${M}×${K}×${N}`);
      endStep();
    });
  });

  test('of the sizes of a real batch', () => {
    for (const [M, K, N] of [
      [192, 200, 400],
      [64, 250, 200],
      [7, 50, 165],
      [400, 33, 97],
    ] as const) {
      const [a, b] = [randomValues(M * K, 1), randomValues(K * N, 2)];
      const out = queue.heap.temporary(M * N);
      multiply(queue, upload(queue, a), M, pack(queue, upload(queue, b), K, N), out);
      assertClose(download(queue, out, M * N), product(a, b, M, K, N), 3e-5, `${M}×${K}×${N}`);
      endStep();
    }
  });

  test('of the transpose, which leaves what lies beyond its rows alone', () => {
    for (const M of sizes) {
      for (const N of sizes) {
        const a = randomValues(M * N, 9);
        const turned = transpose(queue, upload(queue, a), M, N);
        const found = download(queue, turned.pointer, N * turned.stride);
        const tight = found.filter((_, i) => i % turned.stride < M);
        assert.deepEqual(tight, transposed(a, M, N), `${M}×${N}`);
        endStep();
      }
    }
  });
}

const operations = { sigmoid: 4, tanh: 5, exp: 8 };

function apply(queue: JobQueue, operation: number, values: Float32Array): Float32Array {
  const out = queue.heap.temporary(values.length);
  queue.push(kind.elementwise, operation, upload(queue, values), 0, out, values.length);
  const found = download(queue, out, values.length);
  simdBackend().endStep();
  return found;
}

function activationTests(): void {
  const grid = Float32Array.from({ length: 40001 }, (_, i) => (i - 20000) / 200);

  test('sigmoid is right to 2e-7 from −100 to 100', async (t) => {
    await startEngine();
    const expected = Float64Array.from(grid, (x) => 1 / (1 + Math.exp(-x)));
    const worst = assertClose(apply(simdBackend().queue, operations.sigmoid, grid), expected, 2e-7, 'sigmoid');
    t.diagnostic(`worst ${worst.toExponential(1)}`);
  });

  test('tanh is right to 3e-7 from −100 to 100', async (t) => {
    await startEngine();
    const expected = Float64Array.from(grid, Math.tanh);
    const worst = assertClose(apply(simdBackend().queue, operations.tanh, grid), expected, 3e-7, 'tanh');
    t.diagnostic(`worst ${worst.toExponential(1)}`);
  });

  test('exp is right to 3e-7 of its value from −86 to 86', async (t) => {
    await startEngine();
    const inside = grid.filter((x) => Math.abs(x) <= 86);
    const found = apply(simdBackend().queue, operations.exp, inside);
    const ratios = Float64Array.from(found, (value, i) => value / Math.exp(inside[i] ?? NaN));
    const worst = assertClose(ratios, new Float64Array(ratios.length).fill(1), 3e-7, 'exp');
    t.diagnostic(`worst ${worst.toExponential(1)}`);
  });

  test('a value that is not a number stays so: a diverged training is noticed', async () => {
    await startEngine();
    const values = Float32Array.from([NaN, 1, NaN, 0, NaN]);
    for (const operation of Object.values(operations)) {
      const found = apply(simdBackend().queue, operation, values);
      assert.deepEqual(Array.from(found, Number.isNaN), [true, false, true, false, true]);
    }
  });
}

export function productsSuite(): void {
  describe('a product', productTests);
  describe('activations', activationTests);
}
