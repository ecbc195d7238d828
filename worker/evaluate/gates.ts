/** Gates over documents: what reaches the tagger from the source's side and from the target's own, token by token and on average. */
import { encodeBatch, lengthBatches } from '../data/batches.ts';
import { encodeDocuments, type EncodedSentence } from '../data/dataset.ts';
import type { AnnotatedDocument, PredictedSpan } from '../domain/document.ts';
import type { ComponentGates, GateShares } from '../domain/inspection.ts';
import type { Component } from '../domain/recipe.ts';
import { labelOfTag } from '../domain/tags.ts';
import { gatedComponents, gateShares } from '../model/gates.ts';
import type { Tagger } from './tagger.ts';

/** Sentences a batch: small, since every copy's output is held at once. */
const batchSize = 32;

/** One token of a document with the shares of each gated component. */
export interface GatedToken {
  readonly document: number;
  readonly token: number;
  /** Gold and predicted label; null outside. */
  readonly gold: string | null;
  readonly predicted: string | null;
  readonly gates: readonly GateShares[];
}

/**
 * The gates at every token, batch by batch; the decoder is fed the tags that were predicted. Nothing for a network without gates.
 * `wants` leaves out sentences by document and first token.
 */
export async function* gatedTokens(
  tagger: Tagger,
  documents: readonly AnnotatedDocument[],
  predicted: readonly (readonly PredictedSpan[])[],
  wants: (sentence: EncodedSentence) => boolean = () => true,
): AsyncGenerator<GatedToken[]> {
  const { network, forms, tags, endStep } = tagger;
  const parts = gatedComponents(network);
  if (parts.length === 0) return;
  const { maxSentenceTokens } = network.recipe.training;
  const gold = encodeDocuments(documents, forms, tags, maxSentenceTokens).sentences;
  const found = documents.map((document, i) => ({ ...document, spans: predicted[i] ?? [] }));
  const sentences = encodeDocuments(found, forms, tags, maxSentenceTokens).sentences;
  const goldOf = new Map(sentences.map((sentence, i) => [sentence, gold[i]?.tags]));
  const label = (tag: number): string | null => labelOfTag(tags, tag);
  for (const group of lengthBatches(sentences.filter(wants), batchSize)) {
    const batch = encodeBatch(group, forms, tags.size, null);
    const shares = await gateShares(network, batch);
    endStep();
    const tokens: GatedToken[] = [];
    let row = 0;
    for (let t = 0; t < batch.rows.steps.length; t++) {
      for (let s = 0; s < (batch.rows.steps[t] ?? 0); s++, row++) {
        const sentence = batch.sentences[s] as EncodedSentence;
        tokens.push({
          document: sentence.document,
          token: sentence.firstToken + t,
          gold: label(goldOf.get(sentence)?.[t] ?? 0),
          predicted: label(sentence.tags[t] ?? 0),
          gates: parts.map((part) => shareAt(shares.get(part), part, row, batch.formIndex)),
        });
      }
    }
    yield tokens;
  }
}

function shareAt(
  shares: readonly GateShares[] | undefined,
  part: Component,
  row: number,
  formIndex: Int32Array,
): GateShares {
  const found = shares?.[part === 'characterEncoder' ? (formIndex[row] ?? 0) : row];
  if (found === undefined) throw new Error('a token without a gate');
  return found;
}

/** Adds up tokens; `O` stands for the tokens without a gold label. */
export interface GateMeans {
  add(tokens: readonly GatedToken[]): void;
  means(): ComponentGates[];
}

/** Means by component and gold label, for the gated components of a network. */
export function gateMeans(parts: readonly Component[]): GateMeans {
  const sums = new Map<string, { tokens: number; sums: [soft: number, hard: number, independent: number | null][] }>();
  return {
    add(tokens) {
      for (const { gold, gates } of tokens) {
        const label = gold ?? 'O';
        const total = sums.get(label) ?? { tokens: 0, sums: parts.map(() => [0, 0, null]) };
        sums.set(label, total);
        total.tokens++;
        for (const [i, { soft, hard, independent }] of gates.entries()) {
          const sum = total.sums[i];
          if (sum === undefined) continue;
          sum[0] += soft;
          sum[1] += hard;
          if (independent !== null) sum[2] = (sum[2] ?? 0) + independent;
        }
      }
    },
    means: () =>
      parts.map((component, i) => ({
        component,
        labels: [...sums]
          .map(([label, total]) => {
            const [soft, hard, independent] = total.sums[i] ?? [0, 0, null];
            const { tokens } = total;
            const mean = { soft: soft / tokens, hard: hard / tokens };
            return { label, tokens, ...mean, independent: independent === null ? null : independent / tokens };
          })
          .sort((a, b) => b.tokens - a.tokens || (a.label < b.label ? -1 : 1)),
      })),
  };
}
