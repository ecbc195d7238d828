/** The IOBES tag scheme (TTN/DTN "Datasets"): O, and per label B(egin), I(nside), E(nd), S(ingleton); or classes, one tag a label. */

export const outside = 0;

/** Position of a tag inside its label's block of four. */
const prefixes = ['B', 'I', 'E', 'S'] as const;
export type TagPrefix = (typeof prefixes)[number];

/** Tag ids: 0 is O; label l has B=1+4l, I=2+4l, E=3+4l, S=4+4l. */
export interface TagSet {
  readonly labels: readonly string[];
  /** K: number of tags, 1 + 4 · labels; of classes 1 + labels. */
  readonly size: number;
  /** Each tag is a class of its token and may follow any other; tag 0 is for tokens without one. */
  readonly classes?: true;
}

/** A token range of one label; `end` exclusive. */
export interface TokenSpan {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** Labels are sorted, so that the same label set always gives the same tag ids. */
export function tagSet(labels: Iterable<string>): TagSet {
  const sorted = [...new Set(labels)].sort();
  return { labels: sorted, size: 1 + 4 * sorted.length };
}

/** The tags of a task that gives each token a class (our choice: 0 stays free, so that every tag set has an outside). */
export function classSet(labels: Iterable<string>): TagSet {
  const sorted = [...new Set(labels)].sort();
  return { labels: sorted, size: 1 + sorted.length, classes: true };
}

/** The label of a tag; null outside. */
export function labelOfTag({ labels, classes }: TagSet, id: number): string | null {
  if (id === outside) return null;
  return labels[classes ? id - 1 : labelIndex(id)] ?? null;
}

/** Written form of a tag id, e.g. `B-Drug`, `O`; of a class its label. */
export function tagName(tags: TagSet, id: number): string {
  if (id === outside) return 'O';
  if (tags.classes) return labelOfTag(tags, id) ?? '';
  return `${prefixes[(id - 1) % 4]}-${tags.labels[labelIndex(id)]}`;
}

function labelIndex(id: number): number {
  return (id - 1) >> 2;
}

function prefixOf(id: number): TagPrefix | 'O' {
  return id === outside ? 'O' : (prefixes[(id - 1) % 4] as TagPrefix);
}

/** May a sentence begin with this tag? */
export function mayStart(id: number): boolean {
  const prefix = prefixOf(id);
  return prefix === 'O' || prefix === 'B' || prefix === 'S';
}

/** May a sentence end with this tag? */
export function mayEnd(id: number): boolean {
  const prefix = prefixOf(id);
  return prefix === 'O' || prefix === 'E' || prefix === 'S';
}

/** May tag `to` follow tag `from`? Inside an entity only I or E of the same label; outside, the start of something. */
export function mayFollow(from: number, to: number): boolean {
  const prefix = prefixOf(from);
  if (prefix === 'B' || prefix === 'I') {
    const next = prefixOf(to);
    return (next === 'I' || next === 'E') && labelIndex(from) === labelIndex(to);
  }
  return mayStart(to);
}

/**
 * Tags of `length` tokens from non-overlapping token spans.
 * Labels unknown to the set are left O. Throws RangeError on overlap or out-of-range spans.
 */
export function encodeTags(tags: TagSet, length: number, spans: readonly TokenSpan[]): Int32Array {
  const ids = new Int32Array(length);
  for (const span of spans) {
    const label = labelPlaces(tags).get(span.label);
    if (label === undefined) continue;
    if (span.start < 0 || span.end > length || span.end <= span.start)
      throw new RangeError('span outside its sentence');
    for (let i = span.start; i < span.end; i++) {
      if (ids[i] !== outside) throw new RangeError('overlapping spans');
      if (tags.classes) {
        ids[i] = 1 + label;
        continue;
      }
      const single = span.end - span.start === 1;
      const offset = single ? 3 : i === span.start ? 0 : i === span.end - 1 ? 2 : 1;
      ids[i] = 1 + 4 * label + offset;
    }
  }
  return ids;
}

const places = new WeakMap<TagSet, ReadonlyMap<string, number>>();

/** Place of each label in its set. */
function labelPlaces(tags: TagSet): ReadonlyMap<string, number> {
  const known = places.get(tags) ?? new Map(tags.labels.map((label, i) => [label, i]));
  places.set(tags, known);
  return known;
}

/** Spans of a valid IOBES sequence; of classes one a token. Fragments of invalid sequences (never produced by our decoder) are dropped. */
export function decodeTags(tags: TagSet, ids: ArrayLike<number>): TokenSpan[] {
  const spans: TokenSpan[] = [];
  if (tags.classes) {
    for (let i = 0; i < ids.length; i++) {
      const label = labelOfTag(tags, ids[i] ?? outside);
      if (label !== null) spans.push({ start: i, end: i + 1, label });
    }
    return spans;
  }
  let open = -1;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] ?? outside;
    const label = tags.labels[labelIndex(id)] ?? '';
    const prefix = prefixOf(id);
    if (prefix === 'S') spans.push({ start: i, end: i + 1, label });
    if (prefix === 'B') open = i;
    else if (prefix === 'E' && open >= 0) {
      spans.push({ start: open, end: i + 1, label });
      open = -1;
    } else if (prefix !== 'I') open = -1;
  }
  return spans;
}
