/**
 * The shared cell of SC-LSTM over packed, time-major rows, cut and walked as in `lstm.ts`: an LSTM whose memory a fifth gate, the task's,
 * lets out a second time. Gates in the order i, f, g, o, own; states are rows of h ‖ q; H padded to a multiple of 4.
 */
import { add, fma, load4, mul, splat, sub, word } from "./access";
import { sigmoidRow } from "./activations";
import { gemm } from "./gemm";
import { cellRow } from "./lstm";
import { productRow } from "./row-arithmetic";

/** One row in place at q (w bytes a gate), as {@link cellRow}; h ‖ q^k to `state`. */
@inline export function sharedCellRow(q: usize, w: usize, previousCell: usize, c: usize, tanhC: usize, state: usize, hasPrevious: bool): void {
  cellRow(q, w, previousCell, c, tanhC, state, hasPrevious);
  const own = q + (w << 2);
  sigmoidRow(own, own, w);
  productRow(own, tanhC, state + w, w);
}
/**
 * Job: G[N,5H] (x·W + b in, gates out), packed U [H,4H], packed U of the task's gate [H,H], H, previous states out[N,2H], states
 * out[N,2H], C, tanhC, steps, T, reverse, first sentence, end sentence.
 */
export function sharedCellForwardJob(j: usize): void {
  const G: usize = word(j, 1), U: usize = word(j, 2), V: usize = word(j, 3), H = word(j, 4), SP: usize = word(j, 5), S: usize = word(j, 6);
  const C: usize = word(j, 7), TC: usize = word(j, 8), steps: usize = word(j, 9), T = word(j, 10), reverse = word(j, 11) != 0;
  const from = word(j, 12), to = word(j, 13);
  const hb = <usize>H << 2, sb = hb << 1, gb = hb * 5, own = hb << 2;
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
      const sp = SP + <usize>(offset + from) * sb, g = G + <usize>(offset + from) * gb;
      memory.copy(sp, S + <usize>(previousOffset + from) * sb, <usize>(carried - from) * sb);
      memory.fill(sp + <usize>(carried - from) * sb, 0, <usize>(end - carried) * sb);
      gemm(sp, sb, U, H, g, gb, g, gb, carried - from, H << 2);
      gemm(sp + hb, sb, V, H, g + own, gb, g + own, gb, carried - from, H);
      for (let r = from; r < end; r++) {
        const row = <usize>(offset + r), q = G + row * gb, c = C + row * hb, tc = TC + row * hb, state = S + row * sb;
        if (r < carried) sharedCellRow(q, hb, C + <usize>(previousOffset + r) * hb, c, tc, state, true);
        else sharedCellRow(q, hb, 0, c, tc, state, false);
      }
    }
    previousOffset = offset;
    if (!reverse) offset += n;
  }
}
/**
 * Four units: dL/d(h ‖ q) at `d`, what the step after gave back at `carry` (dh, dq, dc; w bytes each); gates in, dL/dpre-activation out
 * at q.
 */
