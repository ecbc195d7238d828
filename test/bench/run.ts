/** The benchmark command: training and tagging throughput, PyTorch's on the same files in the same run where it is installed, and how both scale. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  anchorMissing,
  measureAnchor,
  measureOurs,
  median,
  peakGigaflops,
  sharedBench,
  threadCounts,
  type Style,
  type Task,
} from './measure.ts';
import { writeSyntheticColumns } from './synthetic-columns.ts';
import { alignedRow, columnWidths, machineDescription, markdown, whole, type Table } from './tables.ts';

const { values: options } = parseArgs({
  options: {
    recipe: {
      type: 'string',
      multiple: true,
      default: ['baseline', 'ttn-SSS', 'dtn', 'dtn-hs', 'yang-t-b', 'sc-lstm'],
    },
    work: { type: 'string', multiple: true, default: ['train', 'tag'] },
    source: { type: 'string' },
    target: { type: 'string' },
    seconds: { type: 'string', default: '10' },
    repeats: { type: 'string', default: '3' },
    scaling: { type: 'boolean', default: false },
    markdown: { type: 'string' },
  },
});
const seconds = Number(options.seconds);
const repeats = Array.from({ length: Number(options.repeats) }, (_, i) => i);
const usualBatch = 16;

const folder = mkdtempSync(join(tmpdir(), 'notegraft-bench-'));
try {
  const { source, target, described } = chooseFiles();
  const files = { source, target, seconds };
  const peak = peakGigaflops();
  const whyNoAnchor = anchorMissing();
  const notes = [
    `Measured ${machineDescription(peak)}`,
    `Data: ${described}. Medians of ${repeats.length}, ${seconds} s each.`,
    ...(whyNoAnchor === null ? [] : [`Without PyTorch beside it: ${whyNoAnchor}`]),
  ];
  for (const note of notes) console.log(note);
  const tables = [throughput(files, peak, whyNoAnchor === null), ...(options.scaling ? [scaling(files, peak)] : [])];
  if (options.markdown !== undefined) writeFileSync(options.markdown, markdown(tables, notes));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Ours and PyTorch's in turns, so that all see the same quiet and busy minutes. */
function throughput(files: Pick<Task, 'source' | 'target' | 'seconds'>, peak: number, hasAnchor: boolean): Table {
  const ourColumns = ['work', 'recipe', 'threads', 'batch', 'tokens/s', 'GFLOP/s', 'of peak', 'MB'];
  const columns = [...ourColumns, 'PyTorch', 'ratio', 'plain', 'ratio to it'];
  const table: Table = { title: 'Throughput', columns, rows: [] };
  start(table);
  for (const work of options.work) {
    for (const recipe of options.recipe) {
      const task: Task = { ...files, work, recipe, batch: usualBatch };
      const anchor = (style: Style): number | undefined =>
        hasAnchor ? measureAnchor(task, style)?.tokensPerSecond : undefined;
      const rounds = repeats.map(() => ({
        ours: measureOurs(task, availableParallelism()),
        tuned: anchor('tuned'),
        plain: anchor('plain'),
      }));
      const cells = (['tuned', 'plain'] as const).flatMap((style) => {
        const speeds = rounds.flatMap((round) => round[style] ?? []);
        const ratios = rounds.flatMap(({ ours, [style]: theirs }) =>
          theirs === undefined ? [] : ours.tokensPerSecond / theirs,
        );
        return speeds.length === 0 ? ['-', '-'] : [whole(median(speeds)), median(ratios).toFixed(1)];
      });
      const ours = rounds.map((round) => round.ours);
      add(table, [...oursCells(work, recipe, ours, peak), ...cells]);
    }
  }
  return table;
}

/** Our training over threads and batch sizes. */
function scaling(files: Pick<Task, 'source' | 'target' | 'seconds'>, peak: number): Table {
  const columns = ['work', 'recipe', 'threads', 'batch', 'tokens/s', 'GFLOP/s', 'of peak', 'MB', 'against 1 thread'];
  const table: Table = { title: 'Scaling over threads and batch sizes', columns, rows: [] };
  start(table);
  for (const recipe of options.recipe) {
    for (const batch of [8, usualBatch, 32, 64]) {
      const task: Task = { ...files, work: 'train', recipe, batch };
      const counts = threadCounts();
      // Thread counts in turns, as above.
      const rounds = repeats.map(() => counts.map((threads) => measureOurs(task, threads)));
      for (const i of counts.keys()) {
        const ours = rounds.flatMap((round) => round[i] ?? []);
        const gains = rounds.map((round) => (round[i]?.tokensPerSecond ?? NaN) / (round[0]?.tokensPerSecond ?? NaN));
        add(table, [...oursCells('train', recipe, ours, peak), median(gains).toFixed(2)]);
      }
    }
  }
  return table;
}

function oursCells(work: string, recipe: string, ours: readonly ReturnType<typeof measureOurs>[], peak: number) {
  const [first] = ours;
  if (!first) throw new RangeError('--repeats must be at least 1');
  const speed = median(ours.map(({ tokensPerSecond }) => tokensPerSecond));
  const gigaflops = (speed * first.flopPerToken) / 1e9;
  const megabytes = Math.max(...ours.map(({ peakMemoryBytes }) => peakMemoryBytes)) / 1e6;
  return [
    work,
    recipe,
    String(first.threads),
    String(first.batch),
    whole(speed),
    gigaflops.toFixed(0),
    `${((100 * gigaflops) / (peak * first.threads)).toFixed(0)}%`,
    whole(megabytes),
  ];
}

function start(table: Table): void {
  console.log(`\n${alignedRow(table.columns, columnWidths(table))}`);
}

function add(table: Table, cells: string[]): void {
  table.rows.push(cells);
  console.log(alignedRow(cells, columnWidths(table)));
}

function chooseFiles(): { source: string; target: string; described: string } {
  if (options.source !== undefined && options.target !== undefined) {
    return { source: options.source, target: options.target, described: 'the files given' };
  }
  const real = {
    source: join(sharedBench, 'iob/chia-train.tsv'),
    target: join(sharedBench, 'iob/maccrobat-train.tsv'),
  };
  if (existsSync(real.source) && existsSync(real.target))
    return { ...real, described: 'Chia and MACCROBAT (../shared/bench/iob)' };
  const made = { source: join(folder, 'source.tsv'), target: join(folder, 'target.tsv') };
  writeSyntheticColumns(made.source, { seed: 1, sentences: 3000, labels: 14 });
  writeSyntheticColumns(made.target, { seed: 2, sentences: 1000, labels: 41 });
  return { ...made, described: 'synthetic sentences (../shared/bench/iob is not there)' };
}
