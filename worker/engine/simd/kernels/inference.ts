/**
 * Tagging with frozen weights: recurrences that keep nothing for a backward pass, and the greedy decoder from a sentence's first to its
 * last token. Rows are packed and time-major as in lstm.ts. What depends on a word alone is a row of a table that lies anywhere in
 * memory: `inputs` holds a row's address for each token.
 */
import { word } from "./access";
import { sigmoidRow, tanhRow } from "./activations";
import { addRow, mixRow, productRow, sumRow } from "./row-arithmetic";
import { sharedCellRow } from "./shared-cell";
import { bestTags } from "./decoding";
import { gemm } from "./gemm";
import { cellRow } from "./lstm";

/** Cell of one row in place: q pre-activations, w bytes a gate (they end as scratch). A cell that holds 0 is a sentence's first. */
@inline function cell(q: usize, w: usize, c: usize, h: usize): void { cellRow(q, w, c, c, q + (w << 1), h, true); }
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
    memory.fill(C + <usize>carried * hb, 0, <usize>(n - carried) * hb);
    for (let r: u32 = 0; r < n; r++) {
      const token = offset + r, q = G + <usize>r * gb, x = <usize>word(inputs, token) + column;
      if (r < carried) addRow(q, x, gb);
      else memory.copy(q, x, gb);
      cell(q, hb, C + <usize>r * hb, out + <usize>token * stride);
    }
    carried = n;
    previousOffset = offset;
    if (!reverse) offset += n;
  }
}
/**
 * Job: as {@link lstmInferenceJob} for a GRU: inputs[N], their column, packed U of r and z, H, P, out, out stride, steps, T, reverse,
 * pre-activations [B,3P] and r ∘ previous [B,P] to work in, packed U of h̃.
 */
export function gruInferenceJob(j: usize): void {
  const inputs: usize = word(j, 1), column: usize = word(j, 2), Urz: usize = word(j, 3), H = word(j, 4), P = word(j, 5);
  const out: usize = word(j, 6), stride: usize = word(j, 7), steps: usize = word(j, 8), T = word(j, 9), reverse = word(j, 10) != 0;
  const G: usize = word(j, 11), R: usize = word(j, 12), Uh: usize = word(j, 13), hb = <usize>P << 2, both = hb << 1, gb = both + hb;
  let offset: u32 = 0, previousOffset: u32 = 0, carried: u32 = 0;
  if (reverse) for (let t: u32 = 0; t < T; t++) offset += word(steps, t);
  for (let s: u32 = 0; s < T; s++) {
    const n = word(steps, reverse ? T - 1 - s : s);
    if (reverse) offset -= n;
    carried = min(carried, n);
    const before = out + <usize>previousOffset * stride, now = out + <usize>offset * stride;
    gemm(before, stride, Urz, H, G, gb, 0, 0, carried, P << 1);
    for (let r: u32 = 0; r < n; r++) {
      const q = G + <usize>r * gb, x = <usize>word(inputs, offset + r) + column;
      if (r < carried) { addRow(q, x, both); memory.copy(q + both, x + both, hb); }
      else memory.copy(q, x, gb);
      sigmoidRow(q, q, both);
      if (r < carried) productRow(q, before + <usize>r * stride, R + <usize>r * hb, hb);
    }
    gemm(R, hb, Uh, H, G + both, gb, G + both, gb, carried, P);
    memory.fill(R + <usize>carried * hb, 0, <usize>(n - carried) * hb); // first tokens follow a state of zeros
    for (let r: u32 = 0; r < n; r++) {
      const z = G + <usize>r * gb + hb, candidate = z + hb;
      tanhRow(candidate, candidate, hb);
      mixRow(z, r < carried ? before + <usize>r * stride : R + <usize>r * hb, candidate, now + <usize>r * stride, hb);
    }
    carried = n;
    previousOffset = offset;
    if (!reverse) offset += n;
  }
}
/**
 * Job: as {@link lstmInferenceJob} for a shared cell: inputs[N], their column, packed U, H, P, out (h ‖ q, [N,2P]), out stride, steps, T,
 * reverse, pre-activations [B,5P] and cells [B,P] to work in, packed U of the task's gate.
 */
