/** What a CRF needs beside its sums: the gradient of its transitions, and the best path. */
import { add, put, real, splat, word } from "./access";
import { CrfFrame, exactSum, leastProbability, leastSum, lower, possible, sumRow } from "./crf";

/** out[i,j] += scale · P(i, j) for the places of a row whose sums underflowed. */
function addExact(f: CrfFrame, row: usize, before: usize, out: usize, scale: f32): void {
  const K = f.K, stride = f.stride, a = f.alpha + before * stride;
  for (let k: u32 = 0; k < K; k++) {
    const p = real(f.marginals + row * stride, k);
    if (p <= leastProbability || real(f.sums + row * stride, k) >= leastSum) continue;
    const column = f.transitions + (<usize>k << 2), total = exactSum(a, 4, column, stride, K);
    for (let i: u32 = 0; i < K; i++) {
      const score = real(a, i) + load<f32>(column + <usize>i * stride), at = i * K + k;
      if (score > possible) put(out, at, real(out, at) + scale * p * Mathf.exp(score - total));
    }
  }
}
@inline function addRow(out: usize, row: usize, K: u32): void {
  for (let k: u32 = 0; k < K; k++) put(out, k, real(out, k) + real(row, k));
}
/**
 * Job: frame, weightsᵀ·ratios [K, padded K], out [K+2,K]. Expected less gold counts of each transition; after the backward jobs, alone,
 * so that the order of summing is always the same.
 */
export function crfTransitionsJob(j: usize): void {
  const f = changetype<CrfFrame>(<usize>word(j, 1)), product: usize = word(j, 2), out: usize = word(j, 3);
  const K = f.K, stride = f.stride, scale = load<f32>(f.dy) * f.inverse, bytes = <usize>K << 2;
  for (let i: u32 = 0; i < K; i++) {
    const e = f.exponents + <usize>i * stride, m = product + <usize>i * stride, o = out + <usize>i * bytes;
    for (let k: u32 = 0; k < K; k++) put(o, k, scale * real(e, k) * real(m, k));
  }
  const start = out + <usize>K * bytes, finish = start + bytes;
  memory.fill(start, 0, 2 * bytes);
  let offset: u32 = 0, before: u32 = 0;
  for (let t: u32 = 0; t < f.longest; t++) {
    const n = word(f.steps, t), continuing = t + 1 < f.longest ? word(f.steps, t + 1) : 0;
    for (let r: u32 = 0; r < n; r++) {
      const row = <usize>(offset + r);
      if (t) {
        const at = word(f.tags, before + r) * K + word(f.tags, offset + r);
        put(out, at, real(out, at) - scale);
        if (word(f.flags, offset + r)) addExact(f, row, <usize>(before + r), out, scale);
      } else addRow(start, f.gradient + row * bytes, K);
      if (r >= continuing) addRow(finish, f.gradient + row * bytes, K);
    }
    before = offset;
    offset += n;
  }
}
/** out[k] = max_i a[i] + transitions[i,k]. */
@inline function bestRow(a: usize, transitions: usize, out: usize, stride: usize, K: u32): void {
  for (let o: usize = 0; o < stride; o += 64) {
    let x0 = splat(-Infinity), x1 = x0, x2 = x0, x3 = x0, t = transitions + o;
    for (let i: u32 = 0; i < K; i++) {
      const score = splat(real(a, i));
      x0 = f32x4.pmax(x0, add(score, v128.load(t)));
      x1 = f32x4.pmax(x1, add(score, v128.load(t, 16)));
      x2 = f32x4.pmax(x2, add(score, v128.load(t, 32)));
      x3 = f32x4.pmax(x3, add(score, v128.load(t, 48)));
      t += stride;
    }
    v128.store(out + o, x0); v128.store(out + o, x1, 16); v128.store(out + o, x2, 32); v128.store(out + o, x3, 48);
  }
}
/** The first k with the highest a[k] + b[k·step]. */
@inline function bestPlace(a: usize, b: usize, step: usize, K: u32): u32 {
  let best: u32 = 0, highest: f32 = -Infinity;
  for (let k: u32 = 0; k < K; k++) {
    const score = real(a, k) + load<f32>(b + <usize>k * step);
    if (score > highest) { highest = score; best = k; }
  }
  return best;
}
/** Job: frame, best scores out [N,K], tags out [N], probabilities out [N], first sentence, end sentence. After the backward jobs. */
export function crfBestPathJob(j: usize): void {
  const f = changetype<CrfFrame>(<usize>word(j, 1)), V: usize = word(j, 2), tags: usize = word(j, 3), probabilities: usize = word(j, 4);
  const from = word(j, 5), to = word(j, 6), K = f.K, stride = f.stride;
  const start = f.transitions + <usize>K * stride, finish = start + stride;
  let offset: u32 = 0, before: u32 = 0;
  for (let t: u32 = 0; t < f.longest; t++) {
    const n = word(f.steps, t), end = min(to, n), continuing = t + 1 < f.longest ? word(f.steps, t + 1) : 0;
    if (end <= from) break;
    for (let r = from; r < end; r++) {
      const row = <usize>(offset + r), v = V + row * stride;
      if (t) bestRow(V + <usize>(before + r) * stride, f.transitions, v, stride, K);
      else memory.copy(v, start, stride);
      lower(v, sumRow(v, f.scores + row * stride, v, stride), stride);
      if (r >= continuing) {
        let tag = bestPlace(v, finish, 4, K), at = offset;
        for (let s = t; ; ) {
          const place = at + r;
          store<u32>(tags + (<usize>place << 2), tag);
          put(probabilities, place, real(f.marginals + <usize>place * stride, tag));
          if (s == 0) break;
          s--;
          at -= word(f.steps, s);
          tag = bestPlace(V + <usize>(at + r) * stride, f.transitions + (<usize>tag << 2), stride, K);
        }
      }
    }
    before = offset;
    offset += n;
  }
}
