/** Finds and loads TensorFlow's addon for tfjs: the GPU package first, then the CPU one. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import util from 'node:util';
import { enableProdMode, version_core as ownVersion } from '@tensorflow/tfjs-core';

/** The addon is loaded and its backend registered, or why not. */
export type LoadedAddon =
  { readonly present: true; readonly packageName: string } | { readonly present: false; readonly reason: string };

const packageNames = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/**
 * Load the addon from the folder that NOTEGRAFT_TFJS_NODE names (one with a node_modules), else from our own packages.
 *
 * The addon may bring a tfjs-core of its own. That does no harm as long as it is the same version as ours: tfjs-core keeps its
 * engine, kernel registry and gradient registry in one global, which the first copy makes and every later copy of the process
 * uses. So a kernel registered by the addon is one that our operations find; another version is refused.
 */
export function loadAddon(): LoadedAddon {
  const named = process.env['NOTEGRAFT_TFJS_NODE'];
  const reasons: string[] = [];
  for (const folder of [...(named ? [path.resolve(named)] : []), import.meta.dirname]) {
    for (const packageName of packageNames) {
      const reason = loadFrom(folder, packageName);
      if (reason === null) return { present: true, packageName };
      reasons.push(reason);
    }
  }
  const telling = reasons.find((reason) => !reason.endsWith(notInstalled));
  return { present: false, reason: telling ?? reasons.at(-1) ?? notInstalled };
}

const notInstalled = 'is not installed';

/** Load a package as a file in `folder` would: null when that went well, else why not. */
export function loadFrom(folder: string, packageName: string): string | null {
  const requireThere = createRequire(path.join(folder, 'addon.cjs'));
  const installed = packageFolder(requireThere, packageName);
  if (installed === null) return `${packageName} ${notInstalled}`;
  if (!hasNativeLibrary(installed)) return `${packageName} is installed without its native library`;
  restoreRemovedFunctions();
  // Errors only: TensorFlow otherwise writes about its CPU instructions on every start.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  // No warnings about kernels that both copies of tfjs's packages register.
  enableProdMode();
  try {
    const { version } = requireThere(packageName) as { version: Readonly<Record<string, string>> };
    const theirs = version['tfjs-core'] ?? 'unknown';
    return theirs === ownVersion ? null : `${packageName} is for tfjs ${theirs}, not ${ownVersion}`;
  } catch (error) {
    const [line] = error instanceof Error ? error.message.split('\n') : [];
    return `${packageName} does not load: ${line ?? 'unknown error'}`;
  }
}

function packageFolder(requireThere: NodeJS.Require, packageName: string): string | null {
  const found = (requireThere.resolve.paths(packageName) ?? []).map((folder) => path.join(folder, packageName));
  return found.find((folder) => existsSync(path.join(folder, 'package.json'))) ?? null;
}

/** node-pre-gyp puts it into lib/napi-vN, whatever N was downloaded or built. */
function hasNativeLibrary(folder: string): boolean {
  const library = path.join(folder, 'lib');
  if (!existsSync(library)) return false;
  return readdirSync(library).some((name) => existsSync(path.join(library, name, 'tfjs_binding.node')));
}

/** tfjs-node calls util.isNullOrUndefined, which Node 23 removed. */
function restoreRemovedFunctions(): void {
  const functions = util as unknown as { isNullOrUndefined?: (value: unknown) => boolean };
  functions.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
