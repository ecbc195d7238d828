/** A short-lived process that tries one way of running the kernels: are the results right, and how fast is it? Prints JSON. */
import v8 from 'node:v8';
import { JobQueue, kind } from './jobs.ts';
import { isKernelMode, kernelModes, revectorizeFlag, type KernelMode, type ProbeResult } from './kernel-modes.ts';
import { multiply, pack } from './matrix.ts';

/** Largest difference from double precision that still counts as right. */
const tolerance = 1e-4;
const measureMs = 120;

function values(count: number, scale: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 4294967296 - 0.5) * scale;
  });
}

/** Worst deviation of a product of odd sizes and of the activations. */
function worstDeviation(queue: JobQueue): number {
  const [M, K, N] = [23, 37, 45];
  const [a, b] = [values(M * K, 1), values(K * N, 1)];
  const { heap } = queue;
  const [pa, pb, pc] = [heap.temporary(M * K), heap.temporary(K * N), heap.temporary(M * N)];
  heap.f32.set(a, pa >> 2);
  heap.f32.set(b, pb >> 2);
  multiply(queue, pa, M, pack(queue, pb, K, N), pc);
  const x = values(1000, 40);
  const [px, sigmoid, tanh] = [heap.temporary(1000), heap.temporary(1000), heap.temporary(1000)];
  heap.f32.set(x, px >> 2);
  queue.push(kind.elementwise, 4, px, 0, sigmoid, 1000);
  queue.push(kind.elementwise, 5, px, 0, tanh, 1000);
  queue.flush();
  let worst = 0;
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += (a[m * K + k] ?? 0) * (b[k * N + n] ?? 0);
      worst = Math.max(worst, Math.abs(sum - (heap.f32[(pc >> 2) + m * N + n] ?? NaN)));
    }
  }
  for (const [i, value] of x.entries()) {
    worst = Math.max(worst, Math.abs(1 / (1 + Math.exp(-value)) - (heap.f32[(sigmoid >> 2) + i] ?? NaN)));
    worst = Math.max(worst, Math.abs(Math.tanh(value) - (heap.f32[(tanh >> 2) + i] ?? NaN)));
  }
  heap.endStep();
  return worst;
}

/** Billions of floating-point operations a second in a product of a batch's size. */
function speed(queue: JobQueue): number {
  const [M, K, N] = [192, 200, 400];
  const { heap } = queue;
  const [a, b, c] = [heap.temporary(M * K), heap.temporary(K * N), heap.temporary(M * N)];
  const packed = pack(queue, b, K, N);
  let runs = 0;
  let best = 0;
  const end = performance.now() + measureMs;
  while (performance.now() < end) {
    const started = performance.now();
    for (let i = 0; i < 8; i++) multiply(queue, a, M, packed, c);
    queue.flush();
    runs++;
    // The first runs are interpreted; the best of the rest is what a quiet moment gives.
    if (runs > 4) best = Math.max(best, (2 * M * K * N * 8) / (performance.now() - started) / 1e6);
  }
  return best;
}

function probe(mode: KernelMode): ProbeResult {
  if (kernelModes[mode].revectorize) v8.setFlagsFromString(revectorizeFlag);
  const queue = new JobQueue(kernelModes[mode]);
  const deviation = worstDeviation(queue);
  return { mode, isRight: deviation < tolerance, gigaflops: speed(queue) };
}

const [wanted = ''] = process.argv.slice(2);
if (isKernelMode(wanted)) process.stdout.write(JSON.stringify(probe(wanted)));
