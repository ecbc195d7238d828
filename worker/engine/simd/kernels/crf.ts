/**
 * Linear-chain CRF over packed, time-major rows: forward and backward sums. Scores stay logarithms; the sums over tags are products with
 * exp(transitions), and where such a sum underflows it is taken exactly, term by term.
 */
import { add, horizontal, load4, mul, put, real, splat, sub, word } from "./access";
import { exp4 } from "./activations";
import { gemm } from "./gemm";
import { log4 } from "./logarithm";

/** What the jobs of one CRF read and write; `simd/crf.ts` fills it. Every [·,K] matrix but `emissions` and `gradient` has rows of `stride` bytes. */
@unmanaged export class CrfFrame {
  K: u32;
  stride: usize;
  /** [N,K] as given, and with the cost added and impossible scores beyond K. */
  emissions: usize;
  scores: usize;
  /** [K+2,K]: from each tag, from the start, to the end; impossible where not permitted. */
  transitions: usize;
  /** exp(transitions − shift) in panels, and the transpose. */
  packed: usize;
  packedTransposed: usize;
  exponents: usize;
  shift: usize;
  steps: usize;
  longest: u32;
  /** Gold tags [N], 0 in tagging. */
  tags: usize;
  /** Added to the score of every tag that is not gold. */
  cost: f32;
  /** 1 / sentences. */
  inverse: f32;
  /** [N,K]: log forward sums, the largest of a row 0. */
  alpha: usize;
  /** [N,K]: exp(alpha) of the token before, 0 for a first token; and its product with exp(transitions). */
  weights: usize;
  sums: usize;
  /** [B] 64-bit: logarithms taken out of a sentence's rows, less the gold path's score. */
  totals: usize;
  /** [B]: a sentence's part of the mean loss. */
  losses: usize;
  /** [B,K]: log backward sums; scores + backward sums of the next token; their exponentials. */
  beta: usize;
  following: usize;
  later: usize;
  /** [N,K]: probability of each tag. */
  marginals: usize;
  /** [N,K]: marginals / sums, 0 where the sum underflowed; [N]: has the row such a place that matters? 0 in tagging. */
  ratios: usize;
  flags: usize;
  /** dL/demissions [N,K]; and the gradient of the mean loss. */
  gradient: usize;
  dy: usize;
}

/** The score of what is not permitted; anything below `possible` is. */
export const impossible: f32 = -1e30;
export const possible: f32 = -1e29;
/** A sum of products below this may have lost terms to underflow. */
export const leastSum: f32 = 1e-30;
/** Probabilities below this do not matter to a gradient. */
export const leastProbability: f32 = 1e-9;

@inline export function highestLane(x: v128): f32 {
  return max(max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)), max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)));
}
/** exp, and exactly 0 where it would underflow. */
@inline function weight4(x: v128): v128 { return v128.and(exp4(x), f32x4.gt(x, splat(-87))); }

