/** Annotated documents in the i2b2/VA 2010 layout: txt/NAME.txt and concept/NAME.con, below the subfolders of NAME. */
import { posix } from 'node:path';
import type { Span } from '../../domain/document.ts';
import { charactersAt, chooseTokenLines, cutTokenLines, type AddressedText, type TokenLines } from '../token-lines.ts';
import type { GoldWriter, WriteCounts } from './gold-writer.ts';
import { openNoteNames, openOutputFolder } from './output-folder.ts';
import { countUpTo } from './positions.ts';

/**
 * Start filling `folder`. @throws AppError as `openOutputFolder` does.
 * The text is written verbatim; see {@link conceptLines} for what becomes of the annotations.
 */
export async function openI2b2Gold(folder: string): Promise<GoldWriter> {
  const files = await openOutputFolder(folder);
  const names = openNoteNames();
  return {
    async write(document) {
      const { dir, base } = posix.parse(names.pathFor(document.name));
      const concepts = conceptLines(document.text, document.spans);
      await files.write(posix.join(dir, 'txt', `${base}.txt`), document.text);
      await files.write(posix.join(dir, 'concept', `${base}.con`), concepts.lines);
      return concepts.counts;
    },
    close: () => files.commit(),
    discard: () => files.discard(),
  };
}

/**
 * The lines of a .con file: `c="surface" L:T L:T||t="label"`, lines from 1, tokens (between runs of white space) from 0,
 * the end token inclusive, the surface lower-cased, sorted by position. The format knows only whole tokens of one line:
 * a span that starts or ends inside a token, and a discontinuous one, widens; one over several lines, one without a
 * token, and one that is already there after widening, is skipped.
 */
export function conceptLines(text: string, spans: readonly Span[]): { lines: string; counts: WriteCounts } {
  const byRuns = placeConcepts(text, spans, 'runs');
  // The format does not say how white space is counted, and readers find out from the surfaces. In a rare text with
  // repeated words and wide gaps they would find out wrongly; it is then addressed in the way they try first.
  const concepts = readsBack(text, byRuns) ? byRuns : placeConcepts(text, spans, 'each');
  const counts = {
    annotations: concepts.length,
    widened: concepts.filter(({ isWidened }) => isWidened).length,
    skipped: spans.length - concepts.length,
  };
  return { lines: concepts.map(({ line }) => line).join(''), counts };
}

interface Concept extends AddressedText {
  readonly line: string;
  readonly start: number;
  readonly end: number;
  readonly isWidened: boolean;
}

function placeConcepts(text: string, spans: readonly Span[], tokens: 'runs' | 'each'): Concept[] {
  const layout = cutTokenLines(text, { tokens, universalNewlines: false });
  const concepts = new Map<string, Concept>();
  for (const span of spans.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const place = placeOf(layout, span);
    if (!place) continue;
    const { address, start, end } = place;
    const { startLine, startToken, endLine, endToken } = address;
    const surface = text.slice(start, end).replace(/\s+/g, ' ').toLowerCase();
    const offsets = `${startLine}:${startToken} ${endLine}:${endToken}`;
    const line = `c="${surface}" ${offsets}||t="${safeLabel(span.label)}"\n`;
    const isWidened = start !== span.start || end !== span.end || span.fragments !== undefined;
    if (!concepts.has(line))
      concepts.set(line, { line, start, end, isWidened, addresses: [address], surfaces: [surface] });
  }
  return [...concepts.values()];
}

/** The tokens a span touches, when they are on one line, and the characters they cover. */
function placeOf({ starts, ends, lineFirst }: TokenLines, span: Span) {
  const first = countUpTo(ends, span.start);
  let last = countUpTo(starts, span.end - 1) - 1;
  while (last > first && starts[last] === ends[last]) last--;
  const line = countUpTo(lineFirst, first);
  if (last < first || countUpTo(lineFirst, last) !== line) return undefined;
  const lineStart = lineFirst[line - 1] ?? 0;
  const address = { startLine: line, startToken: first - lineStart, endLine: line, endToken: last - lineStart };
  return { address, start: starts[first] ?? span.start, end: ends[last] ?? span.end };
}

function readsBack(text: string, concepts: readonly Concept[]): boolean {
  const { lines } = chooseTokenLines(text, concepts);
  return concepts.every(({ addresses: [address], start, end }) => {
    const found = address && charactersAt(lines, address);
    return found?.[0] === start && found[1] === end;
  });
}

/** A quotation mark or a line break in a label would end it. */
function safeLabel(label: string): string {
  return label.replace(/"/g, "'").replace(/[\r\n]/g, ' ');
}
