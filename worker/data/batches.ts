/** From sentences to a batch as the engine wants it: packed rows, distinct words, and tries of their characters. */
import { shuffled, type Random } from '../domain/random.ts';
import type { EncodedSentence, FormTable } from './dataset.ts';

/** Structurally the engine's PackedRows; written here so that data does not depend on the engine. */
export interface BatchRows {
  readonly rows: number;
  readonly sentences: number;
  readonly steps: Int32Array;
}
export interface BatchTrie {
  readonly ids: Int32Array;
  readonly parents: Int32Array;
  readonly counts: Int32Array;
  readonly last: Int32Array;
}

/** Sentences of one task in packed rows. N rows (tokens), R distinct words, W distinct forms. */
export interface PackedBatch {
  readonly sentences: readonly EncodedSentence[];
  readonly rows: BatchRows;
  /** Word number of each row [N]. */
  readonly words: Int32Array;
  /** The distinct word numbers [R], and each row's place among them [N]. */
  readonly distinctWords: Int32Array;
  readonly wordIndex: Int32Array;
  /** The distinct surface forms [W], and each row's place among them [N]. */
  readonly distinctForms: Int32Array;
  readonly formIndex: Int32Array;
  /** Gold tags and the tags before them [N]; `tagCount` before a sentence's first token. Empty without gold. */
  readonly tags: Int32Array;
  readonly previousTags: Int32Array;
  /** Each row's vector [N · size] where all sentences have some, else null. */
  readonly features: Float32Array | null;
}

/** The characters of W distinct forms, read both ways; `lengths` in characters. */
export interface FormTries {
  readonly words: number;
  readonly lengths: Int32Array;
  readonly forward: BatchTrie;
  readonly backward: BatchTrie;
}

/** One batch with its forms' characters. */
export interface Batch extends PackedBatch {
  readonly tries: FormTries;
}

/** Replaces a word number in training, e.g. rare words by unknown. */
export type WordDropout = (word: number) => number;

/** Encode one batch with its characters. `tagCount` K of the batch's task. */
export function encodeBatch(
  sentences: readonly EncodedSentence[],
  table: FormTable,
  tagCount: number,
  wordDropout: WordDropout | null,
): Batch {
  const packed = packBatch(sentences, tagCount, wordDropout);
  return { ...packed, tries: formTries(packed.distinctForms, table) };
}

/** Encode one batch without its characters, for callers that keep character encodings. */
export function packBatch(
  given: readonly EncodedSentence[],
  tagCount: number,
  wordDropout: WordDropout | null,
): PackedBatch {
  const sentences = given.toSorted((a, b) => b.words.length - a.words.length);
  const longest = sentences[0]?.words.length ?? 0;
  const steps = new Int32Array(longest);
  for (const sentence of sentences) for (let t = 0; t < sentence.words.length; t++) steps[t] = (steps[t] ?? 0) + 1;
  const N = steps.reduce((sum, n) => sum + n, 0);
  const hasGold = sentences.every((sentence) => sentence.tags.length === sentence.words.length);
  const words = new Int32Array(N);
  const wordIndex = new Int32Array(N);
  const formIndex = new Int32Array(N);
  const tags = new Int32Array(hasGold ? N : 0);
  const previousTags = new Int32Array(hasGold ? N : 0);
  const wordPlaces = new Map<number, number>();
  const formPlaces = new Map<number, number>();
  const place = (places: Map<number, number>, id: number): number => {
    const known = places.get(id);
    if (known !== undefined) return known;
    places.set(id, places.size);
    return places.size - 1;
  };
  let row = 0;
  for (let t = 0; t < longest; t++) {
    for (let s = 0; s < (steps[t] ?? 0); s++, row++) {
      const sentence = sentences[s] as EncodedSentence;
      const original = sentence.words[t] ?? 0;
      const word = wordDropout ? wordDropout(original) : original;
      words[row] = word;
      wordIndex[row] = place(wordPlaces, word);
      formIndex[row] = place(formPlaces, sentence.forms[t] ?? 0);
      if (!hasGold) continue;
      tags[row] = sentence.tags[t] ?? 0;
      previousTags[row] = t === 0 ? tagCount : (sentence.tags[t - 1] ?? 0);
    }
  }
  const distinctForms = Int32Array.from(formPlaces.keys());
  return {
    sentences,
    rows: { rows: N, sentences: sentences.length, steps },
    words,
    distinctWords: Int32Array.from(wordPlaces.keys()),
    wordIndex,
    distinctForms,
    formIndex,
    tags,
    previousTags,
    features: packFeatures(sentences, steps, N),
  };
}

