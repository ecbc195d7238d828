/** How much a source label and a target label speak for each other: by their names, and by the words they mark. */

/** 0..1, and why, in a sentence. */
export interface LabelLikeness {
  readonly score: number;
  readonly nameScore: number;
  readonly overlapScore: number;
  readonly reason: string;
}

/** The distinct marked texts of a label, normalised, with how often each occurs. */
export type MarkedTexts = ReadonlyMap<string, number>;

/**
 * Names are alike by the better of edit distance and shared words; texts by the share of the rarer label's spans whose text the
 * other marks too. Our choice: the score is 1 - (1-name)(1-overlap), so that either alone can speak for a pair.
 */
export function labelLikeness(
  source: { readonly label: string; readonly texts: MarkedTexts },
  target: { readonly label: string; readonly texts: MarkedTexts },
): LabelLikeness {
  const nameScore = nameLikeness(source.label, target.label);
  const overlap = textOverlap(source.texts, target.texts);
  const score = 1 - (1 - nameScore) * (1 - overlap.score);
  return { score, nameScore, overlapScore: overlap.score, reason: reasonOf(nameScore, overlap) };
}

/** 0..1: one minus the edit distance over the longer name, or the Jaccard index of the names' words, whichever is more. */
export function nameLikeness(a: string, b: string): number {
  if (a === b) return 1;
  const [first, second] = [words(a), words(b)];
  const [joined, other] = [first.join(''), second.join('')];
  const longest = Math.max(joined.length, other.length);
  if (longest === 0) return 0;
  const edit = 1 - editDistance(joined, other) / longest;
  const shared = first.filter((word) => second.includes(word)).length;
  const union = new Set([...first, ...second]).size;
  return Math.max(edit < 0.5 ? 0 : edit, shared / union);
}

/** Lower case, white space as one blank: so that the same words of two corpora meet. */
export function normalisedSpan(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim();
}

/** `SignOrSymptom`, `sign_symptom` and `Signs-Symptoms` share their words. */
function words(label: string): string[] {
  return label
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && word !== 'or' && word !== 'and')
    .map((word) => (word.length > 3 && word.endsWith('s') ? word.slice(0, -1) : word));
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

interface Overlap {
  readonly score: number;
  readonly shared: number;
}

function textOverlap(source: MarkedTexts, target: MarkedTexts): Overlap {
  const sum = (texts: MarkedTexts): number => [...texts.values()].reduce((total, count) => total + count, 0);
  const [fewer, more] = sum(source) <= sum(target) ? [source, target] : [target, source];
  const spans = sum(fewer);
  const common = [...fewer].filter(([text]) => more.has(text));
  const covered = common.reduce((total, [, count]) => total + count, 0);
  return { score: spans === 0 ? 0 : covered / spans, shared: common.length };
}

function reasonOf(nameScore: number, overlap: Overlap): string {
  const names =
    nameScore === 1 ? 'The names are the same' : nameScore >= 0.5 ? 'The names are alike' : 'The names differ';
  const texts =
    overlap.shared === 0
      ? 'no marked text occurs under both labels'
      : `${overlap.shared} marked ${overlap.shared === 1 ? 'text occurs' : 'texts occur'} under both labels, ` +
        `${Math.round(overlap.score * 100)} % of the rarer label's spans`;
  return `${names}; ${texts}.`;
}
