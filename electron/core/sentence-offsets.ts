/** Sentences of a token table as offsets in the text. */
import { sentenceRange, type TokenTable } from '../../worker/domain/document.ts';

/** Start and end (UTF-16 code units, end exclusive) of each sentence. */
export function sentenceOffsets(tokens: TokenTable): [start: number, end: number][] {
  return Array.from(tokens.sentenceEnds, (_, sentence) => {
    const [first, end] = sentenceRange(tokens, sentence);
    return [tokens.starts[first] ?? 0, tokens.ends[end - 1] ?? 0];
  });
}