/** The sentences' vectors in the order of the packed rows. */
function packFeatures(sentences: readonly EncodedSentence[], steps: Int32Array, N: number): Float32Array | null {
  const [first] = sentences;
  if (first?.features === undefined || !sentences.every(({ features }) => features !== undefined)) return null;
  const size = first.features.length / first.words.length;
  const packed = new Float32Array(N * size);
  for (const [s, { words, features }] of sentences.entries()) {
    let row = s;
    for (let t = 0; t < words.length; t++) {
      if (features) packed.set(features.subarray(t * size, (t + 1) * size), row * size);
      row += steps[t] ?? 0;
    }
  }
  return packed;
}

/** Sentences without gold in packed rows: only which form each row has. */
export function packForms(
  given: readonly EncodedSentence[],
): Pick<PackedBatch, 'sentences' | 'rows'> & { forms: Int32Array } {
  const sentences = given.toSorted((a, b) => b.words.length - a.words.length);
  const steps = new Int32Array(sentences[0]?.words.length ?? 0);
  let N = 0;
  for (const { forms } of sentences) {
    N += forms.length;
    for (let t = 0; t < forms.length; t++) steps[t] = (steps[t] ?? 0) + 1;
  }
  const forms = new Int32Array(N);
  for (const [s, sentence] of sentences.entries()) {
    let row = s;
    for (let t = 0; t < sentence.forms.length; t++) {
      forms[row] = sentence.forms[t] ?? 0;
      row += steps[t] ?? 0;
    }
  }
  return { sentences, rows: { rows: N, sentences: sentences.length, steps }, forms };
}

/** Tries of the given forms' characters, both ways. */
export function formTries(forms: Int32Array, table: FormTable): FormTries {
  const characters = Array.from(forms, (form) => table.characters[form] as Int32Array);
  return {
    words: characters.length,
    lengths: Int32Array.from(characters, (form) => form.length),
    forward: characterTrie(characters, false),
    backward: characterTrie(characters, true),
  };
}

/** The trie of all forms, read forwards or backwards; nodes in order of depth. */
export function characterTrie(forms: readonly Int32Array[], reverse: boolean): BatchTrie {
  const node = new Int32Array(forms.length).fill(-1);
  const ids: number[] = [];
  const parents: number[] = [];
  const counts: number[] = [];
  const children = new Map<number, number>();
  let active = forms.map((_, w) => w);
  for (let depth = 0; active.length > 0; depth++) {
    children.clear();
    const before = ids.length;
    const next: number[] = [];
    for (const w of active) {
      const form = forms[w] as Int32Array;
      if (form.length <= depth) continue;
      const id = form[reverse ? form.length - 1 - depth : depth] ?? 0;
      const parent = node[w] ?? -1;
      const key = (parent + 1) * 65536 + id;
      let child = children.get(key);
      if (child === undefined) {
        child = ids.length;
        children.set(key, child);
        ids.push(id);
        parents.push(parent);
      }
      node[w] = child;
      next.push(w);
    }
    if (ids.length > before) counts.push(ids.length - before);
    active = next;
  }
  return { ids: Int32Array.from(ids), parents: Int32Array.from(parents), counts: Int32Array.from(counts), last: node };
}

/** Sentences in batches of similar length: for inference, all of them, longest first. */
export function lengthBatches(sentences: readonly EncodedSentence[], batchSize: number): EncodedSentence[][] {
  const sorted = sentences.toSorted((a, b) => b.words.length - a.words.length);
  return Array.from({ length: Math.ceil(sorted.length / batchSize) }, (_, i) =>
    sorted.slice(i * batchSize, (i + 1) * batchSize),
  );
}

/** Sentences are sorted by length within windows of this many batches, so that batches are even but still random. */
const windowBatches = 16;

/** Endless training batches: every sentence once a pass, passes reshuffled, batches of similar length in random order. @throws RangeError without sentences. */
export function* batchStream(
  sentences: readonly EncodedSentence[],
  batchSize: number,
  random: Random,
): Generator<EncodedSentence[], never> {
  if (sentences.length === 0) throw new RangeError('no sentences to make batches of');
  for (;;) {
    const order = shuffled(sentences, random);
    for (let from = 0; from < order.length; from += batchSize * windowBatches) {
      const window = lengthBatches(order.slice(from, from + batchSize * windowBatches), batchSize);
      yield* shuffled(window, random);
    }
  }
}
