/** Reads brat standoff (.txt with .ann, or .a1 and .a2): text-bound annotations; relations, events and notes are passed over. */
import { tokenTable } from '../data/tokenize.ts';
import { offsetUnits, piecesIn, type OffsetUnit } from './brat-offsets.ts';
import { auditName, type DecodedFile, type FileGroup, type FormatReader, type ReadDocument } from './format.ts';
import { agrees, checkOffsets, type Piece, type Verdict } from './repair.ts';
import { openTally, type Place, type Tally } from './tally.ts';
import { annotationLines } from './text-lines.ts';

/** One document a group: `files[0]` is the text, the others hold annotations. */
export const brat: FormatReader = {
  format: 'brat',
  read(group, files) {
    return [readStandoff(group, files)];
  },
};

interface TextBound {
  readonly place: Place;
  readonly label: string;
  /** As stated, in the file's own unit. */
  readonly stated: readonly Piece[];
  readonly surface: string | undefined;
}

function readStandoff(group: FileGroup, files: readonly DecodedFile[]): ReadDocument {
  const text = files[0]?.text ?? '';
  const tally = openTally();
  const annotations = files.slice(1).flatMap((file, i) => readTextBounds(file.text, auditName(group, i + 1), tally));

  const unit = chooseUnit(text, files[0]?.encoding.bom ?? false, annotations, tally);
  for (const annotation of annotations)
    tally.record(annotation.place, annotation.label, placeOne(text, unit, annotation));
  noteMissingSurfaces(annotations, tally);

  const { spans, counts, audit } = tally.finish();
  return { document: { name: group.name, text, tokens: tokenTable(text), spans }, counts, audit };
}

/** Relations, events, attributes, modifications, normalisations, equivalences and notes: known, and not used. */
const passedOver = /^[ERAMN*#]/;
const textBound = /^(\S+) (-?\d+ -?\d+(?: ?; ?-?\d+ -?\d+)*)$/;

function readTextBounds(content: string, file: string, tally: Tally): TextBound[] {
  const annotations: TextBound[] = [];
  for (const line of annotationLines(content)) {
    if (passedOver.test(line.content)) continue;
    const place = { file, line: line.number };
    const [id = '', body = '', ...rest] = line.content.split('\t');
    const parts = textBound.exec(body.trim());
    if (/^T\S*$/.test(id.trim()) && parts !== null) {
      const surface = rest.slice(0, 1 + rest.findLastIndex((column) => column !== '')).join('\t');
      const stated = readPieces(parts[2] ?? '');
      annotations.push({ place, label: parts[1] ?? '', stated, surface: surface.trim() === '' ? undefined : surface });
    } else if (/^\S+ .*\D -?\d+ -?\d+/.test(body)) {
      tally.skip(
        place,
        'label-space',
        'The label holds a space, which brat does not allow; replace it by an underscore.',
      );
    } else if (/^-?\d+ -?\d+/.test(body.trim())) {
      tally.skip(place, 'label-empty', 'The annotation has no label.');
    } else {
      tally.skip(place, 'line-malformed', 'The line is not of the form T1 TAB Label start end TAB text.');
    }
  }
  return annotations;
}

function readPieces(offsets: string): Piece[] {
  return offsets.split(';').map((pair): Piece => {
    const [start = -1, end = -1] = pair.trim().split(' ').map(Number);
    return [start, end];
  });
}

/** The way of counting in which most annotations state the text that is there; said in the audit where it is not brat's own. */
function chooseUnit(text: string, hadBom: boolean, annotations: readonly TextBound[], tally: Tally): OffsetUnit {
  const units = offsetUnits(text, hadBom);
  const fits = units.map(
    (unit) => annotations.filter(({ stated, surface }) => agrees(text, piecesIn(unit, stated), surface ?? '')).length,
  );
  const best = fits.indexOf(Math.max(...fits));
  const unit = units[best] as OffsetUnit;
  const first = annotations[0];
  if (best > 0 && first !== undefined) {
    const reason = `Offsets are counted ${unit.name}: ${fits[best] ?? 0} of ${annotations.length} annotations fit that way, ${fits[0] ?? 0} in code points.`;
    tally.note({ file: first.place.file }, 'offset-unit', reason);
  }
  return unit;
}

function placeOne(text: string, unit: OffsetUnit, { stated, surface }: TextBound): Verdict {
  const pieces = piecesIn(unit, stated);
  const isOutside = pieces.some(([start, end]) => start < 0 || end < 0);
  // Outside the text there is nothing to convert; the stated numbers are near enough to search from.
  const verdict = checkOffsets(text, isOutside ? [...stated] : pieces, surface);
  if (verdict.status === 'skipped') return verdict;
  return { ...verdict, pieces: joinedAcrossLines(text, verdict.pieces) };
}

/** White space that holds a line break: where brat cuts a span in two because its lines cannot hold one. */
const breakOnly = /^(?=.*[\n\r\v\f\u001c-\u001e\u0085\u2028\u2029])[\s\u001c-\u001e\u0085]*$/s;

/** Pieces parted by nothing but a line break are one stretch of text. */
function joinedAcrossLines(text: string, pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (last !== undefined && breakOnly.test(text.slice(last[1], piece[0]))) joined.splice(-1, 1, [last[0], piece[1]]);
    else joined.push(piece);
  }
  return joined;
}

function noteMissingSurfaces(annotations: readonly TextBound[], tally: Tally): void {
  const unstated = annotations.filter(({ surface }) => surface === undefined);
  const first = unstated[0];
  if (first === undefined) return;
  const reason = `Annotations without a stated text: ${unstated.length}. Their offsets could not be checked.`;
  tally.note({ file: first.place.file }, 'surface-missing', reason);
}
