/** How sure a score is: 95 % intervals by resampling documents, for one run and for the difference of two runs on the same documents. */
import { deriveSeed, seededRandom } from '../domain/random.ts';
import type { DocumentCounts } from './match.ts';

/** One number of a score, with the bounds of its interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface RatioEstimates {
  readonly precision: Estimate;
  readonly recall: Estimate;
  readonly f1: Estimate;
}

/** What is averaged over: all spans pooled, labels with gold spans, or documents (n2c2's "macro"). */
export interface AverageEstimates {
  readonly micro: RatioEstimates;
  readonly macroLabels: RatioEstimates;
  readonly macroDocuments: RatioEstimates;
}

export interface LabelEstimates {
  readonly label: string;
  /** Gold spans. */
  readonly support: number;
  readonly strict: RatioEstimates;
  readonly lenient: RatioEstimates;
}

export interface ScoreEstimates {
  readonly draws: number;
  readonly seed: number;
  /** Probability mass inside an interval. */
  readonly level: number;
  readonly documents: number;
  readonly strict: AverageEstimates;
  readonly lenient: AverageEstimates;
  /** By support, then by name. */
  readonly perLabel: readonly LabelEstimates[];
}

export interface BootstrapSettings {
  /** Resamples; 2,000 by default. */
  readonly draws?: number;
  readonly seed?: number;
}

const defaultDraws = 2000;
const level = 0.95;

/**
 * Expanded percentile bootstrap (Efron 1979; Hesterberg 2015, §"Expanded percentile") over documents, because spans of one note are not
 * independent. Each draw takes as many documents as there are, with replacement, and computes every score anew from the documents' counts.
 */
export function bootstrapScore(documents: readonly DocumentCounts[], settings: BootstrapSettings = {}): ScoreEstimates {
  const table = countTable(documents, labelsBySupport([documents]));
  return estimates(documents.length, [table], table, settings, ([values]) => values as Float64Array);
}

/**
 * The paired difference b − a: both runs are scored on the same draw of documents, so what makes a document hard cancels out.
 * `a[i]` and `b[i]` are the counts of the same document.
 * @throws RangeError when the numbers of documents differ.
 */
export function bootstrapDifference(
  a: readonly DocumentCounts[],
  b: readonly DocumentCounts[],
  settings: BootstrapSettings = {},
): ScoreEstimates {
  if (a.length !== b.length) throw new RangeError('The two runs were scored on different numbers of documents.');
  const labels = labelsBySupport([a, b]);
  const tables = [countTable(a, labels), countTable(b, labels)];
  return estimates(a.length, tables, tables[0] as CountTable, settings, ([first, second]) =>
    (second as Float64Array).map((value, i) => value - (first?.[i] ?? 0)),
  );
}

/** Counts of all documents side by side, four numbers a label: gold, predicted, strict, lenient. */
interface CountTable {
  readonly labels: readonly { label: string; support: number }[];
  /** For each document: label numbers, and four counts for each of them. */
  readonly documents: readonly { labels: Int32Array; counts: Float64Array }[];
  /** Precision, recall and F1 of each document, strict and lenient: six numbers a document. */
  readonly perDocument: Float64Array;
}

function labelsBySupport(runs: readonly (readonly DocumentCounts[])[]): CountTable['labels'] {
  const support = new Map<string, number>();
  for (const [r, documents] of runs.entries()) {
    for (const document of documents) {
      for (const [label, { gold }] of document) support.set(label, (support.get(label) ?? 0) + (r === 0 ? gold : 0));
    }
  }
  return [...support]
    .map(([label, gold]) => ({ label, support: gold }))
    .sort((x, y) => y.support - x.support || (x.label < y.label ? -1 : 1));
}

function countTable(documents: readonly DocumentCounts[], labels: CountTable['labels']): CountTable {
  const numberOf = new Map(labels.map(({ label }, i) => [label, i]));
  const rows = documents.map((document) => ({
    labels: Int32Array.from(document.keys(), (label) => numberOf.get(label) ?? 0),
    counts: Float64Array.from(
      [...document.values()].flatMap(({ gold, predicted, strict, lenient }) => [gold, predicted, strict, lenient]),
    ),
  }));
  const perDocument = new Float64Array(documents.length * 6);
  for (const [d, { counts }] of rows.entries()) {
    const pooled = new Float64Array(4);
    for (let i = 0; i < counts.length; i++) pooled[i % 4] = (pooled[i % 4] ?? 0) + (counts[i] ?? 0);
    writeRatios(perDocument, d * 6, pooled, 0);
  }
  return { labels, documents: rows, perDocument };
}

/** Strict P, R, F1 and lenient P, R, F1 of the four counts at `at`. 0/0 = 0. */
function writeRatios(out: Float64Array, to: number, counts: Float64Array, at: number): void {
  const [gold, predicted] = [counts[at] ?? 0, counts[at + 1] ?? 0];
  for (let convention = 0; convention < 2; convention++) {
    const hits = counts[at + 2 + convention] ?? 0;
    out[to + convention * 3] = predicted === 0 ? 0 : hits / predicted;
    out[to + convention * 3 + 1] = gold === 0 ? 0 : hits / gold;
    out[to + convention * 3 + 2] = gold + predicted === 0 ? 0 : (2 * hits) / (gold + predicted);
  }
}

