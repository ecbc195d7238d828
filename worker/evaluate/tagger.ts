/** Applies a network to documents: tokens in, spans with confidence out. */
import { lengthBatches } from '../data/batches.ts';
import { encodeDocuments, type EncodedSentence, type FormTable } from '../data/dataset.ts';
import type { AnnotatedDocument, PredictedSpan } from '../domain/document.ts';
import { decodeTags, type TagSet } from '../domain/tags.ts';
import type { DecodedTags } from '../engine/ops/decode.ts';
import type { Network } from '../model/network.ts';
import { permittedTags } from '../model/permitted.ts';
import { batchTagger, type BatchTagger } from './batch-tagger.ts';

/** A network whose weights stay as they are, ready to tag; whoever made it calls {@link disposeTagger}. */
export interface Tagger {
  readonly network: Network;
  readonly tags: TagSet;
  readonly forms: FormTable;
  readonly batches: BatchTagger;
  readonly endStep: () => void;
}

/** Sentences a batch. */
const taggingBatch = 64;
/** Batches are given to the engine together until they have this many tokens: enough for all threads, little enough for memory. */
const windowTokens = 8192;

/**
 * Get a network ready to tag the target. `endStep` frees the engine's temporaries after a batch. Sentences given to the tagger must be
 * encoded with `forms`.
 */
export function createTagger(
  network: Network,
  tags: TagSet,
  forms: FormTable,
  beamWidth: number,
  endStep: () => void,
): Tagger {
  const batches = batchTagger(network, forms, permittedTags(tags), beamWidth, endStep);
  return { network, tags, forms, batches, endStep };
}

/** Free what the tagger holds in the engine; its network stays. */
export function disposeTagger(tagger: Tagger): void {
  tagger.batches.dispose();
}

/** Predicted spans of each document, in order of their start. */
export function predict(tagger: Tagger, documents: readonly AnnotatedDocument[]): Promise<PredictedSpan[][]> {
  const { sentences } = encodeDocuments(
    documents,
    tagger.forms,
    null,
    tagger.network.recipe.training.maxSentenceTokens,
  );
  return predictSentences(tagger, documents, sentences);
}

/** The same for sentences that are encoded already. */
export async function predictSentences(
  tagger: Tagger,
  documents: readonly AnnotatedDocument[],
  sentences: readonly EncodedSentence[],
): Promise<PredictedSpan[][]> {
  const found: PredictedSpan[][] = documents.map(() => []);
  for (const window of windows(lengthBatches(sentences, taggingBatch))) {
    for (const { sentences, steps, decoded } of await tagger.batches.tag(window)) {
      for (const [s, sentence] of sentences.entries()) {
        const rows = rowsOfSentence(steps, s, sentence.forms.length);
        const document = documents[sentence.document] as AnnotatedDocument;
        found[sentence.document]?.push(...spansOf(tagger.tags, decoded, rows, document, sentence.firstToken));
      }
    }
  }
  for (const spans of found) spans.sort((a, b) => a.start - b.start);
  return found;
}

function* windows(groups: readonly EncodedSentence[][]): Generator<EncodedSentence[][]> {
  let window: EncodedSentence[][] = [];
  let tokens = 0;
  for (const group of groups) {
    window.push(group);
    for (const { forms } of group) tokens += forms.length;
    if (tokens < windowTokens) continue;
    yield window;
    window = [];
    tokens = 0;
  }
  if (window.length > 0) yield window;
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
function spansOf(
  tags: TagSet,
  decoded: DecodedTags,
  rows: Int32Array,
  document: AnnotatedDocument,
  firstToken: number,
): PredictedSpan[] {
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
