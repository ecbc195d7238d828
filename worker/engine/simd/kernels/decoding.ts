/** The step-by-step part of tagging: sums of gathered rows and the choice of the best permitted tag. */
import { add, horizontal, load4, put, real, splat, word } from "./access";
import { expRow } from "./activations";

/** Job: out[n,columns], A, A index, B, B index, n, columns. out[r] = A[ia[r]] + B[ib[r]]; columns multiple of 4. */
export function addGatheredJob(j: usize): void {
  const out: usize = word(j, 1), A: usize = word(j, 2), ia: usize = word(j, 3), B: usize = word(j, 4), ib: usize = word(j, 5), n = word(j, 6);
  const bytes = <usize>word(j, 7) << 2;
  for (let r: u32 = 0; r < n; r++) {
    const a = A + <usize>word(ia, r) * bytes, b = B + <usize>word(ib, r) * bytes, o = out + <usize>r * bytes;
    for (let k: usize = 0; k < bytes; k += 16) v128.store(o + k, add(load4(a + k), load4(b + k)));
  }
}
/**
 * The best permitted tag of each of n rows: logits [n,stride] (bytes), tags before, rows that have a next token. Tables of permitted tags
 * [K+1,stride] (`inside` when more follows, `final` at a sentence's end) hold 0 or −1e30, added to the logits, and −1e30 beyond K; the
 * probability is that of the chosen tag among the permitted ones; of equal tags the first is chosen.
 */
export function bestTags(logits: usize, stride: usize, K: u32, n: u32, previous: usize, inside: usize, final: usize, continuing: u32, tags: usize, probabilities: usize): void {
  for (let r: u32 = 0; r < n; r++) {
    const q = logits + <usize>r * stride, mask = (r < continuing ? inside : final) + <usize>word(previous, r) * stride;
    for (let k = K; k < <u32>(stride >> 2); k++) put(q, k, 0);
    let a = splat(-Infinity), b = a, c = a, d = a;
    for (let o: usize = 0; o < stride; o += 64) {
      const x = add(load4(q + o), load4(mask + o)), y = add(v128.load(q + o, 16), v128.load(mask + o, 16));
      const z = add(v128.load(q + o, 32), v128.load(mask + o, 32)), w = add(v128.load(q + o, 48), v128.load(mask + o, 48));
      v128.store(q + o, x); v128.store(q + o, y, 16); v128.store(q + o, z, 32); v128.store(q + o, w, 48);
      a = f32x4.pmax(a, x); b = f32x4.pmax(b, y); c = f32x4.pmax(c, z); d = f32x4.pmax(d, w);
    }
    a = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
    const highest = max(
      max(f32x4.extract_lane(a, 0), f32x4.extract_lane(a, 1)),
      max(f32x4.extract_lane(a, 2), f32x4.extract_lane(a, 3)),
    );
    const top = splat(highest);
    let at: usize = 0;
    while (at < stride && !v128.any_true(f32x4.eq(load4(q + at), top))) at += 16;
    let best = <u32>(at >> 2);
    while (best < K && real(q, best) != highest) best++;
    if (best > K) best = K; // Weights that are not numbers.
    expRow(q, stride, top);
    let s = splat(0), t = s;
    for (let o: usize = 0; o < stride; o += 32) { s = add(s, load4(q + o)); t = add(t, v128.load(q + o, 16)); }
    store<u32>(tags + (<usize>r << 2), best);
    put(probabilities, r, 1 / horizontal(add(s, t)));
  }
}
/** Job: the words of {@link bestTags} in order. */
export function bestTagJob(j: usize): void {
  bestTags(word(j, 1), word(j, 2), word(j, 3), word(j, 4), word(j, 5), word(j, 6), word(j, 7), word(j, 8), word(j, 9), word(j, 10));
}
