/**
 * LSTM over packed, time-major rows: at step t the first steps[t] rows (longest sentences first) are active, and only they
 * are stored. Gates in the order i, f, g, o; H padded to a multiple of 4 (padded units stay exactly 0).
 */
import { add, fma, load4, mul, splat, sub, word } from "./access";
import { sigmoidRow, tanhRow } from "./activations";
import { gemm } from "./gemm";

/**
 * One row's cell: gate activations in place at q (w bytes a gate), new cell, its tanh, and hidden state. Gates i and f lie
 * side by side, so one pass serves both.
 */
@inline export function cellRow(q: usize, w: usize, previousCell: usize, c: usize, tanhC: usize, h: usize, hasPrevious: bool): void {
  const qf = q + w, qg = qf + w, qo = qg + w;
  sigmoidRow(q, q, w << 1);
  tanhRow(qg, qg, w);
  sigmoidRow(qo, qo, w);
  for (let k: usize = 0; k < w; k += 16) {
    let cc = mul(load4(q + k), load4(qg + k));
    if (hasPrevious) cc = fma(load4(qf + k), load4(previousCell + k), cc);
    v128.store(c + k, cc);
  }
  tanhRow(c, tanhC, w);
  for (let k: usize = 0; k < w; k += 16) v128.store(h + k, mul(load4(qo + k), load4(tanhC + k)));
}
/**
 * Job: G[N,4H] (x·W + b in, gates out), packed U, H, previous hidden out[N,H], hidden out[N,H], C, tanhC, steps, T, reverse,
 * first sentence, end sentence. Sentences never meet, so ranges of them can run side by side.
 */
export function lstmForwardJob(j: usize): void {
  const G: usize = word(j, 1), U: usize = word(j, 2), H = word(j, 3), HP: usize = word(j, 4), Ho: usize = word(j, 5);
  const C: usize = word(j, 6), TC: usize = word(j, 7), steps: usize = word(j, 8), T = word(j, 9), reverse = word(j, 10) != 0;
  const from = word(j, 11), to = word(j, 12);
  const hb = <usize>H << 2, gb = hb << 2;
  let offset: u32 = 0;
  if (reverse) for (let t: u32 = 0; t < T; t++) offset += word(steps, t);
  let previousOffset: u32 = 0;
  for (let s: u32 = 0; s < T; s++) {
    const t = reverse ? T - 1 - s : s, n = word(steps, t);
    if (reverse) offset -= n;
    const end = min(to, n);
    if (end > from) {
      let carried: u32 = from; // rows [from, carried) have a previous state
      if (s) carried = max(from, min(end, word(steps, reverse ? t + 1 : t - 1)));
      const hp = HP + <usize>(offset + from) * hb, g = G + <usize>(offset + from) * gb;
      memory.copy(hp, Ho + <usize>(previousOffset + from) * hb, <usize>(carried - from) * hb);
      memory.fill(hp + <usize>(carried - from) * hb, 0, <usize>(end - carried) * hb);
      gemm(hp, hb, U, H, g, gb, g, gb, carried - from, H << 2);
      for (let r = from; r < end; r++) {
        const row = <usize>(offset + r) * hb, q = G + <usize>(offset + r) * gb;
        if (r < carried) cellRow(q, hb, C + <usize>(previousOffset + r) * hb, C + row, TC + row, Ho + row, true);
        else cellRow(q, hb, 0, C + row, TC + row, Ho + row, false);
      }
    }
    previousOffset = offset;
    if (!reverse) offset += n;
  }
}
@inline function cellBackward(q: usize, w: usize, dh: usize, carriedDh: usize, carriedDc: usize, previousCell: usize, tanhC: usize, hasPrevious: bool, hasCarry: bool): void {
  const one = splat(1), i = load4(q), f = load4(q + w), g = load4(q + 2 * w), o = load4(q + 3 * w), th = load4(tanhC);
  let d = load4(dh), dc = splat(0);
  if (hasCarry) { d = add(d, load4(carriedDh)); dc = load4(carriedDc); }
  dc = fma(mul(d, o), sub(one, mul(th, th)), dc);
  const cp = hasPrevious ? load4(previousCell) : splat(0);
  v128.store(q, mul(mul(dc, g), mul(i, sub(one, i))));
  v128.store(q + w, mul(mul(dc, cp), mul(f, sub(one, f))));
  v128.store(q + 2 * w, mul(mul(dc, i), sub(one, mul(g, g))));
  v128.store(q + 3 * w, mul(mul(d, th), mul(o, sub(one, o))));
  v128.store(carriedDc, mul(dc, f));
}
/** {@link cellBackward} of eight units as pairs of adjacent stores. */
@inline function cellPairBackward(q: usize, w: usize, dh: usize, carriedDh: usize, carriedDc: usize, previousCell: usize, tanhC: usize, hasPrevious: bool, hasCarry: bool): void {
  const one = splat(1), qf = q + w, qg = qf + w, qo = qg + w;
  const i = load4(q), f = load4(qf), g = load4(qg), o = load4(qo), th = load4(tanhC);
  const i2 = v128.load(q, 16), f2 = v128.load(qf, 16), g2 = v128.load(qg, 16), o2 = v128.load(qo, 16), th2 = v128.load(tanhC, 16);
  let d = load4(dh), d2 = v128.load(dh, 16), dc = splat(0), dc2 = splat(0);
  if (hasCarry) {
    d = add(d, load4(carriedDh)); d2 = add(d2, v128.load(carriedDh, 16));
    dc = load4(carriedDc); dc2 = v128.load(carriedDc, 16);
  }
  dc = fma(mul(d, o), sub(one, mul(th, th)), dc); dc2 = fma(mul(d2, o2), sub(one, mul(th2, th2)), dc2);
  v128.store(q, mul(mul(dc, g), mul(i, sub(one, i)))); v128.store(q, mul(mul(dc2, g2), mul(i2, sub(one, i2))), 16);
  const cp = hasPrevious ? load4(previousCell) : splat(0), cp2 = hasPrevious ? v128.load(previousCell, 16) : splat(0);
  v128.store(qf, mul(mul(dc, cp), mul(f, sub(one, f)))); v128.store(qf, mul(mul(dc2, cp2), mul(f2, sub(one, f2))), 16);
  v128.store(qg, mul(mul(dc, i), sub(one, mul(g, g)))); v128.store(qg, mul(mul(dc2, i2), sub(one, mul(g2, g2))), 16);
  v128.store(qo, mul(mul(d, th), mul(o, sub(one, o)))); v128.store(qo, mul(mul(d2, th2), mul(o2, sub(one, o2))), 16);
  v128.store(carriedDc, mul(dc, f)); v128.store(carriedDc, mul(dc2, f2), 16);
}
@inline function cellRowBackward(q: usize, w: usize, dh: usize, a: usize, b: usize, cp: usize, tc: usize, hasPrevious: bool, hasCarry: bool): void {
  const end = q + w;
  for (; q + 32 <= end; q += 32) {
    cellPairBackward(q, w, dh, a, b, cp, tc, hasPrevious, hasCarry);
    dh += 32; a += 32; b += 32; cp += 32; tc += 32;
  }
  if (q < end) cellBackward(q, w, dh, a, b, cp, tc, hasPrevious, hasCarry);
}
/**
 * Job: G (gates in, dL/dpre-activation out), packed transposed U, H, dH[N,H], C, tanhC, steps, T, reverse, carry dh[B,H],
 * carry dc[B,H], first sentence, end sentence.
 */
