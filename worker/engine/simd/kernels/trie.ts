/**
 * LSTM over a trie of character sequences: one node per distinct prefix, nodes in order of depth, so shared prefixes are
 * computed once. The input projection comes from a table over the alphabet (bias included). Gates i, f, g, o; H multiple of 4.
 */
import { add, fma, load4, mul, put, real, splat, sub, word } from "./access";
import { gemm } from "./gemm";
import { cellRow } from "./lstm";

@inline function copyRow(out: usize, source: usize, bytes: usize): void {
  for (const end = source + bytes; source < end; source += 16, out += 16) v128.store(out, load4(source));
}

/** Job: G[N,4H], packed U, H, previous hidden out[N,H], hidden out[N,H], C, tanhC, counts a depth, depths, parents, table, ids. */
export function trieForwardJob(j: usize): void {
  const G: usize = word(j, 1), U: usize = word(j, 2), H = word(j, 3), HP: usize = word(j, 4), Ho: usize = word(j, 5), C: usize = word(j, 6), TC: usize = word(j, 7);
  const counts: usize = word(j, 8), depths = word(j, 9), parents: usize = word(j, 10), table: usize = word(j, 11), ids: usize = word(j, 12);
  const hb = <usize>H << 2, gb = hb << 2;
  let offset: u32 = 0;
  for (let t: u32 = 0; t < depths; t++) {
    const n = word(counts, t), end = offset + n;
    for (let r = offset; r < end; r++) copyRow(G + <usize>r * gb, table + <usize>word(ids, r) * gb, gb);
    if (t) {
      for (let r = offset; r < end; r++) copyRow(HP + <usize>r * hb, Ho + <usize>word(parents, r) * hb, hb);
      const g = G + <usize>offset * gb;
      gemm(HP + <usize>offset * hb, hb, U, H, g, gb, g, gb, n, H << 2);
    } else memory.fill(HP, 0, <usize>n * hb);
    for (let r = offset; r < end; r++) {
      const row = <usize>r * hb, q = G + <usize>r * gb;
      if (t) cellRow(q, hb, C + <usize>word(parents, r) * hb, C + row, TC + row, Ho + row, true);
      else cellRow(q, hb, 0, C + row, TC + row, Ho + row, false);
    }
    offset = end;
  }
}
/** Backward through one node's cell; what the parent's cell state receives is added to `parentDc`. */
@inline function nodeBackward(q: usize, w: usize, dh: usize, dc: usize, parentDc: usize, cp: usize, tc: usize, isRoot: bool): void {
  const one = splat(1), i = load4(q), f = load4(q + w), g = load4(q + 2 * w), o = load4(q + 3 * w), th = load4(tc), d = load4(dh);
  const c = fma(mul(d, o), sub(one, mul(th, th)), load4(dc));
  v128.store(q, mul(mul(c, g), mul(i, sub(one, i))));
  v128.store(q + w, isRoot ? splat(0) : mul(mul(c, load4(cp)), mul(f, sub(one, f))));
  v128.store(q + 2 * w, mul(mul(c, i), sub(one, mul(g, g))));
  v128.store(q + 3 * w, mul(mul(d, th), mul(o, sub(one, o))));
  if (!isRoot) v128.store(parentDc, fma(c, f, load4(parentDc)));
}
/** {@link nodeBackward} of eight units as pairs of adjacent stores. */
@inline function nodePairBackward(q: usize, w: usize, dh: usize, dc: usize, parentDc: usize, cp: usize, tc: usize, isRoot: bool): void {
  const one = splat(1), qf = q + w, qg = qf + w, qo = qg + w;
  const i = load4(q), f = load4(qf), g = load4(qg), o = load4(qo), th = load4(tc), d = load4(dh);
  const i2 = v128.load(q, 16), f2 = v128.load(qf, 16), g2 = v128.load(qg, 16), o2 = v128.load(qo, 16), th2 = v128.load(tc, 16), d2 = v128.load(dh, 16);
  const c = fma(mul(d, o), sub(one, mul(th, th)), load4(dc)), c2 = fma(mul(d2, o2), sub(one, mul(th2, th2)), v128.load(dc, 16));
  v128.store(q, mul(mul(c, g), mul(i, sub(one, i)))); v128.store(q, mul(mul(c2, g2), mul(i2, sub(one, i2))), 16);
  if (isRoot) { v128.store(qf, splat(0)); v128.store(qf, splat(0), 16); }
  else {
    v128.store(qf, mul(mul(c, load4(cp)), mul(f, sub(one, f)))); v128.store(qf, mul(mul(c2, v128.load(cp, 16)), mul(f2, sub(one, f2))), 16);
  }
  v128.store(qg, mul(mul(c, i), sub(one, mul(g, g)))); v128.store(qg, mul(mul(c2, i2), sub(one, mul(g2, g2))), 16);
  v128.store(qo, mul(mul(d, th), mul(o, sub(one, o)))); v128.store(qo, mul(mul(d2, th2), mul(o2, sub(one, o2))), 16);
  if (!isRoot) { v128.store(parentDc, fma(c, f, load4(parentDc))); v128.store(parentDc, fma(c2, f2, v128.load(parentDc, 16)), 16); }
}
@inline function nodeRowBackward(q: usize, w: usize, dh: usize, dc: usize, parentDc: usize, cp: usize, tc: usize, isRoot: bool): void {
  const end = q + w;
  for (; q + 32 <= end; q += 32) {
    nodePairBackward(q, w, dh, dc, parentDc, cp, tc, isRoot);
    dh += 32; dc += 32; parentDc += 32; cp += 32; tc += 32;
  }
  if (q < end) nodeBackward(q, w, dh, dc, parentDc, cp, tc, isRoot);
}
/** Job: G (gates in, pre-activation gradients out), packed transposed U, H, dH[N,H] (in, grows), dC[N,H] (zeroed), C, tanhC, counts, depths, parents, N, scratch[widest,H]. */
export function trieBackwardJob(j: usize): void {
  const G: usize = word(j, 1), U: usize = word(j, 2), H = word(j, 3), dH: usize = word(j, 4), dC: usize = word(j, 5), C: usize = word(j, 6), TC: usize = word(j, 7);
  const counts: usize = word(j, 8), depths = word(j, 9), parents: usize = word(j, 10), scratch: usize = word(j, 12);
  const hb = <usize>H << 2, gb = hb << 2;
  let offset = word(j, 11);
  for (let s: u32 = 0; s < depths; s++) {
    const t = depths - 1 - s, n = word(counts, t);
    offset -= n;
    for (let r = offset; r < offset + n; r++) {
      const row = <usize>r * hb, q = G + <usize>r * gb;
      if (t) {
        const parent = <usize>word(parents, r) * hb;
        nodeRowBackward(q, hb, dH + row, dC + row, dC + parent, C + parent, TC + row, false);
      } else nodeRowBackward(q, hb, dH + row, dC + row, 0, 0, TC + row, true);
    }
    if (!t) continue;
    gemm(G + <usize>offset * gb, gb, U, H << 2, scratch, hb, 0, 0, n, H);
    for (let r: u32 = 0; r < n; r++) {
      const d = dH + <usize>word(parents, offset + r) * hb, a = scratch + <usize>r * hb;
      for (let k: usize = 0; k < hb; k += 16) v128.store(d + k, add(load4(d + k), load4(a + k)));
    }
  }
}
/** Job: S[N,E] out = S[parent] + table[id] down the trie; args S, table, E, ids, parents, N. Parents below 0 are roots. */
export function trieSumForwardJob(j: usize): void {
  const S: usize = word(j, 1), table: usize = word(j, 2), E = word(j, 3), ids: usize = word(j, 4), parents: usize = word(j, 5), N = word(j, 6);
  const eb = <usize>E << 2;
  for (let r: u32 = 0; r < N; r++) {
    const p = <i32>word(parents, r), s = S + <usize>r * eb, x = table + <usize>word(ids, r) * eb;
    if (p < 0) memory.copy(s, x, eb);
    else for (let k: u32 = 0; k < E; k++) put(s, k, real(S + <usize>p * eb, k) + real(x, k));
  }
}
/** Job: the reverse: dS flows to the parents and into dTable; same args with dS and dTable. */
export function trieSumBackwardJob(j: usize): void {
  const S: usize = word(j, 1), table: usize = word(j, 2), E = word(j, 3), ids: usize = word(j, 4), parents: usize = word(j, 5), N = word(j, 6);
  const eb = <usize>E << 2;
  for (let i: u32 = 0; i < N; i++) {
    const r = N - 1 - i, p = <i32>word(parents, r), s = S + <usize>r * eb, x = table + <usize>word(ids, r) * eb;
    for (let k: u32 = 0; k < E; k++) {
      const d = real(s, k);
      put(x, k, real(x, k) + d);
      if (p >= 0) put(S + <usize>p * eb, k, real(S + <usize>p * eb, k) + d);
    }
  }
}
