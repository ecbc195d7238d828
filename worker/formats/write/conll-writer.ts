/** Annotated documents as columns in the manner of CoNLL-2003: one file a task and split, such as target-train.conll. */
import { sentenceRange, tokenCount } from '../../domain/document.ts';
import type { AnnotatedDocument, Span, TokenTable } from '../../domain/document.ts';
import type { GoldWriter, WriteCounts } from './gold-writer.ts';
import { openOutputFile } from './output-file.ts';
import type { OutputFile } from './output-file.ts';
import { countUpTo } from './positions.ts';

/** Start writing to `folder`. @throws AppError as `openOutputFile` does. */
export function openConllGold(folder: string): GoldWriter {
  const files = new Map<string, OutputFile>();
  return {
    async write(document) {
      const name = `${document.task}-${document.split}.conll`;
      const file = files.get(name) ?? (await openOutputFile(folder, name));
      files.set(name, file);
      const { lines, counts } = conllLines(document);
      await file.write(lines);
      return counts;
    },
    async close() {
      for (const file of files.values()) await file.commit();
      return files.size;
    },
    async discard() {
      for (const file of files.values()) await file.discard();
    },
  };
}

/**
 * A document as tab-separated columns `token start end document tag`: a -DOCSTART- line, a blank line after it and after
 * each sentence, tags in IOB2, offsets in UTF-16 code units, end exclusive. Columns know only whole tokens of one
 * sentence, one label a token: a span that starts or ends inside a token, and a discontinuous one, widens; one over
 * several sentences, one without a token, and one that meets a longer one, is skipped.
 */
export function conllLines(document: AnnotatedDocument): { lines: string; counts: WriteCounts } {
  const { text, tokens } = document;
  const name = document.name.replace(/\s/g, ' ');
  const { tags, counts } = iob2Tags(tokens, document.spans);
  const lines = [`-DOCSTART-\t-X-\t-X-\t${name}\tO\n\n`];
  for (let sentence = 0; sentence < tokens.sentenceEnds.length; sentence++) {
    const [first, end] = sentenceRange(tokens, sentence);
    for (let i = first; i < end; i++) {
      const from = tokens.starts[i] ?? 0;
      const to = tokens.ends[i] ?? 0;
      const surface = text.slice(from, to).replace(/\s/g, '_');
      lines.push(`${surface}\t${from}\t${to}\t${name}\t${tags[i] ?? 'O'}\n`);
    }
    lines.push('\n');
  }
  return { lines: lines.join(''), counts };
}

function iob2Tags(tokens: TokenTable, spans: readonly Span[]): { tags: string[]; counts: WriteCounts } {
  const tags = new Array<string>(tokenCount(tokens)).fill('O');
  let annotations = 0;
  let widened = 0;
  const longestFirst = spans.toSorted((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start);
  for (const span of longestFirst) {
    const first = countUpTo(tokens.ends, span.start);
    const end = countUpTo(tokens.starts, span.end - 1);
    const isFree = first < end && tags.slice(first, end).every((tag) => tag === 'O');
    if (!isFree || !isOneSentence(tokens, first, end)) continue;
    const label = span.label.replace(/\s/g, '_');
    tags.fill(`I-${label}`, first, end);
    tags[first] = `B-${label}`;
    annotations++;
    const exact = tokens.starts[first] === span.start && tokens.ends[end - 1] === span.end && !span.fragments;
    if (!exact) widened++;
  }
  return { tags, counts: { annotations, widened, skipped: spans.length - annotations } };
}

function isOneSentence(tokens: TokenTable, first: number, end: number): boolean {
  return countUpTo(tokens.sentenceEnds, first) === countUpTo(tokens.sentenceEnds, end - 1);
}
