/** Reads i2b2/VA 2010: a text with one tokenised sentence a line, and concepts by line and token (.con). */
import { auditName, type DecodedFile, type FileGroup, type FormatReader, type ReadDocument } from './format.ts';
import { placeAnnotations, type AddressedAnnotation } from './i2b2-addresses.ts';
import { openTally } from './tally.ts';
import { annotationLines } from './text-lines.ts';
import { tokenTableOf } from './token-lines.ts';

/** `c="text" L:T L:T||t="label"`; the text may hold quotes. An assertion (`||a="…"`) may follow and is not used. */
const conceptLine = /^c="(.*)" (\d+):(\d+) (\d+):(\d+)\|\|t="([^"]*)"(?:\|\|a="[^"]*")?$/;

/** One document a group: `files[0]` is the text, `files[1]` the concepts. */
export const i2b2Concepts: FormatReader = {
  format: 'i2b2-2010',
  read(group, files) {
    return [readConcepts(group, files)];
  },
};

function readConcepts(group: FileGroup, files: readonly DecodedFile[]): ReadDocument {
  const text = files[0]?.text ?? '';
  const tally = openTally();
  const annotations: AddressedAnnotation[] = [];
  for (const { number, content } of annotationLines(files[1]?.text ?? '')) {
    const place = { file: auditName(group, 1), line: number };
    const parts = conceptLine.exec(content.trim());
    if (parts === null) {
      tally.skip(place, 'line-malformed', 'The line is not of the form c="…" line:token line:token||t="…".');
      continue;
    }
    const [startLine = 0, startToken = 0, endLine = 0, endToken = 0] = parts.slice(2, 6).map(Number);
    annotations.push({
      place,
      label: parts[6] ?? '',
      surfaces: [parts[1] ?? ''],
      addresses: [{ startLine, startToken, endLine, endToken }],
    });
  }
  const lines = placeAnnotations(text, annotations, tally, auditName(group, 0));
  const { spans, counts, audit } = tally.finish();
  return { document: { name: group.name, text, tokens: tokenTableOf(lines), spans }, counts, audit };
}
