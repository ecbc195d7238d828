/** The benchmark command: our training and tagging throughput, and PyTorch's on the same files in the same run where it is installed. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeSyntheticColumns } from './synthetic-columns.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sharedBench = join(root, '../shared/bench');
const anchorProgram = join(sharedBench, 'torch_anchor.py');

interface Measured {
  readonly tokensPerSecond: number;
  readonly threads: number;
  readonly batch: number;
}

const { values: options } = parseArgs({
  options: {
    recipe: { type: 'string', multiple: true, default: ['baseline', 'dtn-hs'] },
    source: { type: 'string' },
    target: { type: 'string' },
    seconds: { type: 'string', default: '10' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'notegraft-bench-'));
try {
  const files = chooseFiles();
  const whyNoAnchor = anchorMissing();
  console.log(`Data: ${files.described}`);
  if (whyNoAnchor !== null) console.log(`Without PyTorch beside it: ${whyNoAnchor}`);
  console.log('\nwork   recipe    tokens/s  threads  batch  PyTorch tokens/s  ratio');
  for (const recipe of options.recipe) {
    for (const work of ['train', 'tag']) {
      const words = [
        work,
        '--recipe',
        recipe,
        '--source',
        files.source,
        '--target',
        files.target,
        '--seconds',
        options.seconds,
      ];
      const ours = measure(process.execPath, [
        join(root, 'electron/cli/notegraft.mjs'),
        'bench',
        ...words,
        '--json',
        '--quiet',
      ]);
      const anchor = whyNoAnchor === null ? measure(anchorPython(), [anchorProgram, ...words]) : null;
      console.log(row(work, recipe, ours, anchor));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
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

function anchorPython(): string {
  return process.env['NOTEGRAFT_PYTHON'] ?? 'python3';
}

/** Why PyTorch cannot be measured beside us, or null when it can. */
function anchorMissing(): string | null {
  if (!existsSync(anchorProgram)) return '../shared/bench/torch_anchor.py is not there.';
  const probe = spawnSync(anchorPython(), ['-c', 'import torch'], { stdio: 'ignore' });
  return probe.status === 0
    ? null
    : `${anchorPython()} has no module torch (pip install torch; NOTEGRAFT_PYTHON names another Python).`;
}

/** Runs a program whose output is one JSON object. */
function measure(program: string, words: readonly string[]): Measured {
  const outcome = spawnSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], cwd: root });
  if (outcome.status !== 0) throw new Error(`the benchmark ended with code ${outcome.status}`);
  return JSON.parse(outcome.stdout) as Measured;
}

function row(work: string, recipe: string, ours: Measured, anchor: Measured | null): string {
  const cells = [
    work.padEnd(6),
    recipe.padEnd(9),
    whole(ours.tokensPerSecond, 8),
    String(ours.threads).padStart(8),
    String(ours.batch).padStart(6),
  ];
  if (anchor === null) return [...cells, '-'.padStart(17), '-'.padStart(6)].join(' ');
  return [
    ...cells,
    whole(anchor.tokensPerSecond, 17),
    (ours.tokensPerSecond / anchor.tokensPerSecond).toFixed(1).padStart(6),
  ].join(' ');
}

function whole(value: number, width: number): string {
  return Math.round(value).toLocaleString('en').padStart(width);
}
