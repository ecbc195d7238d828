/** Tags batches of sentences with frozen weights; what depends on a word form alone is computed once and kept. */
import { formTries, packBatch, packForms } from '../data/batches.ts';
import type { EncodedSentence, FormTable } from '../data/dataset.ts';
import type { DecodedTags, DecoderSpec } from '../engine/ops/decode.ts';
import type { Inference } from '../engine/ops/inference.ts';
import type { Network } from '../model/network.ts';
import { encodeForms, prepareTagging, projectForms, tagBatch } from '../model/tagging.ts';

/** Sentences of a batch in the order of its rows, and the tags of each row. */
export interface TaggedBatch {
  readonly sentences: readonly EncodedSentence[];
  readonly steps: Int32Array;
  readonly decoded: DecodedTags;
}

export interface BatchTagger {
  /** Tag batches, several at a time where the engine can; what comes back may be cut and ordered otherwise. */
  tag(groups: readonly (readonly EncodedSentence[])[]): Promise<TaggedBatch[]>;
  dispose(): void;
}

/** Forms that are prepared at a time. */
const formBatch = 1024;
/** When kept forms hold more than this they are dropped, so that memory does not grow with the archive; the frequent ones soon come back. */
const mostKeptBytes = 64 * 1024 * 1024;

/** A tagger for the target; sentences must be encoded with `forms`. Kept forms are dropped beyond `mostBytes`. */
export function batchTagger(
  network: Network,
  forms: FormTable,
  permitted: DecoderSpec['permitted'],
  beamWidth: number,
  endStep: () => void,
  mostBytes = mostKeptBytes,
): BatchTagger {
  const inference = beamWidth === 1 ? prepareTagging(network, 'target', permitted) : null;
  endStep();
  return inference
    ? inOnePiece(network, forms, inference, endStep, mostBytes)
    : stepByStep(network, forms, permitted, beamWidth, endStep, mostBytes);
}

function inOnePiece(
  network: Network,
  forms: FormTable,
  inference: Inference,
  endStep: () => void,
  mostBytes: number,
): BatchTagger {
  /** Input number of each form; 0 for one that is not prepared. */
  let inputs = new Int32Array(1024);

  function prepare(missing: Int32Array): void {
    for (let from = 0; from < missing.length; from += formBatch) {
      const ids = missing.subarray(from, from + formBatch);
      const words = ids.map((form) => forms.words[form] ?? 0);
      const numbers = projectForms(network, 'target', inference, words, formTries(ids, forms));
      for (const [i, form] of ids.entries()) inputs[form] = numbers[i] ?? 0;
      endStep();
    }
  }

  return {
    async tag(groups) {
      if (inputs.length < forms.words.length) inputs = grown(inputs, forms.words.length * 2);
      if (inference.bytes > mostBytes) {
        inference.forget();
        inputs.fill(0);
      }
      prepare(missingForms(groups, (form) => inputs[form] === 0));
      const parts = groups.length < 2 * inference.width ? inference.width : 1;
      const packed = groups.flatMap((group) => shares(group, parts)).map(packForms);
      const decoded = await inference.tag(
        packed.map(({ rows, forms: ids }) => ({ rows, inputs: ids.map((form) => inputs[form] ?? 0) })),
      );
      endStep();
      return packed.map(({ sentences, rows }, i) => {
        return { sentences, steps: rows.steps, decoded: decoded[i] as DecodedTags };
      });
    },
    dispose: () => inference.dispose(),
  };
}

function stepByStep(
  network: Network,
  forms: FormTable,
  permitted: DecoderSpec['permitted'],
  beamWidth: number,
  endStep: () => void,
  mostBytes: number,
): BatchTagger {
  const encodings = new Map<number, Float32Array>();
  let bytes = 0;

  async function prepare(missing: Int32Array): Promise<void> {
    for (let from = 0; from < missing.length; from += formBatch) {
      const ids = missing.subarray(from, from + formBatch);
      for (const [i, encoding] of (await encodeForms(network, 'target', formTries(ids, forms))).entries()) {
        encodings.set(ids[i] ?? 0, encoding);
        bytes += encoding.byteLength;
      }
      endStep();
    }
  }

  return {
    async tag(groups) {
      if (bytes > mostBytes) {
        encodings.clear();
        bytes = 0;
      }
      await prepare(missingForms(groups, (form) => !encodings.has(form)));
      const results: TaggedBatch[] = [];
      for (const group of groups) {
        const batch = packBatch(group, 0, null);
        const own = Array.from(batch.distinctForms, (form) => encodings.get(form) as Float32Array);
        const decoded = await tagBatch(network, 'target', batch, own, permitted, beamWidth);
        endStep();
        results.push({ sentences: batch.sentences, steps: batch.rows.steps, decoded });
      }
      return results;
    },
    dispose: () => encodings.clear(),
  };
}

/** Distinct forms of the sentences that are not prepared yet. */
function missingForms(
  groups: readonly (readonly EncodedSentence[])[],
  isMissing: (form: number) => boolean,
): Int32Array {
  const missing = new Set<number>();
  for (const group of groups)
    for (const { forms } of group) for (const form of forms) if (isMissing(form)) missing.add(form);
  return Int32Array.from(missing);
}

/** Sentences dealt out to `parts` equal shares, none empty. */
function shares(group: readonly EncodedSentence[], parts: number): EncodedSentence[][] {
  const count = Math.min(parts, group.length);
  return Array.from({ length: count }, (_, part) => group.filter((_sentence, i) => i % count === part));
}

function grown(values: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(length);
  wider.set(values);
  return wider;
}
