/**
 * GRU (Cho et al. 2014 as written in Yang 2017 §3.4) over packed, time-major rows, cut and walked as in `lstm.ts`. Gates in the order
 * r, z, h̃; H padded to a multiple of 4 (padded units stay exactly 0).
 */
import { add, fma, load4, mul, splat, sub, word } from "./access";
import { sigmoid4, tanh4 } from "./activations";
import { gemm } from "./gemm";

/** r = σ(q) in place; r ∘ previous hidden to `reset`. */
@inline function resetRow(q: usize, w: usize, previous: usize, reset: usize): void {
  for (const end = q + w; q < end; q += 16) {
    const r = sigmoid4(load4(q));
    v128.store(q, r); v128.store(reset, mul(r, load4(previous)));
    previous += 16; reset += 16;
  }
}
/** z and the candidate in place (q at z); h = z ∘ previous + (1 − z) ∘ candidate. */
@inline function stateRow(q: usize, w: usize, previous: usize, h: usize): void {
  for (const end = q + w; q < end; q += 16) {
    const z = sigmoid4(load4(q)), c = tanh4(load4(q + w));
    v128.store(q, z); v128.store(q + w, c);
    v128.store(h, fma(z, sub(load4(previous), c), c));
    previous += 16; h += 16;
  }
}
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
      for (let r: u32 = 0; r < end - from; r++) resetRow(g + <usize>r * gb, hb, hp + <usize>r * hb, reset + <usize>r * hb);
      gemm(reset, hb, Uh, H, g + 2 * hb, gb, g + 2 * hb, gb, carried - from, H);
      for (let r: u32 = 0; r < end - from; r++) stateRow(g + <usize>r * gb + hb, hb, hp + <usize>r * hb, Ho + <usize>(offset + from + r) * hb);
    }
    previousOffset = offset;
    if (!reverse) offset += n;
  }
}
/** From dL/dh: dL/dpre-activation of z and of the candidate in place (q at z), and what goes straight to the previous state. */
@inline function stateRowBackward(q: usize, w: usize, dh: usize, carry: usize, previous: usize, hasCarry: bool): void {
  const one = splat(1);
  for (const end = q + w; q < end; q += 16) {
    const z = load4(q), c = load4(q + w), d = hasCarry ? add(load4(dh), load4(carry)) : load4(dh), kept = sub(one, z);
    v128.store(q, mul(mul(d, sub(load4(previous), c)), mul(z, kept)));
    v128.store(q + w, mul(mul(d, kept), sub(one, mul(c, c))));
    v128.store(carry, mul(d, z));
    dh += 16; carry += 16; previous += 16;
  }
}
/** From dL/d(r ∘ previous): dL/dpre-activation of r in place, and the part of the previous state. */
@inline function resetRowBackward(q: usize, w: usize, dReset: usize, carry: usize, previous: usize): void {
  const one = splat(1);
  for (const end = q + w; q < end; q += 16) {
    const r = load4(q), d = load4(dReset);
    v128.store(q, mul(mul(d, load4(previous)), mul(r, sub(one, r))));
    v128.store(carry, fma(d, r, load4(carry)));
    dReset += 16; carry += 16; previous += 16;
  }
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
