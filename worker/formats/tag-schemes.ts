/** Tag schemes of column files: finds out which one a file follows, and reads entities from its tags. */

export type TagScheme = 'IO' | 'IOB1' | 'IOB2' | 'IOBES' | 'BILOU' | 'BMES';

/** A tag taken apart. `prefix` in the letters of IOBES, whatever the file uses. */
export interface Tag {
  readonly prefix: 'O' | 'B' | 'I' | 'E' | 'S';
  readonly label: string;
  /** The letter as written. */
  readonly letter: string;
}

/** The label of entities whose tags are a bare B, I or O. */
export const unnamedLabel = 'Entity';

const prefixes: Readonly<Record<string, Tag['prefix']>> = {
  B: 'B',
  I: 'I',
  E: 'E',
  S: 'S',
  L: 'E',
  U: 'S',
  M: 'I',
};

/** A tag such as `O`, `B-Drug`, `I_Drug` or a bare `B`; undefined for anything else. An empty label (`B-`) stays empty. */
export function readTag(written: string): Tag | undefined {
  if (written === 'O' || written === 'o') return { prefix: 'O', label: '', letter: 'O' };
  const letter = written.charAt(0).toUpperCase();
  const prefix = prefixes[letter];
  if (prefix === undefined) return undefined;
  if (written.length === 1) return { prefix, label: unnamedLabel, letter };
  const separator = written.charAt(1);
  return separator === '-' || separator === '_' ? { prefix, label: written.slice(2), letter } : undefined;
}

/** A class such as `NN`: it stands for its token alone. */
export function readClass(written: string): Tag | undefined {
  return /^\S{1,20}$/.test(written) ? { prefix: 'S', label: written, letter: 'S' } : undefined;
}

/** Tags of one sentence, with the 1-based line each stands on. */
export interface TagRow {
  readonly tags: readonly Tag[];
  readonly lines: readonly number[];
}

/** The scheme that the tags of a whole file follow best. */
export function detectScheme(rows: readonly TagRow[]): TagScheme {
  const letters = new Set(rows.flatMap((row) => row.tags.map((tag) => tag.letter)));
  if (letters.has('M')) return 'BMES';
  if (letters.has('L') || letters.has('U')) return 'BILOU';
  if (letters.has('E') || letters.has('S')) return 'IOBES';
  if (!letters.has('B')) return letters.has('I') ? 'IO' : 'IOB2';
  let openedByI = 0;
  let openedByB = 0;
  for (const { tags } of rows) {
    tags.forEach((tag, i) => {
      if (tag.prefix === 'O' || continues(tags[i - 1], tag)) return;
      if (tag.prefix === 'I') openedByI++;
      else openedByB++;
    });
  }
  return openedByI > openedByB ? 'IOB1' : 'IOB2';
}

/** Whether `previous` belongs to an entity of the same label, so that `tag` may go on with it. */
function continues(previous: Tag | undefined, tag: Tag): boolean {
  return previous !== undefined && previous.prefix !== 'O' && previous.label === tag.label;
}

/** An entity over tokens [start, end) of a sentence. */
export interface TaggedEntity {
  readonly start: number;
  readonly end: number;
  readonly label: string;
  /** Where and how the tags broke the scheme's rules; absent for a well-formed entity. */
  readonly fault?: { readonly line: number; readonly what: string };
}

/**
 * Entities of one sentence. Broken transitions are read as conlleval does: a tag that continues nothing opens an entity, one
 * that is never closed ends where its label ends.
 */
export function readEntities(row: TagRow, scheme: TagScheme): TaggedEntity[] {
  const entities: TaggedEntity[] = [];
  for (let i = 0; i < row.tags.length;) {
    const end = entityEnd(row.tags, i);
    const label = row.tags[i]?.label ?? '';
    if (end > i) {
      const fault = faultOf(row, i, end, scheme);
      entities.push(fault === undefined ? { start: i, end, label } : { start: i, end, label, fault });
    }
    i = Math.max(end, i + 1);
  }
  return entities;
}

/** One past the last token of the entity that opens at `start`; `start` itself for O. */
function entityEnd(tags: readonly Tag[], start: number): number {
  const first = tags[start];
  if (first === undefined || first.prefix === 'O') return start;
  if (first.prefix === 'S' || first.prefix === 'E') return start + 1;
  let end = start + 1;
  for (let tag = tags[end]; tag !== undefined && continues(first, tag); tag = tags[end]) {
    if (tag.prefix === 'B' || tag.prefix === 'S') break;
    end++;
    if (tag.prefix === 'E') break;
  }
  return end;
}

function faultOf(row: TagRow, start: number, end: number, scheme: TagScheme): TaggedEntity['fault'] {
  const first = row.tags[start];
  const last = row.tags[end - 1];
  const fault = (at: number, what: string): TaggedEntity['fault'] => ({ line: row.lines[at] ?? 0, what });
  if (first === undefined || last === undefined || scheme === 'IO') return undefined;
  if (scheme === 'IOB1') {
    const isNeedless = first.prefix === 'B' && !continues(row.tags[start - 1], first);
    return isNeedless ? fault(start, `${first.letter}- opens an entity that touches none of its label`) : undefined;
  }
  const opens = first.prefix === 'B' || first.prefix === 'S';
  if (!opens) return fault(start, `${first.letter}- continues no entity of its label; it opens one`);
  if (scheme === 'IOB2') return undefined;
  const closes = last.prefix === 'E' || last.prefix === 'S';
  return closes
    ? undefined
    : fault(end - 1, `${last.letter}- is the last of an entity that is not closed; it ends there`);
}