/** Six numbers each for micro, macro over labels, macro over documents, then for each label. */
const averages = 3;

/** All statistics of documents taken `times[d]` times each. */
function statistics(table: CountTable, times: Int32Array): Float64Array {
  const L = table.labels.length;
  const totals = new Float64Array((L + 1) * 4);
  const out = new Float64Array((averages + L) * 6);
  let drawn = 0;
  for (const [d, { labels, counts }] of table.documents.entries()) {
    const weight = times[d] ?? 0;
    if (weight === 0) continue;
    drawn += weight;
    for (let i = 0; i < 6; i++) add(out, 12 + i, weight * (table.perDocument[d * 6 + i] ?? 0));
    for (const [i, label] of labels.entries()) {
      for (let c = 0; c < 4; c++) {
        const count = weight * (counts[i * 4 + c] ?? 0);
        add(totals, label * 4 + c, count);
        add(totals, L * 4 + c, count);
      }
    }
  }
  writeRatios(out, 0, totals, L * 4);
  let supported = 0;
  for (let label = 0; label < L; label++) {
    const at = (averages + label) * 6;
    writeRatios(out, at, totals, label * 4);
    if ((totals[label * 4] ?? 0) === 0) continue;
    supported += 1;
    for (let i = 0; i < 6; i++) add(out, 6 + i, out[at + i] ?? 0);
  }
  for (let i = 0; i < 6; i++) {
    out[6 + i] = supported === 0 ? 0 : (out[6 + i] ?? 0) / supported;
    out[12 + i] = drawn === 0 ? 0 : (out[12 + i] ?? 0) / drawn;
  }
  return out;
}

function add(array: Float64Array, at: number, value: number): void {
  array[at] = (array[at] ?? 0) + value;
}

/** Draws documents, combines the runs' statistics of each draw, and reads the percentiles. */
function estimates(
  documents: number,
  tables: readonly CountTable[],
  { labels }: CountTable,
  { draws = defaultDraws, seed = 1 }: BootstrapSettings,
  combine: (runs: readonly Float64Array[]) => Float64Array,
): ScoreEstimates {
  const observed = combine(tables.map((table) => statistics(table, new Int32Array(documents).fill(1))));
  const columns = Array.from(observed, () => new Float64Array(draws));
  const random = seededRandom(deriveSeed(seed, 'bootstrap'));
  for (let draw = 0; draw < draws; draw++) {
    const times = new Int32Array(documents);
    for (let i = 0; i < documents; i++) {
      const d = Math.floor(random.next() * documents);
      times[d] = (times[d] ?? 0) + 1;
    }
    const values = combine(tables.map((table) => statistics(table, times)));
    for (const [i, column] of columns.entries()) column[draw] = values[i] ?? 0;
  }
  for (const column of columns) column.sort();
  const tail = expandedTail(documents);
  const estimate = (i: number): Estimate => ({
    value: observed[i] ?? 0,
    low: quantile(columns[i] as Float64Array, tail),
    high: quantile(columns[i] as Float64Array, 1 - tail),
  });
  const ratios = (group: number, convention: number): RatioEstimates => {
    const at = group * 6 + convention * 3;
    return { precision: estimate(at), recall: estimate(at + 1), f1: estimate(at + 2) };
  };
  const averaged = (convention: number): AverageEstimates => ({
    micro: ratios(0, convention),
    macroLabels: ratios(1, convention),
    macroDocuments: ratios(2, convention),
  });
  return {
    draws,
    seed,
    level,
    documents,
    strict: averaged(0),
    lenient: averaged(1),
    perLabel: labels.map((entry, i) => ({
      ...entry,
      strict: ratios(averages + i, 0),
      lenient: ratios(averages + i, 1),
    })),
  };
}

/** Linear interpolation between order statistics (Hyndman and Fan's type 7). */
function quantile(sorted: Float64Array, probability: number): number {
  const position = (sorted.length - 1) * probability;
  const below = Math.floor(position);
  const low = sorted[below] ?? 0;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low;
  return low + (high - low) * (position - below);
}

/**
 * The mass left outside on each side. A plain percentile interval of n documents is too narrow by √((n−1)/n) and ignores that the spread
 * is estimated; Hesterberg 2015 takes Φ(−√(n/(n−1))·t) in place of α/2, with t Student's quantile at n − 1 degrees of freedom.
 */
function expandedTail(documents: number): number {
  const tail = (1 - level) / 2;
  if (documents < 3) return tail / 2;
  return normalTail(Math.sqrt(documents / (documents - 1)) * studentQuantile(documents - 1));
}

/** Student's 97.5 % quantile (Abramowitz and Stegun 26.7.5). */
function studentQuantile(degrees: number): number {
  const z = 1.959963984540054;
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
  ];
  return terms.reduce((sum, term, i) => sum + term / degrees ** (i + 1), z);
}

/** P(Z > z) of the standard normal distribution (Abramowitz and Stegun 26.2.17, error below 1e-7). */
function normalTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}
