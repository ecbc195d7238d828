/** What the probes found, remembered for this machine, runtime and versions, so that they run once. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import type { BackendName, ProbeFinding } from '../../worker/domain/backends.ts';

export type Findings = ReadonlyMap<BackendName, ProbeFinding>;

/** Packages that a backend comes with: another version is another backend. */
const backendPackages = [
  '@tensorflow/tfjs-node-gpu',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-backend-webgpu',
  'webgpu',
];

/** Null when nothing is remembered. */
export function readFindings(appVersion: string): Findings | null {
  try {
    const entries = JSON.parse(readFileSync(cacheFile(appVersion), 'utf8')) as [BackendName, ProbeFinding][];
    return new Map(entries);
  } catch {
    return null; // Not there yet, or unreadable: probe again.
  }
}

export function writeFindings(appVersion: string, findings: Findings): void {
  const file = cacheFile(appVersion);
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify([...findings]));
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // A read-only home: the next start probes again.
  }
}

function cacheFile(appVersion: string): string {
  const machine = [
    ...[os.cpus()[0]?.model ?? '', os.availableParallelism(), os.arch(), process.versions.node, process.versions.v8],
    ...[appVersion, kernelStamp(), process.env['NOTEGRAFT_KERNELS'], process.env['NOTEGRAFT_THREADS']],
    ...backendPackages.map(packageVersion),
  ];
  const key = createHash('sha256').update(machine.join('|')).digest('hex').slice(0, 16);
  const folder = process.env['LOCALAPPDATA'] ?? process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache');
  return path.join(folder, 'notegraft', `backends-${key}.json`);
}

/** The kernels' build, as a file: their code is the worker's. */
function kernelStamp(): string {
  return readIfThere(new URL('../../worker/engine/simd/build/stamp', import.meta.url));
}

/** Empty when the package is not installed. */
function packageVersion(name: string): string {
  try {
    const description = findPackageJSON(name, import.meta.url);
    if (description === undefined) return '';
    return (JSON.parse(readFileSync(description, 'utf8')) as { version: string }).version;
  } catch {
    return '';
  }
}

function readIfThere(file: URL): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
