/** Which source each document looks like to a model with experts: its gate, on average over the document's tokens and over each gold label's. */
import { encodeBatch, lengthBatches } from '../data/batches.ts';
import { encodeDocuments, type EncodedSentence } from '../data/dataset.ts';
import type { AnnotatedDocument } from '../domain/document.ts';
import { tagName } from '../domain/tags.ts';
import { gateOfBatch } from '../model/expert-gates.ts';
import type { Tagger } from './tagger.ts';

/** Sums of shares over tokens; `shares` in the order of the model's sources. */
export interface ShareSums {
  tokens: number;
  readonly shares: number[];
}

/** Sentences a batch. */
const batchSize = 32;

/** Sums of each document, in their order, and of each gold label (`O` outside), which are added to `labels`. */
export async function expertSums(
  { network, forms, tags, endStep }: Tagger,
  documents: readonly AnnotatedDocument[],
  sources: readonly string[],
  labels: Map<string, ShareSums>,
): Promise<ShareSums[]> {
  const { sentences } = encodeDocuments(documents, forms, tags, network.recipe.training.maxSentenceTokens);
  const sums = documents.map(() => noSums(sources));
  for (const group of lengthBatches(sentences, batchSize)) {
    const batch = encodeBatch(group, forms, tags.size, null);
    const gate = await gateOfBatch(network, batch);
    endStep();
    let row = 0;
    for (const [t, count] of batch.rows.steps.entries()) {
      for (let s = 0; s < count; s++, row++) {
        const sentence = batch.sentences[s] as EncodedSentence;
        const tag = sentence.tags[t] ?? 0;
        const label = tag === 0 ? 'O' : tagName(tags, tag).slice(2);
        const ofLabel = labels.get(label) ?? noSums(sources);
        labels.set(label, ofLabel);
        const shares = gate.subarray(row * sources.length, (row + 1) * sources.length);
        for (const sum of [sums[sentence.document], ofLabel]) if (sum) addShares(sum, shares);
      }
    }
  }
  return sums;
}

/** Sums as means. */
export function meanShares({ tokens, shares }: ShareSums): number[] {
  return shares.map((share) => (tokens === 0 ? 0 : share / tokens));
}

function noSums(sources: readonly string[]): ShareSums {
  return { tokens: 0, shares: sources.map(() => 0) };
}

function addShares(sum: ShareSums, shares: Float32Array): void {
  sum.tokens++;
  for (const [i, share] of shares.entries()) sum.shares[i] = (sum.shares[i] ?? 0) + share;
}
