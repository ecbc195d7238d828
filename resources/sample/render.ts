/** From a template to text with marked spans, and from those to the files of brat and i2b2. */

/** A marked stretch of generated text, end exclusive; several pieces for a discontinuous annotation. */
export interface Mark {
  readonly label: string;
  readonly pieces: readonly (readonly [start: number, end: number])[];
}

/** Generated text and its marks. */
export interface Marked {
  readonly text: string;
  readonly marks: readonly Mark[];
}

/** What a slot becomes; `label` null leaves it unmarked. */
export interface Filler {
  readonly text: string;
  readonly label: string | null;
}

interface Open {
  readonly label: string;
  readonly group: string | null;
  readonly start: number;
}

/** Fill a template's `{slots}` by `fill` and read its `[Label|…]` brackets. Throws on a bracket that never closes. */
export function render(template: string, fill: (slot: string) => Filler): Marked {
  const marks: Mark[] = [];
  const groups = new Map<string, [number, number][]>();
  const open: Open[] = [];
  let text = '';
  for (const part of template.match(/\{[^}]+\}|\[[A-Za-z]+(?:\+\d)?\||\]|[^{}[\]]+/g) ?? []) {
    if (part.startsWith('{')) {
      const filler = fill(part.slice(1, -1));
      if (filler.label !== null) {
        marks.push({ label: filler.label, pieces: [[text.length, text.length + filler.text.length]] });
      }
      text += filler.text;
    } else if (part.startsWith('[')) {
      const [label = '', group = null] = part.slice(1, -1).split('+');
      open.push({ label, group, start: text.length });
    } else if (part === ']') {
      const closed = open.pop();
      if (closed === undefined) throw new Error(`"${template}" closes a bracket that it did not open`);
      const piece: [number, number] = [closed.start, text.length];
      if (closed.group === null) marks.push({ label: closed.label, pieces: [piece] });
      else pieceOf(groups, `${closed.label}+${closed.group}`).push(piece);
    } else text += part;
  }
  if (open.length > 0) throw new Error(`"${template}" leaves a bracket open`);
  for (const [key, pieces] of groups) marks.push({ label: key.split('+')[0] ?? key, pieces });
  return { text, marks };
}

function pieceOf(groups: Map<string, [number, number][]>, key: string): [number, number][] {
  const known = groups.get(key);
  if (known !== undefined) return known;
  const pieces: [number, number][] = [];
  groups.set(key, pieces);
  return pieces;
}

/** Put marked texts one after the other. */
export function join(parts: readonly Marked[], separator: string): Marked {
  const marks: Mark[] = [];
  let text = '';
  for (const [index, part] of parts.entries()) {
    if (index > 0) text += separator;
    const shift = text.length;
    for (const mark of part.marks) {
      marks.push({
        label: mark.label,
        pieces: mark.pieces.map(([start, end]) => [start + shift, end + shift] as const),
      });
    }
    text += part.text;
  }
  return { text, marks };
}

/** Plain text without marks. */
export function unmarked(text: string): Marked {
  return { text, marks: [] };
}

/** The `.ann` of a note: T lines in order of position. Offsets are code points, which equal code units in this ASCII corpus. */
export function bratAnnotations(note: Marked): string {
  const sorted = note.marks.toSorted((a, b) => firstOffset(a) - firstOffset(b) || lastOffset(b) - lastOffset(a));
  return sorted
    .map((mark, index) => {
      const offsets = mark.pieces.map(([start, end]) => `${start} ${end}`).join(';');
      const surface = mark.pieces.map(([start, end]) => note.text.slice(start, end)).join(' ');
      return `T${index + 1}\t${mark.label} ${offsets}\t${surface}\n`;
    })
    .join('');
}

function firstOffset(mark: Mark): number {
  return mark.pieces[0]?.[0] ?? 0;
}

function lastOffset(mark: Mark): number {
  return mark.pieces.at(-1)?.[1] ?? 0;
}

/** The `.txt` and `.con` of an i2b2-2010 document, one marked sentence a line. Marks must not overlap. */
export function i2b2Files(sentences: readonly Marked[]): { text: string; concepts: string } {
  let text = '';
  let concepts = '';
  for (const [index, sentence] of sentences.entries()) {
    const tokens = tokenRanges(sentence);
    text += `${tokens.map(([start, end]) => sentence.text.slice(start, end)).join(' ')}\n`;
    for (const mark of sentence.marks.toSorted((a, b) => firstOffset(a) - firstOffset(b))) {
      const first = tokens.findIndex(([start]) => start === firstOffset(mark));
      const last = tokens.findIndex(([, end]) => end === lastOffset(mark));
      if (first < 0 || last < first) throw new Error(`a mark does not fall on tokens: "${sentence.text}"`);
      const surface = tokens.slice(first, last + 1).map(([start, end]) => sentence.text.slice(start, end));
      concepts += `c="${surface.join(' ').toLowerCase()}" ${index + 1}:${first} ${index + 1}:${last}||t="${mark.label}"\n`;
    }
  }
  return { text, concepts };
}

/** Tokens as i2b2 writes them: numbers and words with inner marks whole, punctuation apart, dotted abbreviations kept. */
function tokenRanges(sentence: Marked): [number, number][] {
  const pattern =
    /(?:[A-Za-z]\.){2,}|Dr\.|Mr\.|Ms\.|\d+(?:[.,-]\d+)*%?(?:[A-Za-z]+)?|[A-Za-z][A-Za-z0-9]*(?:[-/&'][A-Za-z0-9]+)*|\S/g;
  const borders = new Set(sentence.marks.flatMap((mark) => [firstOffset(mark), lastOffset(mark)]));
  const ranges: [number, number][] = [];
  for (const match of sentence.text.matchAll(pattern)) {
    let start = match.index;
    const end = match.index + match[0].length;
    for (let at = start + 1; at < end; at++) {
      if (!borders.has(at)) continue;
      ranges.push([start, at]);
      start = at;
    }
    ranges.push([start, end]);
  }
  return ranges;
}
