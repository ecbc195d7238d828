/** Small shaders beside the LSTM's two: rows moved by an index table, planes added up, dropout drawn. */
import { tensor1d, type Tensor } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { DropoutMaskAttributes } from '../composed/dropout.ts';
import { elementwise, runShader } from './program.ts';
import { traceCode } from './lstm-shaders.ts';

/** The mask that composed/dropout.ts computes, bit for bit; uploading a large batch's would take longer than its LSTMs. */
export function dropoutMask(backend: WebGPUBackend, { rows, columns, dropout }: DropoutMaskAttributes): Tensor {
  const count = rows * columns;
  return runShader(backend, {
    key: 'dropout mask',
    code: `
fn main(index : i32) {
  if (index >= uniforms.count) { return; }
  var x = bitcast<u32>(uniforms.seed) + u32(index) * 0x9e3779b1u;
  x = (x ^ (x >> 16u)) * 0x85ebca6bu;
  x = (x ^ (x >> 13u)) * 0xc2b2ae35u;
  x ^= x >> 16u;
  result[index] = select(0.0, uniforms.scale, x >= bitcast<u32>(uniforms.threshold));
}`,
    inputs: {},
    uniforms: { count, seed: dropout.seed, threshold: Math.floor(dropout.rate * 2 ** 32) },
    fractions: { scale: 1 / (1 - dropout.rate) },
    outputShape: [rows, columns],
    ...elementwise(count),
  });
}

/** Sum over the first axis: planes [Q,R,C] to [R,C]. */
export function sumPlanes(backend: WebGPUBackend, planes: Tensor): Tensor {
  const [count = 0, rows = 0, columns = 0] = planes.shape;
  return runShader(backend, {
    key: 'sum of planes',
    code: `
fn main(index : i32) {
  if (index >= uniforms.count) { return; }
  var sum = 0.0;
  for (var plane = 0; plane < uniforms.planeCount; plane++) { sum += planes[plane * uniforms.count + index]; }
  result[index] = sum;
}`,
    inputs: { planes },
    uniforms: { planeCount: count, count: rows * columns },
    outputShape: [rows, columns],
    ...elementwise(rows * columns),
  });
}

/**
 * out[r, d·H + u] = table[index[d·R + r], d·H + u], and 0 where the index is −1: each direction's part of a row comes from
 * a row of its own. table [·, directions·H]; `index` has directions · R numbers.
 */
export function pickRows(backend: WebGPUBackend, table: Tensor, index: Int32Array, directions: number): Tensor {
  const rows = index.length / directions;
  const columns = table.shape[1] ?? 0;
  return runShader(backend, {
    key: 'pick rows',
    code: `
fn main(index : i32) {
  if (index >= uniforms.rows * uniforms.columns) { return; }
  let column = index % uniforms.columns;
  let source = rowIndex[(column / uniforms.hidden) * uniforms.rows + index / uniforms.columns];
  if (source < 0) { result[index] = 0.0; } else { result[index] = table[source * uniforms.columns + column]; }
}`,
    inputs: { table, rowIndex: tensor1d(index, 'int32') },
    uniforms: { rows, columns, hidden: columns / directions },
    outputShape: [rows, columns],
    ...elementwise(rows * columns),
  });
}

/** Columns of {@link statesBefore}: H and the 1, filled up to a multiple of 4, which tfjs's matrix product likes. */
export function stateColumns(hidden: number): number {
  return Math.ceil((hidden + 1) / 4) * 4;
}

/**
 * The hidden state that each row's gates read, [Q, N, stateColumns]: zero where a sentence begins. Column H is 1 and the
 * rest 0, so that one product with the gates' gradients gives the gradients of the recurrent weights and, in row H, of
 * the bias. `before` as sequence-layout's rowsBefore gives it.
 */
export function statesBefore(
  backend: WebGPUBackend,
  trace: Tensor,
  before: Int32Array,
  { planes, directions, hidden }: { planes: number; directions: number; hidden: number },
): Tensor {
  const rows = before.length / directions;
  const columns = stateColumns(hidden);
  return runShader(backend, {
    key: `states before H${hidden} D${directions}`,
    code: `
const H = ${hidden};
const DIRECTIONS = ${directions};
${traceCode()}
fn main(index : i32) {
  if (index >= uniforms.planes * uniforms.rows * ${columns}) { return; }
  let u = index % ${columns};
  let row = (index / ${columns}) % uniforms.rows;
  let q = index / (${columns} * uniforms.rows);
  let source = before[(q % DIRECTIONS) * uniforms.rows + row];
  var value = 0.0;
  if (u < H && source >= 0) { value = trace[hiddenAt(q, source) + u]; }
  if (u == H) { value = 1.0; }
  result[index] = value;
}`,
    inputs: { trace, before: tensor1d(before, 'int32') },
    uniforms: { planes, rows },
    outputShape: [planes, rows, columns],
    ...elementwise(planes * rows * columns),
  });
}