export function sharedCellInferenceJob(j: usize): void {
  const inputs: usize = word(j, 1), column: usize = word(j, 2), U: usize = word(j, 3), H = word(j, 4), P = word(j, 5);
  const out: usize = word(j, 6), stride: usize = word(j, 7), steps: usize = word(j, 8), T = word(j, 9), reverse = word(j, 10) != 0;
  const G: usize = word(j, 11), C: usize = word(j, 12), V: usize = word(j, 13), hb = <usize>P << 2, own = hb << 2, gb = own + hb;
  let offset: u32 = 0, previousOffset: u32 = 0, carried: u32 = 0;
  if (reverse) for (let t: u32 = 0; t < T; t++) offset += word(steps, t);
  for (let s: u32 = 0; s < T; s++) {
    const n = word(steps, reverse ? T - 1 - s : s);
    if (reverse) offset -= n;
    carried = min(carried, n);
    const before = out + <usize>previousOffset * stride;
    gemm(before, stride, U, H, G, gb, 0, 0, carried, P << 2);
    gemm(before + hb, stride, V, H, G + own, gb, 0, 0, carried, P);
    memory.fill(C + <usize>carried * hb, 0, <usize>(n - carried) * hb);
    for (let r: u32 = 0; r < n; r++) {
      const token = offset + r, q = G + <usize>r * gb, x = <usize>word(inputs, token) + column, c = C + <usize>r * hb;
      if (r < carried) addRow(q, x, gb);
      else memory.copy(q, x, gb);
      sharedCellRow(q, hb, c, c, q + (hb << 1), out + <usize>token * stride, true);
    }
    carried = n;
    previousOffset = offset;
    if (!reverse) offset += n;
  }
}
/** Job: z[N], stride, inputs[N], their column (bytes), a, b, out (all with the stride that follows), stride, N, columns. DTN Eq. 1–4 with z + input as the gate's pre-activation. */
export function mixInferenceJob(j: usize): void {
  const z: usize = word(j, 1), zStride: usize = word(j, 2), inputs: usize = word(j, 3), column: usize = word(j, 4);
  const a: usize = word(j, 5), b: usize = word(j, 6), out: usize = word(j, 7), stride: usize = word(j, 8), N = word(j, 9), bytes = <usize>word(j, 10) << 2;
  for (let r: u32 = 0; r < N; r++) {
    const q = z + <usize>r * zStride, o = <usize>r * stride;
    addRow(q, <usize>word(inputs, r) + column, bytes);
    sigmoidRow(q, q, bytes);
    mixRow(q, a + o, b + o, out + o, bytes);
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
      for (let r: u32 = 0; r < n; r++) sumRow(X + <usize>r * db + column, fromTags + <usize>word(previous, r) * db + column, G + <usize>r * gb, gb);
      if (t) gemm(hidden, hb, word(d, 12 + c), H, G, gb, G, gb, n, P << 2);
      for (let r: usize = 0; r < n; r++) cell(G + r * gb, hb, state + r * hb, hidden + r * hb);
    }
    let output = Ho;
    if (gates) {
      for (let g: u32 = 0; g < gates; g++) {
        const second = Ho + B * hb * (g + 1), column = gb * cells + zb * g;
        for (let r: u32 = 0; r < n; r++) sumRow(X + <usize>r * db + column, fromTags + <usize>word(previous, r) * db + column, Z + <usize>r * zb, zb);
        gemm(output, hb, word(d, 15 + 2 * g), H, Z, zb, Z, zb, n, gateWidth);
        gemm(second, hb, word(d, 16 + 2 * g), H, Z, zb, Z, zb, n, gateWidth);
        sigmoidRow(Z, Z, zb * n);
        for (let r: usize = 0; r < n; r++) mixRow(Z + r * zb, output + r * hb, second + r * hb, mixed + r * hb, hb);
        output = mixed;
      }
    } else if (cells > 1) {
      sumRow(Ho, Ho + B * hb, mixed, hb * n);
      output = mixed;
    }
    gemm(output, hb, projection, H, logits, stride, bias, 0, n, <u32>(stride >> 2));
    const chosen = tags + (<usize>offset << 2);
    bestTags(logits, stride, K, n, previous, inside, final, t + 1 < T ? word(steps, t + 1) : 0, chosen, probabilities + (<usize>offset << 2));
    previous = chosen;
    offset += n;
  }
}
