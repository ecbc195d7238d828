/** Applies a network to documents: tokens in, spans with confidence out. */
import { encodeBatch, lengthBatches } from '../data/batches.ts';
import { encodeDocuments, type EncodedSentence, type FormTable } from '../data/dataset.ts';
import type { AnnotatedDocument, PredictedSpan } from '../domain/document.ts';
import { decodeTags, type TagSet } from '../domain/tags.ts';
import type { DecodedTags, DecoderSpec } from '../engine/ops/decode.ts';
import { tagBatch, type Network } from '../model/network.ts';
import { permittedTags } from '../model/permitted.ts';

/** What tagging needs besides the notes. `endStep` frees the engine's temporaries after a batch. */
export interface Tagger {
  readonly network: Network;
  readonly tags: TagSet;
  readonly forms: FormTable;
  readonly permitted: DecoderSpec['permitted'];
  readonly beamWidth: number;
  readonly endStep: () => void;
}

/** Sentences a batch in tagging. */
const taggingBatch = 64;

export function createTagger(network: Network, tags: TagSet, forms: FormTable, beamWidth: number, endStep: () => void): Tagger {
  return { network, tags, forms, permitted: permittedTags(tags), beamWidth, endStep };
}

/** Predicted spans of each document, in order of their start. */
export function predict(tagger: Tagger, documents: readonly AnnotatedDocument[]): PredictedSpan[][] {
  const { sentences } = encodeDocuments(documents, tagger.forms, null, tagger.network.recipe.training.maxSentenceTokens);
  return predictSentences(tagger, documents, sentences);
}

/** The same for sentences that are encoded already. */
export function predictSentences(tagger: Tagger, documents: readonly AnnotatedDocument[], sentences: readonly EncodedSentence[]): PredictedSpan[][] {
  const found: PredictedSpan[][] = documents.map(() => []);
  for (const group of lengthBatches(sentences, taggingBatch)) {
    const batch = encodeBatch(group, tagger.forms, tagger.tags.size, null);
    const decoded = tagBatch(tagger.network, 'target', batch, tagger.permitted, tagger.beamWidth);
    tagger.endStep();
    const { steps } = batch.rows;
    for (const [s, sentence] of batch.sentences.entries()) {
      const rows = rowsOfSentence(steps, s, sentence.words.length);
      const document = documents[sentence.document] as AnnotatedDocument;
      found[sentence.document]?.push(...spansOf(tagger.tags, decoded, rows, document, sentence.firstToken));
    }
  }
  for (const spans of found) spans.sort((a, b) => a.start - b.start);
  return found;
}

function rowsOfSentence(steps: Int32Array, sentence: number, length: number): Int32Array {
  const rows = new Int32Array(length);
  let offset = 0;
  for (let t = 0; t < length; t++) {
    rows[t] = offset + sentence;
    offset += steps[t] ?? 0;
  }
  return rows;
}

/** An entity's confidence: the geometric mean of its tags' probabilities (our choice: does not punish long entities). */
function spansOf(tags: TagSet, decoded: DecodedTags, rows: Int32Array, document: AnnotatedDocument, firstToken: number): PredictedSpan[] {
  const ids = rows.map((row) => decoded.tags[row] ?? 0);
  return decodeTags(tags, ids).map(({ start, end, label }) => {
    let logarithm = 0;
    for (let t = start; t < end; t++) logarithm += Math.log(Math.max(1e-30, decoded.probabilities[rows[t] ?? 0] ?? 0));
    return {
      start: document.tokens.starts[firstToken + start] ?? 0,
      end: document.tokens.ends[firstToken + end - 1] ?? 0,
      label,
      confidence: Math.exp(logarithm / (end - start)),
    };
  });
}
