/** Few labels on purpose: documents of which only some sentences are left to learn from. */
import { sentenceRange, type AnnotatedDocument, type TokenFeatures } from '../domain/document.ts';
import { nestedSubset } from '../domain/random.ts';

/**
 * The documents with this share (0..1] of all their sentences, at least one, chosen by the seed and nested; tokens and annotations of the
 * others are gone (Yang 2017 §4.2 discards them). Documents without a sentence left are left out. An annotation over a sentence's
 * border goes with it.
 */
export function thinDocuments<D extends AnnotatedDocument>(documents: readonly D[], rate: number, seed: number): D[] {
  if (rate >= 1) return [...documents];
  const all = documents.flatMap((document, d) => Array.from(document.tokens.sentenceEnds, (_, s) => ({ d, s })));
  const kept = documents.map((): number[] => []);
  for (const { d, s } of all.length === 0 ? [] : nestedSubset(all, rate, seed)) kept[d]?.push(s);
  return documents.flatMap((document, d) => {
    const sentences = (kept[d] ?? []).sort((a, b) => a - b);
    return sentences.length === 0 ? [] : [withSentences(document, sentences)];
  });
}

function withSentences<D extends AnnotatedDocument>(document: D, sentences: readonly number[]): D {
  const { tokens, spans, features } = document;
  const ranges = sentences.map((s) => sentenceRange(tokens, s));
  const pick = (values: Int32Array): Int32Array =>
    Int32Array.from(ranges.flatMap(([first, end]) => [...values.subarray(first, end)]));
  let count = 0;
  const sentenceEnds = Int32Array.from(ranges, ([first, end]) => (count += end - first));
  const places = ranges.map(([first, end]) => [tokens.starts[first] ?? 0, tokens.ends[end - 1] ?? 0] as const);
  const isInside = ({ start, end }: { start: number; end: number }): boolean => {
    const place = places[countUpTo(places, start) - 1];
    return place !== undefined && end <= place[1];
  };
  return {
    ...document,
    tokens: { starts: pick(tokens.starts), ends: pick(tokens.ends), sentenceEnds },
    spans: spans.filter(isInside),
    ...(features && { features: { size: features.size, values: pickRows(features, ranges) } }),
  };
}

/** How many of the places, in their order, begin at `offset` or before. */
function countUpTo(places: readonly (readonly [from: number, to: number])[], offset: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle]?.[0] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The vectors of the tokens in these ranges. */
function pickRows({ size, values }: TokenFeatures, ranges: readonly (readonly [number, number])[]): Float32Array {
  const picked = new Float32Array(ranges.reduce((sum, [first, end]) => sum + (end - first) * size, 0));
  let at = 0;
  for (const [first, end] of ranges) {
    picked.set(values.subarray(first * size, end * size), at);
    at += (end - first) * size;
  }
  return picked;
}
