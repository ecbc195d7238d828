/** The step-by-step part of tagging: sums of gathered rows and the choice of the best permitted tag. */
import { add, load4, put, real, word } from "./access";
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
 * Job: logits[n,stride], stride, K, n, previous tags, permitted[K+1,K] when more follows, the same at a sentence's end,
 * rows that have a next token, out tags, out probabilities. Permitted tables hold 0 or −1e30, added to the logits;
 * the probability is that of the chosen tag among the permitted ones.
 */
export function bestTagJob(j: usize): void {
  const logits: usize = word(j, 1), stride: usize = word(j, 2), K = word(j, 3), n = word(j, 4), previous: usize = word(j, 5);
  const inside: usize = word(j, 6), final: usize = word(j, 7), continuing = word(j, 8), tags: usize = word(j, 9), probabilities: usize = word(j, 10);
  for (let r: u32 = 0; r < n; r++) {
    const q = logits + <usize>r * stride, mask = (r < continuing ? inside : final) + ((<usize>word(previous, r) * K) << 2);
    let best: u32 = 0, bestValue = real(q, 0) + real(mask, 0);
    put(q, 0, bestValue);
    for (let k: u32 = 1; k < K; k++) {
      const x = real(q, k) + real(mask, k);
      put(q, k, x);
      if (x > bestValue) { bestValue = x; best = k; }
    }
    let sum: f32 = 0;
    for (let k: u32 = 0; k < K; k++) sum += f32x4.extract_lane(exp4(f32x4.splat(max(real(q, k) - bestValue, -80))), 0);
    store<u32>(tags + (<usize>r << 2), best);
    put(probabilities, r, 1 / sum);
  }
}