@inline function unitsBackward(q: usize, w: usize, d: usize, carry: usize, previousCell: usize, tanhC: usize, hasPrevious: bool, hasCarry: bool): void {
  const one = splat(1), qf = q + w, qg = qf + w, qo = qg + w, qs = qo + w, carryQ = carry + w, carryC = carryQ + w;
  const i = load4(q), f = load4(qf), g = load4(qg), o = load4(qo), s = load4(qs), th = load4(tanhC);
  let dh = load4(d), dq = load4(d + w), dc = splat(0);
  if (hasCarry) { dh = add(dh, load4(carry)); dq = add(dq, load4(carryQ)); dc = load4(carryC); }
  dc = fma(fma(dh, o, mul(dq, s)), sub(one, mul(th, th)), dc);
  const cp = hasPrevious ? load4(previousCell) : splat(0);
  v128.store(q, mul(mul(dc, g), mul(i, sub(one, i))));
  v128.store(qf, mul(mul(dc, cp), mul(f, sub(one, f))));
  v128.store(qg, mul(mul(dc, i), sub(one, mul(g, g))));
  v128.store(qo, mul(mul(dh, th), mul(o, sub(one, o))));
  v128.store(qs, mul(mul(dq, th), mul(s, sub(one, s))));
  v128.store(carryC, mul(dc, f));
}
/** {@link unitsBackward} of eight units as pairs of adjacent stores. */
@inline function pairsBackward(q: usize, w: usize, d: usize, carry: usize, previousCell: usize, tanhC: usize, hasPrevious: bool, hasCarry: bool): void {
  const one = splat(1), qf = q + w, qg = qf + w, qo = qg + w, qs = qo + w, e = d + w, carryQ = carry + w, carryC = carryQ + w;
  const i = load4(q), f = load4(qf), g = load4(qg), o = load4(qo), s = load4(qs), th = load4(tanhC);
  const i2 = v128.load(q, 16), f2 = v128.load(qf, 16), g2 = v128.load(qg, 16), o2 = v128.load(qo, 16), s2 = v128.load(qs, 16), th2 = v128.load(tanhC, 16);
  let dh = load4(d), dh2 = v128.load(d, 16), dq = load4(e), dq2 = v128.load(e, 16), dc = splat(0), dc2 = splat(0);
  if (hasCarry) {
    dh = add(dh, load4(carry)); dh2 = add(dh2, v128.load(carry, 16));
    dq = add(dq, load4(carryQ)); dq2 = add(dq2, v128.load(carryQ, 16));
    dc = load4(carryC); dc2 = v128.load(carryC, 16);
  }
  dc = fma(fma(dh, o, mul(dq, s)), sub(one, mul(th, th)), dc); dc2 = fma(fma(dh2, o2, mul(dq2, s2)), sub(one, mul(th2, th2)), dc2);
  v128.store(q, mul(mul(dc, g), mul(i, sub(one, i)))); v128.store(q, mul(mul(dc2, g2), mul(i2, sub(one, i2))), 16);
  const cp = hasPrevious ? load4(previousCell) : splat(0), cp2 = hasPrevious ? v128.load(previousCell, 16) : splat(0);
  v128.store(qf, mul(mul(dc, cp), mul(f, sub(one, f)))); v128.store(qf, mul(mul(dc2, cp2), mul(f2, sub(one, f2))), 16);
  v128.store(qg, mul(mul(dc, i), sub(one, mul(g, g)))); v128.store(qg, mul(mul(dc2, i2), sub(one, mul(g2, g2))), 16);
  v128.store(qo, mul(mul(dh, th), mul(o, sub(one, o)))); v128.store(qo, mul(mul(dh2, th2), mul(o2, sub(one, o2))), 16);
  v128.store(qs, mul(mul(dq, th), mul(s, sub(one, s)))); v128.store(qs, mul(mul(dq2, th2), mul(s2, sub(one, s2))), 16);
  v128.store(carryC, mul(dc, f)); v128.store(carryC, mul(dc2, f2), 16);
}
@inline function rowBackward(q: usize, w: usize, d: usize, carry: usize, previousCell: usize, tanhC: usize, hasPrevious: bool, hasCarry: bool): void {
  const end = q + w;
  for (; q + 32 <= end; q += 32) {
    pairsBackward(q, w, d, carry, previousCell, tanhC, hasPrevious, hasCarry);
    d += 32; carry += 32; previousCell += 32; tanhC += 32;
  }
  if (q < end) unitsBackward(q, w, d, carry, previousCell, tanhC, hasPrevious, hasCarry);
}
/**
 * Job: G (gates in, dL/dpre-activation out), packed transposed U, the same of the task's gate, H, dL/d(h ‖ q)[N,2H], C, tanhC, steps, T,
 * reverse, carry (dh, dq, dc)[B,3H], first sentence, end sentence.
 */
export function sharedCellBackwardJob(j: usize): void {
  const G: usize = word(j, 1), U: usize = word(j, 2), V: usize = word(j, 3), H = word(j, 4), dS: usize = word(j, 5), C: usize = word(j, 6), TC: usize = word(j, 7);
  const steps: usize = word(j, 8), T = word(j, 9), reverse = word(j, 10) != 0, carry: usize = word(j, 11), from = word(j, 12), to = word(j, 13);
  const hb = <usize>H << 2, sb = hb << 1, cb = hb * 3, gb = hb * 5, own = hb << 2;
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
        const row = <usize>(offset + r), q = G + row * gb, d = dS + row * sb, c = carry + <usize>r * cb, tc = TC + row * hb;
        const cp = C + <usize>(previousOffset + r) * hb;
        if (r < previous) {
          if (r < carried) rowBackward(q, hb, d, c, cp, tc, true, true);
          else rowBackward(q, hb, d, c, cp, tc, true, false);
        } else if (r < carried) rowBackward(q, hb, d, c, 0, tc, false, true);
        else rowBackward(q, hb, d, c, 0, tc, false, false);
      }
      const g = G + <usize>(offset + from) * gb, c = carry + <usize>from * cb;
      gemm(g, gb, U, H << 2, c, cb, 0, 0, previous - from, H);
      gemm(g + own, gb, V, H, c + hb, cb, 0, 0, previous - from, H);
      carried = previous;
    }
    if (reverse) offset += n;
  }
}
