/** Applies a network to documents: tokens in, spans with confidence out. */
import { formTries, lengthBatches, packBatch } from '../data/batches.ts';
import { encodeDocuments, type EncodedSentence, type FormTable } from '../data/dataset.ts';
import type { AnnotatedDocument, PredictedSpan } from '../domain/document.ts';
import { decodeTags, type TagSet } from '../domain/tags.ts';
import type { DecodedTags, DecoderSpec } from '../engine/ops/decode.ts';
import type { Network } from '../model/network.ts';
import { permittedTags } from '../model/permitted.ts';
import { encodeForms, tagBatch } from '../model/tagging.ts';

/** A network whose weights stay as they are, ready to tag. `endStep` frees the engine's temporaries after a batch. */
export interface Tagger {
  readonly network: Network;
  readonly tags: TagSet;
  readonly forms: FormTable;
  readonly permitted: DecoderSpec['permitted'];
  readonly beamWidth: number;
  readonly endStep: () => void;
  /** The target's character encoding of each form met so far, in the order of the form table: computed once a word type. */
  readonly encodings: Float32Array[];
}

/** Sentences a batch in tagging, and forms a batch of character encoding. */
const taggingBatch = 64;
const formBatch = 1024;

export function createTagger(
  network: Network,
  tags: TagSet,
  forms: FormTable,
  beamWidth: number,
  endStep: () => void,
): Tagger {
  return { network, tags, forms, permitted: permittedTags(tags), beamWidth, endStep, encodings: [] };
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
  await encodeNewForms(tagger);
  for (const group of lengthBatches(sentences, taggingBatch)) {
    const batch = packBatch(group, tagger.tags.size, null);
    const encodings = Array.from(batch.distinctForms, (form) => tagger.encodings[form] as Float32Array);
    const decoded = await tagBatch(tagger.network, 'target', batch, encodings, tagger.permitted, tagger.beamWidth);
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

async function encodeNewForms({ network, forms, encodings, endStep }: Tagger): Promise<void> {
  while (encodings.length < forms.characters.length) {
    const first = encodings.length;
    const count = Math.min(formBatch, forms.characters.length - first);
    const ids = Int32Array.from({ length: count }, (_, i) => first + i);
    encodings.push(...(await encodeForms(network, 'target', formTries(ids, forms))));
    endStep();
  }
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
