/** One measurement: our program or the PyTorch comparison as a process of its own, and the median of several. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const sharedBench = join(root, '../shared/bench');

/** Programs in PyTorch that do the same work, and the recipes that each knows; `hasPlain`: it can also do it plainly, without care for speed. */
const comparisons = [
  { program: join(sharedBench, 'torch_anchor.py'), knows: /^(baseline|ttn-[ISH]{3}|dtn|dtn-hs)$/, hasPlain: false },
  { program: join(root, 'test/bench/torch_zoo.py'), knows: /^(yang-t-b|sc-lstm)$/, hasPlain: true },
];

/** What a measured process prints; the comparison knows speed and threads alone. */
export interface Measured {
  readonly tokensPerSecond: number;
  readonly threads: number;
  readonly batch: number;
}
export interface OwnMeasured extends Measured {
  readonly flopPerToken: number;
  readonly peakMemoryBytes: number;
}

export interface Task {
  readonly work: string;
  readonly recipe: string;
  readonly source: string;
  readonly target: string;
  readonly seconds: number;
  readonly batch: number;
}

function words({ work, recipe, source, target, seconds, batch }: Task): string[] {
  const files = ['--source', source, '--target', target];
  return [work, '--recipe', recipe, ...files, '--seconds', String(seconds), '--batch', String(batch)];
}

/** Our program on a number of threads. */
export function measureOurs(task: Task, threads: number): OwnMeasured {
  const program = [join(root, 'electron/cli/notegraft.mjs'), 'bench', ...words(task), '--json', '--quiet'];
  return json(process.execPath, program, { ...process.env, NOTEGRAFT_THREADS: String(threads) }) as OwnMeasured;
}

/** Tuned as an expert would, or as one writes the model first. */
export type Style = 'tuned' | 'plain';

/** The comparison; it tries one thread and all, and tells of the better. Null where no program knows the recipe or the style, or it is not there. */
export function measureAnchor(task: Task, style: Style): Measured | null {
  const comparison = comparisons.find(({ knows }) => knows.test(task.recipe));
  if (!comparison || !existsSync(comparison.program) || (style === 'plain' && !comparison.hasPlain)) return null;
  const program = [comparison.program, ...words(task), ...(style === 'plain' ? ['--plain'] : [])];
  return json(anchorPython(), program, process.env) as Measured;
}

/** The Python that the comparison runs in. */
export function anchorPython(): string {
  return process.env['NOTEGRAFT_PYTHON'] ?? 'python3';
}

/** Why PyTorch cannot be measured beside us, or null when it can. */
export function anchorMissing(): string | null {
  const probe = spawnSync(anchorPython(), ['-c', 'import torch'], { stdio: 'ignore' });
  return probe.status === 0
    ? null
    : `${anchorPython()} has no module torch (pip install torch; NOTEGRAFT_PYTHON names another Python).`;
}

/** This machine's peak of fused multiply-adds in GFLOP/s on one thread: the best of the kernels' self-tests (a matrix product), taken now. */
export function peakGigaflops(): number {
  const program = join(root, 'worker/engine/simd/probe.ts');
  const found = ['plain', 'relaxed', 'revectorized'].map((mode) => {
    const { status, stdout } = spawnSync(process.execPath, [program, mode], { encoding: 'utf8', cwd: root });
    return status === 0 ? (JSON.parse(stdout) as { gigaflops: number }).gigaflops : 0;
  });
  return Math.max(...found);
}

/** 1, 2, 4, … and all cores. */
export function threadCounts(): number[] {
  const cores = availableParallelism();
  const powers = [1, 2, 4, 8, 16, 32, 64].filter((count) => count < cores);
  return [...powers, cores];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** Runs a program whose output is one JSON object. */
function json(program: string, argumentList: readonly string[], env: NodeJS.ProcessEnv): unknown {
  const outcome = spawnSync(program, argumentList, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: root,
    env,
  });
  if (outcome.status !== 0) throw new Error(`the benchmark ended with code ${outcome.status}`);
  return JSON.parse(outcome.stdout);
}
