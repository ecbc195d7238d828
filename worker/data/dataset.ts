/** Documents as numbers: each sentence's words, character forms and gold tags. */
import { sentenceRange, type AnnotatedDocument } from '../domain/document.ts';
import { encodeTags, type TagSet } from '../domain/tags.ts';
import { alignSpans, flattenSpans } from './labelling.ts';
import type { WordIndex } from './vocabulary.ts';

/** One sentence (or a piece of at most `maxSentenceTokens`). All arrays have one entry a token. */
export interface EncodedSentence {
  /** Position of the document in its data set, and of the first token in the document. */
  readonly document: number;
  readonly firstToken: number;
  readonly words: Int32Array;
  /** Numbers of the surface forms, see {@link FormTable}. */
  readonly forms: Int32Array;
  /** Gold tag ids; empty when there is no gold. */
  readonly tags: Int32Array;
  /** The tokens' vectors [T · size] where the document has some. */
  readonly features?: Float32Array;
}

/** The distinct surface forms met so far, each with its characters: a form is encoded once a batch. */
export interface FormTable {
  readonly characters: Int32Array[];
  /** Word number of each form. */
  readonly words: number[];
  readonly ids: Map<string, number>;
  readonly index: WordIndex;
  readonly maxCharacters: number;
}

export function formTable(index: WordIndex, maxCharacters: number): FormTable {
  return { characters: [], words: [], ids: new Map(), index, maxCharacters };
}

function formId(table: FormTable, token: string): number {
  const known = table.ids.get(token);
  if (known !== undefined) return known;
  const id = table.characters.length;
  table.ids.set(token, id);
  table.characters.push(table.index.characterIds(token, table.maxCharacters));
  table.words.push(table.index.wordId(token));
  return id;
}

export interface EncodedDocuments {
  readonly sentences: EncodedSentence[];
  readonly tokens: number;
  /** Gold spans left out because they overlapped a longer one. */
  readonly flattened: number;
}

/**
 * Encode documents; with `tags`, gold spans become IOBES tags (overlaps flattened longest-first). Long sentences are cut
 * into pieces; a span over a cut is left out of training.
 */
export function encodeDocuments(
  documents: readonly AnnotatedDocument[],
  table: FormTable,
  tags: TagSet | null,
  maxSentenceTokens: number,
): EncodedDocuments {
  const sentences: EncodedSentence[] = [];
  let tokens = 0;
  let flattened = 0;
  for (const [document, { text, tokens: t, spans, features }] of documents.entries()) {
    const flat = tags ? flattenSpans(spans) : null;
    flattened += flat?.dropped ?? 0;
    const aligned = flat ? alignSpans(t, flat.spans).sentenceSpans : null;
    tokens += t.starts.length;
    for (let s = 0; s < t.sentenceEnds.length; s++) {
      const [first, end] = sentenceRange(t, s);
      for (let from = first; from < end; from += maxSentenceTokens) {
        const to = Math.min(end, from + maxSentenceTokens);
        const forms = new Int32Array(to - from);
        for (let i = 0; i < forms.length; i++)
          forms[i] = formId(table, text.slice(t.starts[from + i], t.ends[from + i]));
        const inside = (aligned?.[s] ?? [])
          .map((span) => ({ ...span, start: span.start - (from - first), end: span.end - (from - first) }))
          .filter((span) => span.start >= 0 && span.end <= to - from);
        sentences.push({
          document,
          firstToken: from,
          words: forms.map((form) => table.words[form] ?? 0),
          forms,
          tags: tags ? encodeTags(tags, forms.length, inside) : new Int32Array(0),
          ...(features && { features: features.values.subarray(from * features.size, to * features.size) }),
        });
      }
    }
  }
  return { sentences, tokens, flattened };
}
