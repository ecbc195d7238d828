/**
 * Tagging with frozen weights: recurrences that keep nothing for a backward pass, and the greedy decoder from a sentence's first to its
 * last token. Rows are packed and time-major as in lstm.ts. What depends on a word alone is a row of a table that lies anywhere in
 * memory: `inputs` holds a row's address for each token.
 */
import { add, fma, load4, mul, splat, sub, word } from "./access";
import { exp4, sigmoid4 } from "./activations";
import { bestTags } from "./decoding";
import { gemm } from "./gemm";

/** exp(2x); beyond ±15 tanh is ±1 in single precision, and products of what comes out stay finite. */
@inline function expTwice(x: v128): v128 { return exp4(f32x4.min(f32x4.max(add(x, x), splat(-30)), splat(30))); }
/** σ(x)·tanh(y) with one division. */
@inline function gated(x: v128, twice: v128): v128 {
  const one = splat(1);
  return f32x4.div(sub(twice, one), mul(add(one, exp4(f32x4.neg(x))), add(one, twice)));
}
@inline function newCell(i: v128, f: v128, g: v128, previous: v128): v128 {
  return add(f32x4.div(previous, add(splat(1), exp4(f32x4.neg(f)))), gated(i, expTwice(g)));
}
/** Cells of one row whose gates' pre-activations are q + x + y (stride w between gates); c holds the cell before, then the new one. */
@inline function addedRow(q: usize, x: usize, y: usize, w: usize, c: usize, h: usize): void {
  const w2 = w << 1, w3 = w2 + w;
  let at: usize = 0;
  for (; at + 32 <= w; at += 32) {
    const p = q + at, a = x + at, b = y + at, k = c + at, o = h + at;
    const i0 = add(add(load4(p), load4(a)), load4(b)), i1 = add(add(v128.load(p, 16), v128.load(a, 16)), v128.load(b, 16));
    const f0 = add(add(load4(p + w), load4(a + w)), load4(b + w)), f1 = add(add(v128.load(p + w, 16), v128.load(a + w, 16)), v128.load(b + w, 16));
    const g0 = add(add(load4(p + w2), load4(a + w2)), load4(b + w2)), g1 = add(add(v128.load(p + w2, 16), v128.load(a + w2, 16)), v128.load(b + w2, 16));
    const o0 = add(add(load4(p + w3), load4(a + w3)), load4(b + w3)), o1 = add(add(v128.load(p + w3, 16), v128.load(a + w3, 16)), v128.load(b + w3, 16));
    const c0 = newCell(i0, f0, g0, load4(k)), c1 = newCell(i1, f1, g1, v128.load(k, 16));
    v128.store(k, c0); v128.store(k, c1, 16);
    const h0 = gated(o0, expTwice(c0)), h1 = gated(o1, expTwice(c1));
    v128.store(o, h0); v128.store(o, h1, 16);
  }
  for (; at < w; at += 16) {
    const p = q + at, a = x + at, b = y + at, k = c + at;
    const i = add(add(load4(p), load4(a)), load4(b)), f = add(add(load4(p + w), load4(a + w)), load4(b + w));
    const g = add(add(load4(p + w2), load4(a + w2)), load4(b + w2)), o = add(add(load4(p + w3), load4(a + w3)), load4(b + w3));
    const n = newCell(i, f, g, load4(k));
    v128.store(k, n);
    v128.store(h + at, gated(o, expTwice(n)));
  }
}
/** The same for pre-activations q + x. */
@inline function cellRow(q: usize, x: usize, w: usize, c: usize, h: usize): void {
  const w2 = w << 1, w3 = w2 + w;
  let at: usize = 0;
  for (; at + 32 <= w; at += 32) {
    const p = q + at, a = x + at, k = c + at, o = h + at;
    const i0 = add(load4(p), load4(a)), i1 = add(v128.load(p, 16), v128.load(a, 16));
    const f0 = add(load4(p + w), load4(a + w)), f1 = add(v128.load(p + w, 16), v128.load(a + w, 16));
    const g0 = add(load4(p + w2), load4(a + w2)), g1 = add(v128.load(p + w2, 16), v128.load(a + w2, 16));
    const o0 = add(load4(p + w3), load4(a + w3)), o1 = add(v128.load(p + w3, 16), v128.load(a + w3, 16));
    const c0 = newCell(i0, f0, g0, load4(k)), c1 = newCell(i1, f1, g1, v128.load(k, 16));
    v128.store(k, c0); v128.store(k, c1, 16);
    const h0 = gated(o0, expTwice(c0)), h1 = gated(o1, expTwice(c1));
    v128.store(o, h0); v128.store(o, h1, 16);
  }
  for (; at < w; at += 16) {
    const p = q + at, a = x + at, k = c + at;
    const n = newCell(add(load4(p), load4(a)), add(load4(p + w), load4(a + w)), add(load4(p + w2), load4(a + w2)), load4(k));
    v128.store(k, n);
    v128.store(h + at, gated(add(load4(p + w3), load4(a + w3)), expTwice(n)));
  }
}
/**
 * Job: inputs[N], their column (bytes), packed U, H, P (H padded to a multiple of 4), out, out stride, steps, T, reverse, pre-activations
 * [B,4P] and cells [B,P] to work in. One direction of an LSTM; out [N,P] are the hidden states.
 */
