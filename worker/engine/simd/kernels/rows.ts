/** Row movement, dropout masks, column sums and plain element-wise arithmetic. */
import { add, fma, horizontal, load4, mul, put, real, splat, sub, word } from "./access";
import { exp4, sigmoidRow, tanhRow } from "./activations";

/** Job: source, stride, index (0: identity), rows, columns, out, outStride, mask (0: none), maskStride. out[r] = source[index[r]] ∘ mask[r]. */
export function gatherJob(j: usize): void {
  const source: usize = word(j, 1), stride: usize = word(j, 2), index: usize = word(j, 3), rows = word(j, 4), columns = word(j, 5);
  const out: usize = word(j, 6), outStride: usize = word(j, 7), mask: usize = word(j, 8), maskStride: usize = word(j, 9);
  for (let r: u32 = 0; r < rows; r++) {
    const a = source + <usize>(index ? word(index, r) : r) * stride, o = out + <usize>r * outStride;
    if (!mask) { memory.copy(o, a, <usize>columns << 2); continue; }
    const m = mask + <usize>r * maskStride;
    let k: u32 = 0;
    for (; k + 4 <= columns; k += 4) v128.store(o + (<usize>k << 2), mul(load4(a + (<usize>k << 2)), load4(m + (<usize>k << 2))));
    for (; k < columns; k++) put(o, k, real(a, k) * real(m, k));
  }
}
/** Job: as gather, but out[index[r]] += source[r] ∘ mask[r]. */
export function scatterJob(j: usize): void {
  const source: usize = word(j, 1), stride: usize = word(j, 2), index: usize = word(j, 3), rows = word(j, 4), columns = word(j, 5);
  const out: usize = word(j, 6), outStride: usize = word(j, 7), mask: usize = word(j, 8), maskStride: usize = word(j, 9);
  for (let r: u32 = 0; r < rows; r++) {
    const a = source + <usize>r * stride, o = out + <usize>(index ? word(index, r) : r) * outStride, m = mask + <usize>r * maskStride;
    let k: u32 = 0;
    if (mask) {
      for (; k + 4 <= columns; k += 4) v128.store(o + (<usize>k << 2), fma(load4(a + (<usize>k << 2)), load4(m + (<usize>k << 2)), load4(o + (<usize>k << 2))));
      for (; k < columns; k++) put(o, k, real(o, k) + real(a, k) * real(m, k));
    } else {
      for (; k + 4 <= columns; k += 4) v128.store(o + (<usize>k << 2), add(load4(a + (<usize>k << 2)), load4(o + (<usize>k << 2))));
      for (; k < columns; k++) put(o, k, real(o, k) + real(a, k));
    }
  }
}
/** Job: out, bytes. */
export function zeroJob(j: usize): void { memory.fill(word(j, 1), 0, word(j, 2)); }
/** Job: source, segment length, out, segment length, segments. Copies the shorter length of each segment, zeroes what remains. */
export function resegmentJob(j: usize): void {
  let source: usize = word(j, 1), out: usize = word(j, 3);
  const from = <usize>word(j, 2) << 2, to = <usize>word(j, 4) << 2, segments = word(j, 5), both = min(from, to);
  for (let s: u32 = 0; s < segments; s++) {
    memory.copy(out, source, both);
    if (to > both) memory.fill(out + both, 0, to - both);
    source += from; out += to;
  }
}
/** Job: source, stride, M, N, out. out[n] = Σ_m source[m,n]. */
export function columnSumJob(j: usize): void {
  const source: usize = word(j, 1), stride: usize = word(j, 2), M = word(j, 3), N = word(j, 4), out: usize = word(j, 5);
  let n: u32 = 0;
  // A cache line at a time.
  for (; n + 16 <= N; n += 16) {
    let a = splat(0), b = splat(0), c = splat(0), d = splat(0), p = source + (<usize>n << 2);
    for (let m: u32 = 0; m < M; m++) {
      a = add(a, load4(p)); b = add(b, v128.load(p, 16)); c = add(c, v128.load(p, 32)); d = add(d, v128.load(p, 48));
      p += stride;
    }
    const o = out + (<usize>n << 2);
    v128.store(o, a); v128.store(o, b, 16); v128.store(o, c, 32); v128.store(o, d, 48);
  }
  for (; n + 4 <= N; n += 4) {
    let sum = splat(0), p = source + (<usize>n << 2);
    for (let m: u32 = 0; m < M; m++) { sum = add(sum, load4(p)); p += stride; }
    v128.store(out + (<usize>n << 2), sum);
  }
  for (; n < N; n++) {
    let sum: f32 = 0, p = source;
    for (let m: u32 = 0; m < M; m++) { sum += real(p, n); p += stride; }
    put(out, n, sum);
  }
}
/** Job: out, n, seed, threshold, scale bits, first counter. Inverted dropout: scale where a 32-bit draw is ≥ threshold, else 0. Counter-based: number i depends on (seed, first counter + i) alone. */
export function dropoutMaskJob(j: usize): void {
  const out: usize = word(j, 1), n = word(j, 2), scale = splat(reinterpret<f32>(word(j, 5)));
  const seed = i32x4.splat(word(j, 3)), threshold = i32x4.splat(word(j, 4) ^ 0x80000000), flip = i32x4.splat(0x80000000);
  let counter = i32x4.add(i32x4(0, 1, 2, 3), i32x4.splat(word(j, 6)));
  for (let i: u32 = 0; i < n; i += 4) {
    // murmur3's finaliser over seed + counter · golden ratio
    let x = i32x4.add(seed, i32x4.mul(counter, i32x4.splat(0x9E3779B1)));
    x = v128.xor(x, i32x4.shr_u(x, 16)); x = i32x4.mul(x, i32x4.splat(0x85EBCA6B));
    x = v128.xor(x, i32x4.shr_u(x, 13)); x = i32x4.mul(x, i32x4.splat(0xC2B2AE35));
    x = v128.xor(x, i32x4.shr_u(x, 16));
    v128.store(out + (<usize>i << 2), v128.and(i32x4.ge_s(v128.xor(x, flip), threshold), scale));
    counter = i32x4.add(counter, i32x4.splat(4));
  }
}
/** Job: operation, a, b (0: unary), out, n, a is scalar, b is scalar. Works past n up to a multiple of 4: buffers have slack. */
export function elementwiseJob(j: usize): void {
  const operation = word(j, 1), a: usize = word(j, 2), b: usize = word(j, 3), out: usize = word(j, 4), bytes = <usize>word(j, 5) << 2;
  const scalarA = word(j, 6) != 0, scalarB = word(j, 7) != 0;
  const va = scalarA ? splat(load<f32>(a)) : splat(0), vb = scalarB ? splat(load<f32>(b)) : splat(0);
  if (operation == 4) { sigmoidRow(a, out, (bytes + 15) & ~15); return; }
  if (operation == 5) { tanhRow(a, out, (bytes + 15) & ~15); return; }
  for (let i: usize = 0; i < bytes; i += 16) {
    const x = scalarA ? va : load4(a + i), y = scalarB ? vb : b ? load4(b + i) : x;
    let r: v128;
    switch (operation) {
      case 0: r = add(x, y); break;
      case 1: r = sub(x, y); break;
      case 2: r = mul(x, y); break;
      case 3: r = f32x4.div(x, y); break;
      case 6: r = f32x4.neg(x); break;
      case 7: r = mul(x, x); break;
      case 8: r = exp4(x); break;
      case 9: r = f32x4.sqrt(x); break;
      default: r = x;
    }
    v128.store(out + i, r);
  }
}
/** Job: source, n, out. Sum of all. */
export function sumJob(j: usize): void {
  const source: usize = word(j, 1), n = word(j, 2);
  let sum = splat(0), i: u32 = 0, tail: f32 = 0;
  for (; i + 4 <= n; i += 4) sum = add(sum, load4(source + (<usize>i << 2)));
  for (; i < n; i++) tail += real(source, i);
  put(word(j, 3), 0, horizontal(sum) + tail);
}
