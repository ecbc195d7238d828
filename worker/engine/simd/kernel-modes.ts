/** The ways the kernels can run, and the choice among them by a self-test of result and speed, remembered per machine. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import v8 from 'node:v8';

/** Which build of the kernels: `relaxed` has fused multiply-add, `plain` works wherever WebAssembly SIMD does. */
export type KernelBuild = 'relaxed' | 'plain';

export interface KernelOptions {
  readonly build: KernelBuild;
  /** 6×16 tiles, which need 256-bit registers to pay off. */
  readonly wide: boolean;
  /** V8's experimental revectorizer: pairs of 128-bit operations become 256-bit ones. */
  readonly revectorize: boolean;
}

export type KernelMode = 'revectorized' | 'relaxed' | 'plain';

export const kernelModes: Readonly<Record<KernelMode, KernelOptions>> = {
  revectorized: { build: 'relaxed', wide: true, revectorize: true },
  relaxed: { build: 'relaxed', wide: false, revectorize: false },
  plain: { build: 'plain', wide: false, revectorize: false },
};

export const revectorizeFlag = '--experimental-wasm-revectorize';

export function isKernelMode(name: string): name is KernelMode {
  return Object.hasOwn(kernelModes, name);
}

export interface ProbeResult {
  readonly mode: KernelMode;
  readonly isRight: boolean;
  readonly gigaflops: number;
}

/** The chosen mode and what the self-test said of each; a mode that crashed or was refused has no result. */
export interface KernelChoice {
  readonly mode: KernelMode;
  readonly results: readonly ProbeResult[];
  readonly reason: string;
}

/** Runs a script under this runtime in a process of its own and gives what it printed. */
type RunScript = (script: string, words: readonly string[]) => Promise<string>;

/** Another mode must be this much faster than a safer one to be taken. */
const worthIt = 1.1;
const probeTimeoutMs = 20_000;
/** Each mode is tried so often, in turns: the verdict is kept, and one busy moment must not decide it. */
const probeRounds = 2;

/**
 * The fastest mode whose results are right on this machine. `NOTEGRAFT_KERNELS` pins one. Each mode is tried in a process
 * of its own, because an experimental flag may crash it; the verdict is kept for this processor, runtime and kernel build.
 */
export async function chooseKernels(): Promise<KernelChoice> {
  const pinned = process.env['NOTEGRAFT_KERNELS'] ?? '';
  if (isKernelMode(pinned)) return { mode: pinned, results: [], reason: 'pinned by NOTEGRAFT_KERNELS' };
  const file = cacheFile();
  const cached = readCache(file);
  if (cached) return cached;
  const rounds: ProbeResult[][] = [];
  for (let round = 0; round < probeRounds; round++) {
    const results: ProbeResult[] = [];
    for (const mode of ['plain', 'relaxed', 'revectorized'] as const) {
      const result = await runProbe(mode);
      if (result) results.push(result);
    }
    rounds.push(results);
  }
  const choice = decide(bestOfRounds(rounds));
  writeCache(file, choice);
  return choice;
}

/** The fastest result of each mode that ran in every round, in the first round's order; wrong once is wrong. */
export function bestOfRounds(rounds: readonly (readonly ProbeResult[])[]): ProbeResult[] {
  const modes = (rounds[0] ?? []).map(({ mode }) => mode);
  return modes.flatMap((mode) => {
    const own = rounds.flatMap((results) => results.filter((result) => result.mode === mode));
    if (own.length < rounds.length) return [];
    const gigaflops = Math.max(...own.map((result) => result.gigaflops));
    return [{ mode, isRight: own.every((result) => result.isRight), gigaflops }];
  });
}

/** Pick from the probes' results, given from the safest to the boldest mode. */
export function decide(results: readonly ProbeResult[]): KernelChoice {
  const right = results.filter((result) => result.isRight);
  const best = right.reduce<ProbeResult | undefined>(
    (chosen, next) => (!chosen || next.gigaflops > chosen.gigaflops * worthIt ? next : chosen),
    undefined,
  );
  if (!best) return { mode: 'plain', results, reason: 'no mode passed the self-test; the safest is used' };
  return { mode: best.mode, results, reason: `fastest with right results (${best.gigaflops.toFixed(0)} GFLOP/s)` };
}

/** Switch the runtime's flags for a mode; must come before the kernels are compiled. */
export function applyMode(mode: KernelMode): KernelOptions {
  if (kernelModes[mode].revectorize) v8.setFlagsFromString(revectorizeFlag);
  return kernelModes[mode];
}

async function runProbe(mode: KernelMode): Promise<ProbeResult | null> {
  const script = fileURLToPath(new URL('./probe.ts', import.meta.url));
  try {
    return JSON.parse(await scriptRunner()(script, [mode])) as ProbeResult;
  } catch {
    return null; // Crashed, hung or refused: this mode is not for this machine.
  }
}

/** The application's own program runs no scripts; there, whoever started this process left a way to have one run. */
function scriptRunner(): RunScript {
  const { notegraftRunScript } = globalThis as { notegraftRunScript?: RunScript };
  return notegraftRunScript ?? runUnderNode;
}

const runUnderNode: RunScript = async (script, words) => {
  const options = { timeout: probeTimeoutMs, windowsHide: true };
  return (await promisify(execFile)(process.execPath, [script, ...words], options)).stdout;
};

function cacheFile(): string {
  const stamp = readFileSync(new URL('./build/stamp', import.meta.url), 'utf8');
  const machine = [os.cpus()[0]?.model ?? '', os.arch(), process.versions.node, process.versions.v8, stamp].join('|');
  const key = createHash('sha256').update(machine).digest('hex').slice(0, 16);
  const folder = process.env['LOCALAPPDATA'] ?? process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache');
  return path.join(folder, 'notegraft', `kernels-${key}.json`);
}

function readCache(file: string): KernelChoice | null {
  try {
    const cached = JSON.parse(readFileSync(file, 'utf8')) as KernelChoice;
    return isKernelMode(cached.mode) ? cached : null;
  } catch {
    return null; // Not there yet, or unreadable: probe again.
  }
}

function writeCache(file: string, choice: KernelChoice): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(choice));
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // A read-only home: the next start probes again.
  }
}
