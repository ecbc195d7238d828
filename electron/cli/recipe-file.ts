/** Recipes and search spaces as JSON files: read for --recipe and --space, written for --out. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AppError, systemCode } from '../../worker/domain/errors.ts';
import type { Recipe } from '../../worker/domain/recipe.ts';
import type { CallInput } from '../api/contract.ts';

/** What `--recipe` means: a name, or the recipe in a file whose name ends with .json. @throws AppError as {@link readJson}. */
export function recipeChoice(text: string): CallInput<'training.train'>['recipe'] {
  return /\.json$/i.test(text) ? readJson(text, 'recipe') : text;
}

/** @throws AppError `file-not-found`, `file-unreadable`, `format-invalid` where it is no JSON object. */
export function readJson(file: string, what: 'recipe' | 'search space'): Record<string, unknown> {
  const json = parsed(read(file, what));
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  throw new AppError('format-invalid', `The file of the ${what} is not a JSON object.`, {
    details: { file, nextStep: 'Look at it with an editor; docs/command-line.md shows one.' },
  });
}

/** Before hours of work whose result could not be written. @throws AppError `file-not-found`. */
export function requireFolderOf(file: string): void {
  const folder = dirname(resolve(file));
  if (existsSync(folder)) return;
  throw new AppError('file-not-found', 'The folder for the recipe does not exist.', {
    details: { file: folder, nextStep: 'Make the folder first.' },
  });
}

/** Written beside it and renamed, so that a file of this name is always whole. @throws AppError `file-unwritable`, `disk-full`. */
export function writeRecipe(file: string, recipe: Recipe): void {
  const temporary = `${file}.part-${process.pid}`;
  try {
    writeFileSync(temporary, `${JSON.stringify(recipe, null, 2)}\n`);
    renameSync(temporary, file);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    if (systemCode(thrown) === 'ENOSPC') throw thrown;
    throw new AppError('file-unwritable', 'The recipe cannot be written.', {
      details: {
        file,
        nextStep: 'Check that you may write there; the same command with another --out writes it at once.',
      },
      cause: thrown,
    });
  }
}

function read(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (thrown) {
    const isMissing = systemCode(thrown) === 'ENOENT';
    throw new AppError(isMissing ? 'file-not-found' : 'file-unreadable', `The file of the ${what} cannot be read.`, {
      details: { file, nextStep: 'Check the path.' },
      cause: thrown,
    });
  }
}

/** Undefined for what is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