export function lstmBackwardJob(j: usize): void {
  const G: usize = word(j, 1), U: usize = word(j, 2), H = word(j, 3), dH: usize = word(j, 4), C: usize = word(j, 5), TC: usize = word(j, 6);
  const steps: usize = word(j, 7), T = word(j, 8), reverse = word(j, 9) != 0, carryH: usize = word(j, 10), carryC: usize = word(j, 11);
  const from = word(j, 12), to = word(j, 13);
  const hb = <usize>H << 2, gb = hb << 2;
  let offset: u32 = 0;
  if (!reverse) for (let t: u32 = 0; t < T; t++) offset += word(steps, t);
  let carried: u32 = from; // rows [from, carried) receive a gradient from the step after
  for (let s: u32 = 0; s < T; s++) {
    const t = reverse ? s : T - 1 - s, n = word(steps, t);
    if (!reverse) offset -= n;
    const end = min(to, n);
    if (end > from) {
      let previous: u32 = from, previousOffset: u32 = 0; // rows [from, previous) have a previous state
      if (s + 1 < T) {
        const pn = word(steps, reverse ? t + 1 : t - 1);
        previous = max(from, min(end, pn));
        previousOffset = reverse ? offset + n : offset - pn;
      }
      if (carried > end) carried = end;
      for (let r = from; r < end; r++) {
        const row = <usize>(offset + r) * hb, q = G + <usize>(offset + r) * gb, cp = C + <usize>(previousOffset + r) * hb;
        const a = carryH + <usize>r * hb, b = carryC + <usize>r * hb;
        if (r < previous) {
          if (r < carried) cellRowBackward(q, hb, dH + row, a, b, cp, TC + row, true, true);
          else cellRowBackward(q, hb, dH + row, a, b, cp, TC + row, true, false);
        } else if (r < carried) cellRowBackward(q, hb, dH + row, a, b, cp, TC + row, false, true);
        else cellRowBackward(q, hb, dH + row, a, b, cp, TC + row, false, false);
      }
      gemm(G + <usize>(offset + from) * gb, gb, U, H << 2, carryH + <usize>from * hb, hb, 0, 0, previous - from, H);
      carried = previous;
    }
    if (reverse) offset += n;
  }
}
/** Job: one decoding step. G[n,4H] pre-activations, cell state [n,H] in place, hidden [n,H] out, H, n, hasPrevious. */
export function cellStepJob(j: usize): void {
  const G: usize = word(j, 1), C: usize = word(j, 2), Ho: usize = word(j, 3), H = word(j, 4), n = word(j, 5), hasPrevious = word(j, 6) != 0;
  const hb = <usize>H << 2;
  for (let r: u32 = 0; r < n; r++) {
    const q = G + <usize>r * (hb << 2), row = <usize>r * hb;
    // The gate g is no longer needed once the cell is known: tanh(c) overwrites it.
    if (hasPrevious) cellRow(q, hb, C + row, C + row, q + 2 * hb, Ho + row, true);
    else cellRow(q, hb, 0, C + row, q + 2 * hb, Ho + row, false);
  }
}
