/**
 * LSTM over a trie of character sequences: one node per distinct prefix, nodes in order of depth, so shared prefixes are
 * computed once. The input projection comes from a table over the alphabet (bias included). Gates i, f, g, o; H multiple of 4.
 */
import { add, fma, load4, mul, put, real, splat, sub, word } from "./access";
import { sigmoid4, tanh4 } from "./activations";
import { gemm } from "./gemm";

/** Gates of one node row; `x` is the node's row of the input table, q holds h·U unless `first`. */
@inline function nodeRow(q: usize, x: usize, w: usize, cp: usize, c: usize, tc: usize, h: usize, first: bool): void {
  for (const end = q + w; q < end; q += 16) {
    let zi = load4(x), zf = load4(x + w), zg = load4(x + 2 * w), zo = load4(x + 3 * w);
    if (!first) { zi = add(zi, load4(q)); zf = add(zf, load4(q + w)); zg = add(zg, load4(q + 2 * w)); zo = add(zo, load4(q + 3 * w)); }
    const i = sigmoid4(zi), f = sigmoid4(zf), g = tanh4(zg), o = sigmoid4(zo);
    let cc = mul(i, g);
    if (!first) cc = fma(f, load4(cp), cc);
    const th = tanh4(cc);
    v128.store(q, i); v128.store(q + w, f); v128.store(q + 2 * w, g); v128.store(q + 3 * w, o);
    v128.store(c, cc); v128.store(tc, th); v128.store(h, mul(o, th));
    x += 16; cp += 16; c += 16; tc += 16; h += 16;
  }
}
/** Job: G[N,4H], packed U, H, previous hidden out[N,H], hidden out[N,H], C, tanhC, counts a depth, depths, parents, table, ids. */
export function trieForwardJob(j: usize): void {
  const G: usize = word(j, 1), U: usize = word(j, 2), H = word(j, 3), HP: usize = word(j, 4), Ho: usize = word(j, 5), C: usize = word(j, 6), TC: usize = word(j, 7);
  const counts: usize = word(j, 8), depths = word(j, 9), parents: usize = word(j, 10), table: usize = word(j, 11), ids: usize = word(j, 12);
  const hb = <usize>H << 2, gb = hb << 2;
  let offset: u32 = 0;
  for (let t: u32 = 0; t < depths; t++) {
    const n = word(counts, t), end = offset + n;
    if (t) {
      for (let r = offset; r < end; r++) memory.copy(HP + <usize>r * hb, Ho + <usize>word(parents, r) * hb, hb);
      gemm(HP + <usize>offset * hb, hb, U, H, G + <usize>offset * gb, gb, 0, 0, n, H << 2);
    } else memory.fill(HP, 0, <usize>n * hb);
    for (let r = offset; r < end; r++) {
      const row = <usize>r * hb, q = G + <usize>r * gb, x = table + <usize>word(ids, r) * gb;
      if (t) nodeRow(q, x, hb, C + <usize>word(parents, r) * hb, C + row, TC + row, Ho + row, false);
      else nodeRow(q, x, hb, 0, C + row, TC + row, Ho + row, true);
    }
    offset = end;
  }
}
@inline function nodeRowBackward(q: usize, w: usize, dh: usize, dc: usize, parentDc: usize, cp: usize, tc: usize, first: bool): void {
  const one = splat(1);
  for (const end = q + w; q < end; q += 16) {
    const i = load4(q), f = load4(q + w), g = load4(q + 2 * w), o = load4(q + 3 * w), th = load4(tc), d = load4(dh);
    const c = fma(mul(d, o), sub(one, mul(th, th)), load4(dc));
    v128.store(q, mul(mul(c, g), mul(i, sub(one, i))));
    v128.store(q + w, first ? splat(0) : mul(mul(c, load4(cp)), mul(f, sub(one, f))));
    v128.store(q + 2 * w, mul(mul(c, i), sub(one, mul(g, g))));
    v128.store(q + 3 * w, mul(mul(d, th), mul(o, sub(one, o))));
    if (!first) { v128.store(parentDc, fma(c, f, load4(parentDc))); parentDc += 16; cp += 16; }
    dh += 16; dc += 16; tc += 16;
  }
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
