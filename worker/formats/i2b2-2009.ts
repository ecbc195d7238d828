/** Reads i2b2 2009 medication entries: one entry a line, its fields become spans of six labels. */
import { auditName, type DecodedFile, type FileGroup, type FormatReader, type ReadDocument } from './format.ts';
import { placeAnnotations, type AddressedAnnotation } from './i2b2-addresses.ts';
import { openTally, type Place, type Tally } from './tally.ts';
import { annotationLines } from './text-lines.ts';
import { tokenTableOf, type TokenAddress } from './token-lines.ts';

const labels: Readonly<Record<string, string>> = {
  m: 'Medication',
  do: 'Dosage',
  mo: 'Mode',
  f: 'Frequency',
  du: 'Duration',
  r: 'Reason',
};
/** Event, temporal, certainty and list/narrative: about the entry, without a place in the text. */
const entryFields: readonly string[] = ['e', 't', 'c', 'ln'];

const field = /^([a-z]+)="(.*)"(?: (\d+:\d+ \d+:\d+(?:,\d+:\d+ \d+:\d+)*))?$/;

/** One document a group: `files[0]` is the text, `files[1]` the entries. A medication named in several entries is kept once. */
export const i2b2Entries: FormatReader = {
  format: 'i2b2-2009',
  read(group, files) {
    return [readEntries(group, files)];
  },
};

function readEntries(group: FileGroup, files: readonly DecodedFile[]): ReadDocument {
  const text = files[0]?.text ?? '';
  const tally = openTally();
  const annotations = annotationLines(files[1]?.text ?? '').flatMap(({ number, content }) =>
    readEntry(content, { file: auditName(group, 1), line: number }, tally),
  );
  const lines = placeAnnotations(text, annotations, tally, auditName(group, 0));
  const { spans, counts, audit } = tally.finish();
  return { document: { name: group.name, text, tokens: tokenTableOf(lines), spans }, counts, audit };
}

function readEntry(content: string, place: Place, tally: Tally): AddressedAnnotation[] {
  const annotations: AddressedAnnotation[] = [];
  for (const part of content.trim().split('||')) {
    const parts = field.exec(part.trim());
    const name = parts?.[1] ?? '';
    const surface = parts?.[2] ?? '';
    const offsets = parts?.[3];
    const label = labels[name];
    if (label === undefined) {
      if (!entryFields.includes(name)) {
        tally.skip(place, 'line-malformed', 'A field of the entry is not of the form name="…" line:token line:token.');
      }
    } else if (offsets !== undefined) {
      annotations.push({ place, label, surfaces: readings(surface), addresses: offsets.split(',').map(readAddress) });
    } else if (surface !== 'nm') {
      tally.skip(place, 'offset-missing', `The field ${name} has a text but no offsets.`);
    }
  }
  return annotations;
}

function readAddress(pair: string): TokenAddress {
  const [startLine = 0, startToken = 0, endLine = 0, endToken = 0] = pair.split(/[ :]/).map(Number);
  return { startLine, startToken, endLine, endToken };
}

/** A stated text may be XML-escaped although the note is not, and joins separate pieces with three dots. */
function readings(surface: string): string[] {
  const unescaped = surface
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, '&');
  const undotted = unescaped.replace(/\.\.\./g, ' ');
  return [...new Set([surface, unescaped, undotted])];
}
