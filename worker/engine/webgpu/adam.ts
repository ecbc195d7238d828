/** The optimiser step on the GPU: weights and moments change in place, nothing is read back. */
import { reshape, slice, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { AdamAttributes, AdamSettings, DenseUpdate } from '../ops/adam.ts';
import { changeInPlace, elementwise, runShader, type ComputeShader } from './program.ts';

/** A weight, its moments, and where its gradient comes from. */
interface Update {
  readonly value: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
  readonly step: number;
  /** Numbers to update. */
  readonly count: number;
  readonly gradient: Gradient;
}

/** A gradient as shaders read it, together with what they must know of it. */
interface Gradient {
  readonly key: string;
  /** Defines `gradientAt(index)`, and `placeOf(index)` in the weight. */
  readonly code: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly uniforms: Readonly<Record<string, number>>;
  readonly fractions: Readonly<Record<string, number>>;
}

/** See ops/adam.ts. */
export function adamUpdate(backend: WebGPUBackend, { dense, rows, settings }: AdamAttributes): Tensor[] {
  return tidy(() => {
    const totals = totalsOf(backend, dense, settings);
    const unclipped = tensor1d([0, 0, 1]);
    const updates = [
      ...dense.map((update) => ({ ...denseUpdate(update, settings), totals })),
      ...rows.map((update) => ({
        value: update.table,
        first: update.first,
        second: update.second,
        step: update.step,
        count: update.gradient.size,
        gradient: rowGradient(update.gradient, update.rows),
        totals: unclipped,
      })),
    ];
    // All moments before any weight: a soft pair's gradients read both halves as they were.
    for (const update of updates) changeMoments(backend, update, update.totals, settings);
    for (const update of updates) changeWeight(backend, update, settings);
    return [0, 1].map((place) => reshape(slice(totals, [place], [1]), []));
  });
}

function denseUpdate(update: DenseUpdate, { shareWeight }: AdamSettings): Update {
  const { value, first, second, step } = update;
  return { value, first, second, step, count: value.size, gradient: wholeGradient(update, shareWeight) };
}

/** With the gradient of λ‖value − twin‖². */
function wholeGradient({ value, gradient, twin }: DenseUpdate, shareWeight: number): Gradient {
  const own = gradient ? 'gradient[index]' : '0.0';
  const pull = twin ? 'uniforms.pull * distanceAt(index)' : '0.0';
  return {
    key: `${gradient ? 'own' : 'no'} gradient ${twin ? 'and twin' : ''}`,
    code: `
fn distanceAt(index : i32) -> f32 { return ${twin ? 'value[index] - twin[index]' : '0.0'}; }
fn gradientAt(index : i32) -> f32 { return ${own} + ${pull}; }
fn placeOf(index : i32) -> i32 { return index; }`,
    inputs: { ...(gradient && { gradient }), ...(twin && { value, twin }) },
    uniforms: {},
    fractions: { pull: 2 * shareWeight },
  };
}

/** Of the named rows of a table. */
function rowGradient(gradient: Tensor, rows: Int32Array): Gradient {
  return {
    key: 'rows',
    code: `
fn gradientAt(index : i32) -> f32 { return gradient[index]; }
fn placeOf(index : i32) -> i32 { return rowIndex[index / uniforms.columns] * uniforms.columns + index % uniforms.columns; }`,
    inputs: { gradient, rowIndex: tensor1d(rows, 'int32') },
    uniforms: { columns: gradient.shape[1] ?? 1 },
    fractions: {},
  };
}

const summingThreads = 256;

/** [global norm before clipping, L_share, factor that clips]. */
function totalsOf(backend: WebGPUBackend, dense: readonly DenseUpdate[], settings: AdamSettings): Tensor {
  const slots = tensor1d(new Float32Array(2 * Math.max(1, dense.length)));
  for (const [slot, update] of dense.entries()) {
    const gradient = wholeGradient(update, settings.shareWeight);
    changeInPlace(backend, slots, {
      ...gradient,
      key: `squares, ${gradient.key}`,
      code: `${gradient.code}${squaresCode}`,
      uniforms: { slot, slots: dense.length, count: update.value.size },
      workgroupThreads: summingThreads,
      workgroups: [1, 1],
    });
  }
  return runShader(backend, {
    key: 'totals',
    code: `
fn main(index : i32) {
  if (index > 0) { return; }
  var squares = 0.0;
  var distances = 0.0;
  for (var slot = 0; slot < uniforms.slots; slot++) {
    squares += slots[slot];
    distances += slots[uniforms.slots + slot];
  }
  let norm = sqrt(squares);
  result[0] = norm;
  // Each pair is seen from both its sides.
  result[1] = 0.5 * distances;
  result[2] = min(1.0, uniforms.clipNorm / (norm + 1e-6));
}`,
    inputs: { slots },
    uniforms: { slots: dense.length },
    fractions: { clipNorm: settings.clipNorm },
    outputShape: [3],
    ...elementwise(1),
  });
}

/** One workgroup adds up one weight. */
const squaresCode = `
var<workgroup> partial : array<vec2<f32>, ${summingThreads}>;
fn main(index : i32) {
  let me = i32(localIndex);
  var sum = vec2<f32>(0.0);
  for (var i = me; i < uniforms.count; i += ${summingThreads}) {
    let both = vec2<f32>(gradientAt(i), distanceAt(i));
    sum += both * both;
  }
  partial[me] = sum;
  workgroupBarrier();
  for (var half = ${summingThreads / 2}; half > 0; half /= 2) {
    if (me < half) { partial[me] += partial[me + half]; }
    workgroupBarrier();
  }
  if (me == 0) {
    result[uniforms.slot] = partial[0].x;
    result[uniforms.slots + uniforms.slot] = partial[0].y;
  }
}`;

/** Both moments (Kingma and Ba 2014, Algorithm 1), from the clipped gradient. */
function changeMoments(backend: WebGPUBackend, update: Update, totals: Tensor, settings: AdamSettings): void {
  const { gradient, count } = update;
  const moments = [
    { name: 'first', target: update.first, decay: settings.beta1, term: 'g' },
    { name: 'second', target: update.second, decay: settings.beta2, term: 'g * g' },
  ];
  for (const { name, target, decay, term } of moments) {
    changeInPlace(backend, target, {
      key: `${name} moment, ${gradient.key}`,
      code: `${gradient.code}
fn main(index : i32) {
  if (index >= uniforms.count) { return; }
  let g = totals[2] * gradientAt(index);
  let place = placeOf(index);
  result[place] = uniforms.decay * result[place] + uniforms.gain * (${term});
}`,
      inputs: { ...gradient.inputs, totals },
      uniforms: { ...gradient.uniforms, count },
      fractions: { ...gradient.fractions, decay, gain: 1 - decay },
      ...elementwise(count),
    });
  }
}

function changeWeight(backend: WebGPUBackend, update: Update, settings: AdamSettings): void {
  const { gradient, first, second, count, step } = update;
  const { learningRate, beta1, beta2, epsilon } = settings;
  const rowIndex = gradient.inputs['rowIndex'];
  const shader: Omit<ComputeShader, 'outputShape'> = {
    key: `weight, ${rowIndex ? 'rows' : 'dense'}`,
    code: `
fn placeOf(index : i32) -> i32 {
  return ${rowIndex ? 'rowIndex[index / uniforms.columns] * uniforms.columns + index % uniforms.columns' : 'index'};
}
fn main(index : i32) {
  if (index >= uniforms.count) { return; }
  let place = placeOf(index);
  result[place] -= uniforms.rate * first[place] / (sqrt(second[place] / uniforms.secondBias) + uniforms.epsilon);
}`,
    inputs: { first, second, ...(rowIndex && { rowIndex }) },
    uniforms: { ...gradient.uniforms, count },
    fractions: { rate: learningRate / (1 - beta1 ** step), secondBias: 1 - beta2 ** step, epsilon },
    ...elementwise(count),
  };
  changeInPlace(backend, update.value, shader);
}