export function lstmInferenceJob(j: usize): void {
  const inputs: usize = word(j, 1), column: usize = word(j, 2), U: usize = word(j, 3), H = word(j, 4), P = word(j, 5);
  const out: usize = word(j, 6), stride: usize = word(j, 7), steps: usize = word(j, 8), T = word(j, 9), reverse = word(j, 10) != 0;
  const G: usize = word(j, 11), C: usize = word(j, 12), hb = <usize>P << 2, gb = hb << 2;
  let offset: u32 = 0, previousOffset: u32 = 0, carried: u32 = 0; // rows [0, carried) have a previous state
  if (reverse) for (let t: u32 = 0; t < T; t++) offset += word(steps, t);
  for (let s: u32 = 0; s < T; s++) {
    const n = word(steps, reverse ? T - 1 - s : s);
    if (reverse) offset -= n;
    carried = min(carried, n);
    gemm(out + <usize>previousOffset * stride, stride, U, H, G, gb, 0, 0, carried, P << 2);
    if (carried < n) {
      memory.fill(G + <usize>carried * gb, 0, <usize>(n - carried) * gb);
      memory.fill(C + <usize>carried * hb, 0, <usize>(n - carried) * hb);
    }
    for (let r: u32 = 0; r < n; r++) {
      const token = offset + r;
      cellRow(G + <usize>r * gb, <usize>word(inputs, token) + column, hb, C + <usize>r * hb, out + <usize>token * stride);
    }
    carried = n;
    previousOffset = offset;
    if (!reverse) offset += n;
  }
}
/** out = (1−g)·b + g·a with g = σ(z + x + y) over `bytes` of a row. */
@inline function mixRow(z: usize, x: usize, y: usize, a: usize, b: usize, out: usize, bytes: usize): void {
  for (let o: usize = 0; o < bytes; o += 16) {
    const g = sigmoid4(add(add(load4(z + o), load4(x + o)), load4(y + o))), second = load4(b + o);
    v128.store(out + o, fma(g, sub(load4(a + o), second), second));
  }
}
/** Job: z[N], stride, inputs[N], their column (bytes), a, b, out (all with the stride that follows), stride, N, columns. DTN Eq. 1–4 with z + input as the gate's pre-activation. */
export function mixInferenceJob(j: usize): void {
  const z: usize = word(j, 1), zStride: usize = word(j, 2), inputs: usize = word(j, 3), column: usize = word(j, 4);
  const a: usize = word(j, 5), b: usize = word(j, 6), out: usize = word(j, 7), stride: usize = word(j, 8), N = word(j, 9), bytes = <usize>word(j, 10) << 2;
  for (let r: u32 = 0; r < N; r++) {
    const q = z + <usize>r * zStride, x = <usize>word(inputs, r) + column, o = <usize>r * stride;
    for (let k: usize = 0; k < bytes; k += 16) {
      const g = sigmoid4(add(load4(q + k), load4(x + k))), second = load4(b + o + k);
      v128.store(out + o + k, fma(g, sub(load4(a + o + k), second), second));
    }
  }
}
// The decoder as prepared once a model, in words: 0 cells, 1 gates, 2 H, 3 P, 4 K, 5 logits' stride, 6 stride of what words and tags give,
// 7 what each previous tag gives [K+1], 8 packed projection, 9 its bias, 10 and 11 tables of permitted tags (inside, final),
// 12… packed U of each cell, 15… packed first and second part of each gate, 19 a gate's width padded to 16 (numbers).
/**
 * Job: decoder, what the words give [N,stride] (all cells' gates, then the gates), steps, T, memory to work in, out tags [N], out
 * probabilities [N]. Greedy decoding: each token's tag is chosen knowing the tag before.
 */
