/** The step-by-step part of tagging: sums of gathered rows and the choice of the best permitted tag. */
import { add, horizontal, load4, put, real, splat, sub, word } from "./access";
import { exp4 } from "./activations";

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
 * Job: logits[n,stride], stride, K, n, previous tags, permitted[K+1,stride] when more follows, the same at a sentence's end,
 * rows that have a next token, out tags, out probabilities. Permitted tables hold 0 or −1e30, added to the logits, and −1e30 beyond K;
 * the probability is that of the chosen tag among the permitted ones; of equal tags the first is chosen.
 */
export function bestTagJob(j: usize): void {
  const logits: usize = word(j, 1), stride: usize = word(j, 2), K = word(j, 3), n = word(j, 4), previous: usize = word(j, 5);
  const inside: usize = word(j, 6), final: usize = word(j, 7), continuing = word(j, 8), tags: usize = word(j, 9), probabilities: usize = word(j, 10);
  for (let r: u32 = 0; r < n; r++) {
    const q = logits + <usize>r * stride, mask = (r < continuing ? inside : final) + <usize>word(previous, r) * stride;
    for (let k = K; k < <u32>(stride >> 2); k++) put(q, k, 0);
    let highest4 = splat(-Infinity);
    for (let o: usize = 0; o < stride; o += 16) {
      const x = add(load4(q + o), load4(mask + o));
      v128.store(q + o, x);
      highest4 = f32x4.max(highest4, x);
    }
    const highest = max(
      max(f32x4.extract_lane(highest4, 0), f32x4.extract_lane(highest4, 1)),
      max(f32x4.extract_lane(highest4, 2), f32x4.extract_lane(highest4, 3)),
    );
    const top = splat(highest);
    let best: u32 = K, sums = splat(0);
    for (let o: usize = 0; o < stride; o += 16) {
      const x = load4(q + o);
      sums = add(sums, exp4(sub(x, top)));
      if (best == K && v128.any_true(f32x4.eq(x, top))) {
        best = <u32>(o >> 2);
        while (real(q, best) != highest) best++;
      }
    }
    store<u32>(tags + (<usize>r << 2), best);
    put(probabilities, r, 1 / horizontal(sums));
  }
}
