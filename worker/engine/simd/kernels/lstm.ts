/**
 * LSTM over packed, time-major rows: at step t the first steps[t] rows (longest sentences first) are active, and only they
 * are stored. Gates in the order i, f, g, o; H padded to a multiple of 4 (padded units stay exactly 0).
 */
import { add, fma, load4, mul, splat, sub, word } from "./access";
import { sigmoid4, tanh4 } from "./activations";
import { gemm } from "./gemm";

/** Gate activations in place at q (stride w between gates), new cell, its tanh, and hidden state. */
@inline export function cell(q: usize, w: usize, previousCell: usize, c: usize, tanhC: usize, h: usize, hasPrevious: bool): void {
  const i = sigmoid4(load4(q)), f = sigmoid4(load4(q + w)), g = tanh4(load4(q + 2 * w)), o = sigmoid4(load4(q + 3 * w));
  let cc = mul(i, g);
  if (hasPrevious) cc = fma(f, load4(previousCell), cc);
  const th = tanh4(cc);
  v128.store(q, i); v128.store(q + w, f); v128.store(q + 2 * w, g); v128.store(q + 3 * w, o);
  v128.store(c, cc); v128.store(tanhC, th); v128.store(h, mul(o, th));
}
@inline function cellRow(q: usize, w: usize, previousCell: usize, c: usize, tanhC: usize, h: usize, hasPrevious: bool): void {
  for (const end = q + w; q < end; q += 16) {
    cell(q, w, previousCell, c, tanhC, h, hasPrevious);
    previousCell += 16; c += 16; tanhC += 16; h += 16;
  }
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
@inline function cellRowBackward(q: usize, w: usize, dh: usize, a: usize, b: usize, cp: usize, tc: usize, hasPrevious: bool, hasCarry: bool): void {
  for (const end = q + w; q < end; q += 16) {
    cellBackward(q, w, dh, a, b, cp, tc, hasPrevious, hasCarry);
    dh += 16; a += 16; b += 16; cp += 16; tc += 16;
  }
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
