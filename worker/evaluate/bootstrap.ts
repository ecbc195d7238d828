/** How sure a score is: intervals of every score of one run, and of the differences of two runs on the same documents. */
import {
  labelCaution,
  type AverageEstimates,
  type Estimate,
  type RatioEstimates,
  type ScoreEstimates,
} from '../domain/score-report.ts';
import type { DocumentCounts } from './match.ts';
import { resample, resampling, type BootstrapSettings } from './resample.ts';

/** Every score of one run with its interval: each draw computes all scores anew from the documents' counts. */
export function bootstrapScore(documents: readonly DocumentCounts[], settings: BootstrapSettings = {}): ScoreEstimates {
  const table = countTable(documents, labelsBySupport([documents]));
  return estimates(documents.length, table, settings, [0, 1], (times) => statistics(table, times));
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
  const [first, second] = [countTable(a, labels), countTable(b, labels)];
  return estimates(a.length, first, settings, [-1, 1], (times) => {
    const before = statistics(first, times);
    return statistics(second, times).map((value, i) => value - (before[i] ?? 0));
  });
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

function estimates(
  documents: number,
  { labels }: CountTable,
  settings: BootstrapSettings,
  range: readonly [low: number, high: number],
  compute: (times: Int32Array) => Float64Array,
): ScoreEstimates {
  const drawing = resampling(settings);
  const found = resample(documents, compute, drawing, range);
  const estimate = (i: number): Estimate => found[i] ?? { value: 0, low: 0, high: 0 };
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
    ...drawing,
    documents,
    strict: averaged(0),
    lenient: averaged(1),
    perLabel: labels.map((entry, i) => ({
      ...entry,
      strict: ratios(averages + i, 0),
      lenient: ratios(averages + i, 1),
      caution: labelCaution(entry.support),
    })),
  };
}
