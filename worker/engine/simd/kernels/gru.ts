/**
 * GRU (Cho et al. 2014 as written in Yang 2017 §3.4) over packed, time-major rows, cut and walked as in `lstm.ts`. Gates in the order
 * r, z, h̃; H padded to a multiple of 4 (padded units stay exactly 0).
 */
import { add, fma, load4, mul, splat, sub, word } from "./access";
import { sigmoidRow, tanhRow } from "./activations";
import { gemm } from "./gemm";
import { mixRow, productRow } from "./row-arithmetic";

/**
 * Job: G[N,3H] (x·W + b in, gates out), packed U of r and z, packed U of h̃, H, previous hidden out[N,H], r ∘ previous out[N,H],
 * hidden out[N,H], steps, T, reverse, first sentence, end sentence.
 */
export function gruForwardJob(j: usize): void {
  const G: usize = word(j, 1), Urz: usize = word(j, 2), Uh: usize = word(j, 3), H = word(j, 4), HP: usize = word(j, 5), R: usize = word(j, 6), Ho: usize = word(j, 7);
  const steps: usize = word(j, 8), T = word(j, 9), reverse = word(j, 10) != 0, from = word(j, 11), to = word(j, 12);
  const hb = <usize>H << 2, gb = hb * 3;
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
      const hp = HP + <usize>(offset + from) * hb, g = G + <usize>(offset + from) * gb, reset = R + <usize>(offset + from) * hb;
      memory.copy(hp, Ho + <usize>(previousOffset + from) * hb, <usize>(carried - from) * hb);
      memory.fill(hp + <usize>(carried - from) * hb, 0, <usize>(end - carried) * hb);
      gemm(hp, hb, Urz, H, g, gb, g, gb, carried - from, H << 1);
      for (let r: u32 = 0; r < end - from; r++) {
        const q = g + <usize>r * gb;
        sigmoidRow(q, q, hb << 1);
        productRow(q, hp + <usize>r * hb, reset + <usize>r * hb, hb);
      }
      gemm(reset, hb, Uh, H, g + 2 * hb, gb, g + 2 * hb, gb, carried - from, H);
      for (let r: u32 = 0; r < end - from; r++) {
        const z = g + <usize>r * gb + hb, candidate = z + hb;
        tanhRow(candidate, candidate, hb);
        mixRow(z, hp + <usize>r * hb, candidate, Ho + <usize>(offset + from + r) * hb, hb);
      }
    }
    previousOffset = offset;
    if (!reverse) offset += n;
  }
}
/** Four units: from dL/dh dL/dpre-activation of z and of the candidate in place (q at z), and what goes straight to the previous state. */
@inline function stateBackward(q: usize, w: usize, dh: usize, carry: usize, previous: usize, hasCarry: bool): void {
  const one = splat(1), z = load4(q), c = load4(q + w), d = hasCarry ? add(load4(dh), load4(carry)) : load4(dh), kept = sub(one, z);
  v128.store(q, mul(mul(d, sub(load4(previous), c)), mul(z, kept)));
  v128.store(q + w, mul(mul(d, kept), sub(one, mul(c, c))));
  v128.store(carry, mul(d, z));
}
/** {@link stateBackward} of a row; pairs of adjacent stores become 256-bit operations. */
@inline function stateRowBackward(q: usize, w: usize, dh: usize, carry: usize, previous: usize, hasCarry: bool): void {
  const one = splat(1), end = q + w;
  for (; q + 32 <= end; q += 32) {
    const qc = q + w, z = load4(q), z2 = v128.load(q, 16), c = load4(qc), c2 = v128.load(qc, 16);
    let d = load4(dh), d2 = v128.load(dh, 16);
    if (hasCarry) { d = add(d, load4(carry)); d2 = add(d2, v128.load(carry, 16)); }
    const kept = sub(one, z), kept2 = sub(one, z2);
    const x = mul(mul(d, sub(load4(previous), c)), mul(z, kept)), x2 = mul(mul(d2, sub(v128.load(previous, 16), c2)), mul(z2, kept2));
    v128.store(q, x); v128.store(q, x2, 16);
    v128.store(qc, mul(mul(d, kept), sub(one, mul(c, c)))); v128.store(qc, mul(mul(d2, kept2), sub(one, mul(c2, c2))), 16);
    v128.store(carry, mul(d, z)); v128.store(carry, mul(d2, z2), 16);
    dh += 32; carry += 32; previous += 32;
  }
  if (q < end) stateBackward(q, w, dh, carry, previous, hasCarry);
}
/** Four units: from dL/d(r ∘ previous) dL/dpre-activation of r in place, and the part of the previous state. */
@inline function resetBackward(q: usize, dReset: usize, carry: usize, previous: usize): void {
  const r = load4(q), d = load4(dReset);
  v128.store(q, mul(mul(d, load4(previous)), mul(r, sub(splat(1), r))));
  v128.store(carry, fma(d, r, load4(carry)));
}
/** {@link resetBackward} of a row, in pairs. */
@inline function resetRowBackward(q: usize, w: usize, dReset: usize, carry: usize, previous: usize): void {
  const one = splat(1), end = q + w;
  for (; q + 32 <= end; q += 32) {
    const r = load4(q), r2 = v128.load(q, 16), d = load4(dReset), d2 = v128.load(dReset, 16);
    const x = mul(mul(d, load4(previous)), mul(r, sub(one, r))), x2 = mul(mul(d2, v128.load(previous, 16)), mul(r2, sub(one, r2)));
    v128.store(q, x); v128.store(q, x2, 16);
    const y = fma(d, r, load4(carry)), y2 = fma(d2, r2, v128.load(carry, 16));
    v128.store(carry, y); v128.store(carry, y2, 16);
    dReset += 32; carry += 32; previous += 32;
  }
  if (q < end) resetBackward(q, dReset, carry, previous);
}
/**
 * Job: G (gates in, dL/dpre-activation out), packed transposed U of r and z, the same of h̃, H, dH[N,H], previous hidden[N,H], steps, T,
 * reverse, carry[B,H], dL/d(r ∘ previous)[B,H], first sentence, end sentence.
 */
