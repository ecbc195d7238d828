/** Seeded randomness: one small generator, so that the same seed gives the same run everywhere. */

/** A generator of numbers in [0, 1). */
export interface Random {
  next(): number;
}

/** A generator that can be put aside: seeded with its own `state` another one goes on where it stopped. */
export interface SeededRandom extends Random {
  readonly state: number;
}

/** Mulberry32 (public domain, T. Ettinger): 32 bits of state, good enough for shuffles and initial weights. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  return {
    get state() {
      return state;
    },
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    },
  };
}

/** A 32-bit seed derived from a seed and a purpose, so that independent streams do not walk in step. */
export function deriveSeed(seed: number, purpose: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < purpose.length; i++) hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** A shuffled copy (Fisher–Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const out = items.slice();
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1));
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}

/**
 * A share of the documents, nested: the subset for 5 % is contained in the one for 10 % of the same seed.
 * At least one item; `fraction` in (0, 1].
 */
export function nestedSubset<T>(items: readonly T[], fraction: number, seed: number): T[] {
  if (fraction >= 1) return items.slice();
  const keep = Math.max(1, Math.round(items.length * fraction));
  return shuffled(items, seededRandom(deriveSeed(seed, 'subset'))).slice(0, keep);
}
