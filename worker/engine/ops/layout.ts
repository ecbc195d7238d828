/** How a batch lies in memory: packed, time-major rows without padding, and tries of its distinct words' characters. */

/**
 * Sentences sorted by decreasing length; row order is time-major: the first tokens of all sentences, then all second
 * tokens, …; `steps[t]` sentences have a token t. N = Σ steps = `rows`.
 */
export interface PackedRows {
  readonly rows: number;
  readonly sentences: number;
  readonly steps: Int32Array;
}

/**
 * Character sequences as a trie, nodes in order of depth: node i continues `parents[i]` (−1: starts a word) with character
 * `ids[i]`; `counts[d]` nodes have depth d; `last[w]` is the node where word w ends.
 */
export interface CharacterTrie {
  readonly ids: Int32Array;
  readonly parents: Int32Array;
  readonly counts: Int32Array;
  readonly last: Int32Array;
}

/** The distinct words of a batch, read forwards and backwards. W = `words`; `lengths[w]` in characters. */
export interface CharacterTries {
  readonly words: number;
  readonly lengths: Int32Array;
  readonly forward: CharacterTrie;
  readonly backward: CharacterTrie;
}
