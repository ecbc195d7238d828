/** The lines of a brat .ann file. */
import type { Span } from '../../domain/document.ts';
import { roundedConfidence } from './entity-rows.ts';
import { codePointOffsets } from './positions.ts';

type Fragment = readonly [start: number, end: number];

/**
 * The annotations of `text` as brat standoff: T lines numbered from 1 in the order of the text, offsets in code points,
 * and for spans with a confidence an AnnotatorNotes line. A span over a line break is written as one fragment a line,
 * as brat does it; discontinuous spans keep their fragments. A span of nothing but line breaks is left out.
 */
export function bratAnnotations(
  text: string,
  spans: readonly (Span & { readonly confidence?: number })[],
  labelName: (label: string) => string,
): { lines: string; annotations: number } {
  const toCodePoint = codePointOffsets(text);
  const lines: string[] = [];
  let id = 0;
  for (const span of spans.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const pieces = (span.fragments ?? [[span.start, span.end] as const]).flatMap((piece) => withoutBreaks(text, piece));
    if (pieces.length === 0) continue;
    id++;
    const offsets = pieces.map(([start, end]) => `${toCodePoint(start)} ${toCodePoint(end)}`).join(';');
    const surface = pieces.map(([start, end]) => text.slice(start, end)).join(' ');
    lines.push(`T${id}\t${labelName(span.label)} ${offsets}\t${surface}\n`);
    if (span.confidence !== undefined) {
      lines.push(`#${id}\tAnnotatorNotes T${id}\tconfidence ${roundedConfidence(span.confidence)}\n`);
    }
  }
  return { lines: lines.join(''), annotations: id };
}

/** Python, in which brat is written, also ends a line at the rarer of these. */
const lineBreaks = /[\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]+/g;

/** The parts of a fragment between line breaks; none for a fragment of line breaks only. */
function withoutBreaks(text: string, [start, end]: Fragment): Fragment[] {
  const pieces: Fragment[] = [];
  let from = start;
  for (const found of text.slice(start, end).matchAll(lineBreaks)) {
    const at = start + found.index;
    if (at > from) pieces.push([from, at]);
    from = at + found[0].length;
  }
  if (end > from) pieces.push([from, end]);
  return pieces;
}