export function decodeInferenceJob(j: usize): void {
  const d: usize = word(j, 1), D: usize = word(j, 2), steps: usize = word(j, 3), T = word(j, 4), work: usize = word(j, 5);
  const tags: usize = word(j, 6), probabilities: usize = word(j, 7), B = <usize>word(steps, 0);
  const cells = word(d, 0), gates = word(d, 1), H = word(d, 2), P = word(d, 3), K = word(d, 4), stride: usize = word(d, 5), db: usize = word(d, 6);
  const fromTags: usize = word(d, 7), projection: usize = word(d, 8), bias: usize = word(d, 9), inside: usize = word(d, 10), final: usize = word(d, 11);
  const hb = <usize>P << 2, gb = hb << 2, gateWidth = word(d, 19), zb = <usize>gateWidth << 2;
  const logits = work, G = logits + B * stride, Z = G + B * gb, start = Z + B * zb, mixed = start + ((B << 2) + 63 & ~63), C = mixed + B * hb, Ho = C + B * hb * cells;
  for (let r: usize = 0; r < B; r++) store<u32>(start + (r << 2), K);
  memory.fill(C, 0, B * hb * cells * 2);
  let offset: u32 = 0, previous = start;
  for (let t: u32 = 0; t < T; t++) {
    const n = word(steps, t), X = D + <usize>offset * db;
    for (let c: u32 = 0; c < cells; c++) {
      const state = C + B * hb * c, hidden = Ho + B * hb * c, column = gb * c;
      if (t) gemm(hidden, hb, word(d, 12 + c), H, G, gb, 0, 0, n, P << 2);
      else memory.fill(G, 0, <usize>n * gb);
      for (let r: u32 = 0; r < n; r++) {
        const x = X + <usize>r * db + column, y = fromTags + <usize>word(previous, r) * db + column;
        addedRow(G + <usize>r * gb, x, y, hb, state + <usize>r * hb, hidden + <usize>r * hb);
      }
    }
    let output = Ho;
    if (gates) {
      for (let g: u32 = 0; g < gates; g++) {
        const second = Ho + B * hb * (g + 1), column = gb * cells + zb * g;
        gemm(output, hb, word(d, 15 + 2 * g), H, Z, zb, 0, 0, n, gateWidth);
        gemm(second, hb, word(d, 16 + 2 * g), H, Z, zb, Z, zb, n, gateWidth);
        for (let r: u32 = 0; r < n; r++) {
          const x = X + <usize>r * db + column, y = fromTags + <usize>word(previous, r) * db + column, o = <usize>r * hb;
          mixRow(Z + <usize>r * zb, x, y, output + o, second + o, mixed + o, hb);
        }
        output = mixed;
      }
    } else if (cells > 1) {
      const bytes = <usize>n * hb;
      for (let k: usize = 0; k < bytes; k += 16) v128.store(mixed + k, add(load4(Ho + k), load4(Ho + B * hb + k)));
      output = mixed;
    }
    gemm(output, hb, projection, H, logits, stride, bias, 0, n, <u32>(stride >> 2));
    const chosen = tags + (<usize>offset << 2);
    bestTags(logits, stride, K, n, previous, inside, final, t + 1 < T ? word(steps, t + 1) : 0, chosen, probabilities + (<usize>offset << 2));
    previous = chosen;
    offset += n;
  }
}