export function gruBackwardJob(j: usize): void {
  const G: usize = word(j, 1), Urz: usize = word(j, 2), Uh: usize = word(j, 3), H = word(j, 4), dH: usize = word(j, 5), HP: usize = word(j, 6);
  const steps: usize = word(j, 7), T = word(j, 8), reverse = word(j, 9) != 0, carry: usize = word(j, 10), dReset: usize = word(j, 11);
  const from = word(j, 12), to = word(j, 13);
  const hb = <usize>H << 2, gb = hb * 3;
  let offset: u32 = 0;
  if (!reverse) for (let t: u32 = 0; t < T; t++) offset += word(steps, t);
  let carried: u32 = from; // rows [from, carried) receive a gradient from the step after
  for (let s: u32 = 0; s < T; s++) {
    const t = reverse ? s : T - 1 - s, n = word(steps, t);
    if (!reverse) offset -= n;
    const end = min(to, n);
    if (end > from) {
      let previous: u32 = from; // rows [from, previous) have a previous state
      if (s + 1 < T) previous = max(from, min(end, word(steps, reverse ? t + 1 : t - 1)));
      for (let r = from; r < end; r++) {
        const row = <usize>(offset + r), q = G + row * gb + hb, c = carry + <usize>r * hb;
        if (r < carried) stateRowBackward(q, hb, dH + row * hb, c, HP + row * hb, true);
        else stateRowBackward(q, hb, dH + row * hb, c, HP + row * hb, false);
      }
      const g = G + <usize>(offset + from) * gb, c = carry + <usize>from * hb, d = dReset + <usize>from * hb, hp = HP + <usize>(offset + from) * hb;
      gemm(g + 2 * hb, gb, Uh, H, d, hb, 0, 0, previous - from, H);
      for (let r: u32 = 0; r < previous - from; r++) resetRowBackward(g + <usize>r * gb, hb, d + <usize>r * hb, c + <usize>r * hb, hp + <usize>r * hb);
      for (let r: u32 = previous - from; r < end - from; r++) memory.fill(g + <usize>r * gb, 0, hb);
      gemm(g, gb, Urz, H << 1, c, hb, c, hb, previous - from, H);
      carried = previous;
    }
    if (reverse) offset += n;
  }
}
