/** The maximum over the steps of packed sequences. */
import { put, real, word } from "./access";

/** Job: x[N,F], rows of each step, steps, F, out[S,F], places[S,F]. `places` are those of the first maxima in x. */
export function maxForwardJob(j: usize): void {
  const x: usize = word(j, 1), steps: usize = word(j, 2), count = word(j, 3), F = word(j, 4), out: usize = word(j, 5), places: usize = word(j, 6);
  let from: u32 = 0;
  for (let t: u32 = 0; t < count; t++) {
    const n = word(steps, t) * F;
    for (let i: u32 = 0; i < n; i++) {
      const value = real(x, from + i);
      if (t && !(value > real(out, i))) continue;
      put(out, i, value);
      store<u32>(places + (<usize>i << 2), from + i);
    }
    from += n;
  }
}
/** Job: dy, places, n, dx (zeroed). dx[places[i]] = dy[i]. */
export function maxBackwardJob(j: usize): void {
  const dy: usize = word(j, 1), places: usize = word(j, 2), n = word(j, 3), dx: usize = word(j, 4);
  for (let i: u32 = 0; i < n; i++) put(dx, word(places, i), real(dy, i));
}
