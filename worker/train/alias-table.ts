/** Drawing from a discrete distribution in constant time (Walker 1977; Vose 1991). */

const whole = 2 ** 32;

/**
 * Alias table `[weights, 2]` of 32-bit numbers: draw an entry evenly; where a further even draw is at most its first number the
 * entry is taken, else its second number. Weights are not negative, one at least is above 0.
 */
export function aliasTable(weights: Float64Array): Int32Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const share = weights.map((weight) => (weight * weights.length) / total);
  const table = new Int32Array(2 * weights.length);
  const poor: number[] = [];
  const rich: number[] = [];
  const sortIn = (entry: number): unknown => ((share[entry] ?? 0) < 1 ? poor : rich).push(entry);
  for (const entry of share.keys()) sortIn(entry);
  for (;;) {
    const [entry, giver] = [poor.pop(), rich.pop()];
    if (entry === undefined || giver === undefined) {
      // What is left is full but for rounding.
      for (const last of [...poor, ...rich, entry ?? giver ?? -1]) if (last >= 0) table.set([-1, last], 2 * last);
      return table;
    }
    const own = share[entry] ?? 0;
    table.set([threshold(own), giver], 2 * entry);
    share[giver] = (share[giver] ?? 0) - (1 - own);
    sortIn(giver);
  }
}

/** The 32-bit number (as signed) that an even 32-bit draw is at most with this probability. */
export function threshold(probability: number): number {
  return Math.min(whole - 1, Math.max(0, Math.round(probability * whole) - 1)) | 0;
}