/** out = a + b; the highest. */
@inline export function sumRow(a: usize, b: usize, out: usize, stride: usize): f32 {
  let highest = splat(-Infinity);
  for (let o: usize = 0; o < stride; o += 16) {
    const x = add(load4(a + o), load4(b + o));
    v128.store(out + o, x);
    highest = f32x4.pmax(highest, x);
  }
  return highestLane(highest);
}
/** out = exp(a − top); the sum. */
@inline function exponentialRow(a: usize, top: f32, out: usize, stride: usize): f32 {
  const t = splat(top);
  let sum = splat(0);
  for (let o: usize = 0; o < stride; o += 16) {
    const x = weight4(sub(load4(a + o), t));
    v128.store(out + o, x);
    sum = add(sum, x);
  }
  return horizontal(sum);
}
@inline export function lower(q: usize, top: f32, stride: usize): void {
  const t = splat(top);
  for (let o: usize = 0; o < stride; o += 16) v128.store(q + o, sub(load4(q + o), t));
}
/** log Σ_k exp(a[k·aStep] + b[k·bStep]) over what is possible, term by term. */
export function exactSum(a: usize, aStep: usize, b: usize, bStep: usize, K: u32): f32 {
  let top = impossible;
  for (let k: usize = 0; k < K; k++) top = max(top, load<f32>(a + k * aStep) + load<f32>(b + k * bStep));
  if (top < possible) return impossible;
  let sum: f32 = 0;
  for (let k: usize = 0; k < K; k++) sum += Mathf.exp(load<f32>(a + k * aStep) + load<f32>(b + k * bStep) - top);
  return top + Mathf.log(sum);
}
/** Job: frame, transitions[K+2,K], permitted[K+2,K] (0 or 1). Fills transitions, their exponentials [padded K, padded K] and the shift. */
export function crfExponentsJob(j: usize): void {
  const f = changetype<CrfFrame>(<usize>word(j, 1)), K = f.K, stride = f.stride;
  let given: usize = word(j, 2), permitted: usize = word(j, 3), shift = impossible;
  for (let i: u32 = 0; i < K + 2; i++) {
    const q = f.transitions + <usize>i * stride;
    for (let k: u32 = 0; k < <u32>(stride >> 2); k++) {
      const score = k < K && word(permitted, k) ? real(given, k) : impossible;
      put(q, k, score);
      if (i < K) shift = max(shift, score);
    }
    given += <usize>K << 2; permitted += <usize>K << 2;
  }
  if (shift < possible) shift = 0;
  for (let i: u32 = 0; i < <u32>(stride >> 2); i++) {
    const out = f.exponents + <usize>i * stride;
    if (i < K) exponentialRow(f.transitions + <usize>i * stride, shift, out, stride);
    else memory.fill(out, 0, stride);
  }
  store<f32>(f.shift, shift);
}
/** A row of scores from its emissions. */
@inline function scoreRow(f: CrfFrame, row: usize): void {
  const q = f.scores + row * f.stride, K = f.K;
  memory.copy(q, f.emissions + row * (<usize>K << 2), <usize>K << 2);
  for (let k = K; k < <u32>(f.stride >> 2); k++) put(q, k, impossible);
  if (f.cost == 0) return;
  const gold = word(f.tags, <u32>row);
  for (let k: u32 = 0; k < K; k++) if (k != gold) put(q, k, real(q, k) + f.cost);
}
/** out = log(sums) (+ e), possibly in place; sums that underflowed are taken from log weights a and transitions b, b of place k at b + k·bStep, `step` apart inside. */
@inline function logRow(sums: usize, e: usize, out: usize, stride: usize, K: u32, a: usize, b: usize, bStep: usize, step: usize, shift: f32): f32 {
  const least = splat(leastSum);
  let highest = splat(-Infinity);
  for (let o: usize = 0; o < stride; o += 16) {
    const s = load4(sums + o), isLow = f32x4.lt(s, least);
    let x = log4(f32x4.max(s, least));
    if (v128.any_true(isLow)) {
      v128.store(out + o, v128.bitselect(splat(impossible), x, isLow));
      const low = i32x4.bitmask(isLow);
      for (let k = <u32>(o >> 2), end = min(k + 4, K); k < end; k++) {
        if (!(low >> (k & 3) & 1)) continue;
        const exact = exactSum(a, 4, b + <usize>k * bStep, step, K);
        put(out, k, exact < possible ? impossible : exact - shift);
      }
      x = load4(out + o);
    }
    if (e) x = add(x, load4(e + o));
    v128.store(out + o, x);
    highest = f32x4.pmax(highest, x);
  }
  return highestLane(highest);
}
/** Job: frame, first sentence, end sentence. Forward sums and, with gold tags, each sentence's loss. */
export function crfForwardJob(j: usize): void {
  const f = changetype<CrfFrame>(<usize>word(j, 1)), from = word(j, 2), to = word(j, 3);
  const K = f.K, stride = f.stride, steps = f.steps, tags = f.tags, shift = load<f32>(f.shift);
  const start = f.transitions + <usize>K * stride, finish = start + stride;
  let offset: u32 = 0, before: u32 = 0;
  for (let t: u32 = 0; t < f.longest; t++) {
    const n = word(steps, t), end = min(to, n), continuing = t + 1 < f.longest ? word(steps, t + 1) : 0;
    if (end <= from) break;
    const w = f.weights + <usize>(offset + from) * stride, s = f.sums + <usize>(offset + from) * stride;
    if (t) {
      for (let r: u32 = 0; r < end - from; r++) exponentialRow(f.alpha + <usize>(before + from + r) * stride, 0, w + <usize>r * stride, stride);
      gemm(w, stride, f.packed, K, s, stride, 0, 0, end - from, <u32>(stride >> 2));
    } else memory.fill(w, 0, <usize>(end - from) * stride);
    for (let r = from; r < end; r++) {
      const row = <usize>(offset + r), e = f.scores + row * stride, a = f.alpha + row * stride;
      scoreRow(f, row);
      let top: f32;
      if (t) top = logRow(f.sums + row * stride, e, a, stride, K, f.alpha + <usize>(before + r) * stride, f.transitions, 4, stride, shift);
      else top = sumRow(start, e, a, stride);
      lower(a, top, stride);
      const total = f.totals + (<usize>r << 3);
      let taken: f64 = t ? load<f64>(total) + <f64>shift : 0;
      taken += <f64>top;
      if (tags) {
        const gold = word(tags, <u32>row), previous = t ? f.transitions + <usize>word(tags, before + r) * stride : start;
        taken -= <f64>real(e, gold) + <f64>real(previous, gold);
        if (r >= continuing) put(f.losses, r, <f32>((taken + <f64>exactSum(a, 4, finish, 4, K) - <f64>real(finish, gold)) * <f64>f.inverse));
      }
      store<f64>(total, taken);
    }
    before = offset;
    offset += n;
  }
}
/** Marginals of a row, and with a gradient wanted dL/demissions and the ratios that the transitions' gradient is made of. */
@inline function marginalRow(f: CrfFrame, row: usize, beta: usize, isFirst: bool): void {
  const stride = f.stride, p = f.marginals + row * stride, K = f.K;
  const top = sumRow(f.alpha + row * stride, beta, p, stride), inverse = splat(1 / exponentialRow(p, top, p, stride));
  for (let o: usize = 0; o < stride; o += 16) v128.store(p + o, mul(load4(p + o), inverse));
  if (!f.ratios) return;
  const d = f.ratios + row * stride, s = f.sums + row * stride;
  let isFlagged = false;
  if (isFirst) memory.fill(d, 0, stride);
  else for (let o: usize = 0; o < stride; o += 16) {
    const x = load4(p + o), sum = load4(s + o), isLow = f32x4.lt(sum, splat(leastSum));
    v128.store(d + o, v128.andnot(f32x4.div(x, f32x4.max(sum, splat(leastSum))), isLow));
    if (v128.any_true(v128.and(isLow, f32x4.gt(x, splat(leastProbability))))) isFlagged = true;
  }
  store<u32>(f.flags + (row << 2), isFlagged ? 1 : 0);
  const q = f.gradient + row * (<usize>K << 2), scale = load<f32>(f.dy) * f.inverse, scale4 = splat(scale), gold = word(f.tags, <u32>row);
  let k: u32 = 0;
  for (; k + 4 <= K; k += 4) v128.store(q + (<usize>k << 2), mul(load4(p + (<usize>k << 2)), scale4));
  for (; k < K; k++) put(q, k, real(p, k) * scale);
  put(q, gold, (real(p, gold) - 1) * scale);
}
/** Job: frame, first sentence, end sentence, N. Backward sums, marginals and what the gradients need; after the forward job. */
export function crfBackwardJob(j: usize): void {
  const f = changetype<CrfFrame>(<usize>word(j, 1)), from = word(j, 2), to = word(j, 3);
  const K = f.K, stride = f.stride, finish = f.transitions + <usize>(K + 1) * stride;
  let offset = word(j, 4), after = offset;
  for (let t = f.longest; t-- > 0; after = offset) {
    const n = word(f.steps, t), end = min(to, n);
    offset -= n;
    if (end <= from) continue;
    const carried = max(from, t + 1 < f.longest ? min(end, word(f.steps, t + 1)) : from); // rows [from, carried) have a next token
    for (let r = from; r < carried; r++) {
      const q = <usize>r * stride, top = sumRow(f.scores + <usize>(after + r) * stride, f.beta + q, f.following + q, stride);
      lower(f.following + q, top, stride);
      exponentialRow(f.following + q, 0, f.later + q, stride);
    }
    const first = <usize>from * stride;
    gemm(f.later + first, stride, f.packedTransposed, K, f.beta + first, stride, 0, 0, carried - from, <u32>(stride >> 2));
    for (let r = from; r < end; r++) {
      const q = <usize>r * stride, beta = f.beta + q;
      if (r < carried) lower(beta, logRow(beta, 0, beta, stride, K, f.following + q, f.transitions, stride, 4, load<f32>(f.shift)), stride);
      else memory.copy(beta, finish, stride);
      marginalRow(f, <usize>(offset + r), beta, t == 0);
    }
  }
}
