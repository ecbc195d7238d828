/** Which tags may follow which, as tables for the decoder. */
import { mayEnd, mayFollow, mayStart, type TagSet } from '../domain/tags.ts';
import type { DecoderSpec } from '../engine/ops/decode.ts';

/** [K+1, K] tables of 0/1; row K is the start of a sentence; `final` also demands a tag that may end a sentence. */
export function permittedTags({ size: K, classes }: TagSet): DecoderSpec['permitted'] {
  const inside = new Uint8Array((K + 1) * K);
  const final = new Uint8Array((K + 1) * K);
  for (let from = 0; from <= K; from++) {
    for (let to = 0; to < K; to++) {
      const allowed = classes === true || (from === K ? mayStart(to) : mayFollow(from, to));
      inside[from * K + to] = allowed ? 1 : 0;
      final[from * K + to] = allowed && (classes === true || mayEnd(to)) ? 1 : 0;
    }
  }
  return { inside, final };
}
