/** Vectors that another program computed for every token of every document, in a folder: a .npy file a document, or .safetensors files. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tokenCount, type AnnotatedDocument, type TokenFeatures } from '../domain/document.ts';
import { AppError, systemCode } from '../domain/errors.ts';
import { readNpy, type Matrix } from './npy.ts';
import { openSafetensors } from './safetensors.ts';

/** Finds the vectors of a document. */
export interface FeatureFolder {
  /**
   * The document with its vectors. Those of `task` (a folder of its name, where there is one) come before those of all.
   * @throws AppError `features-invalid` where there are none, or not as many as tokens, or not of the size of the others.
   */
  attach<D extends AnnotatedDocument>(document: D, task?: string): Promise<D & { readonly features: TokenFeatures }>;
}

/** A matrix on the disk, which is read when asked for. */
interface Place {
  readonly file: string;
  readonly read: () => Promise<Matrix>;
}

/**
 * Look into a folder. `size`: numbers a token that a model wants; else the first document decides for all.
 * @throws AppError `file-not-found`, `features-invalid`.
 */
export async function openFeatures(folder: string, size: number | null = null): Promise<FeatureFolder> {
  const files = await filesBelow(folder);
  const tensors = await tensorPlaces(folder, files);
  const known = new Set(files);
  let expected = size;
  const find = (name: string): Place | undefined => {
    const file = join(folder, `${name}.npy`);
    if (!known.has(`${name}.npy`)) return tensors.get(name);
    return { file, read: async () => readNpy(await readFile(file), file) };
  };
  return {
    async attach(document, task) {
      const { name } = document;
      const place = (task === undefined ? undefined : find(`${task}/${name}`)) ?? find(name);
      if (place === undefined) throw missing(folder, name);
      const { rows, columns, values } = await place.read();
      const tokens = tokenCount(document.tokens);
      if (rows !== tokens) throw otherTokens(place.file, rows, tokens);
      expected ??= columns;
      if (columns !== expected) throw otherSize(place.file, columns, expected);
      const wrong = values.findIndex((value) => !Number.isFinite(value));
      if (wrong >= 0) throw notFinite(place.file, Math.floor(wrong / columns));
      return { ...document, features: { size: columns, values } };
    },
  };
}

/** Every document with its vectors, in their order. `taskOf` says whose folder comes first. */
export async function attachFeatures<D extends AnnotatedDocument>(
  folder: FeatureFolder,
  documents: readonly D[],
  taskOf: (document: D) => string | undefined = () => undefined,
): Promise<D[]> {
  const found: D[] = [];
  for (const document of documents) found.push(await folder.attach(document, taskOf(document)));
  return found;
}

/** Paths below the folder, with forward slashes. */
async function filesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true });
    return entries.map((path) => path.replaceAll('\\', '/'));
  } catch (cause) {
    const isAbsent = ['ENOENT', 'ENOTDIR'].includes(systemCode(cause) ?? '');
    throw new AppError(
      isAbsent ? 'file-not-found' : 'file-unreadable',
      isAbsent ? 'There is no folder of token features at this path.' : 'The folder of token features cannot be read.',
      { details: { file: folder, nextStep: 'Check the path given to --features.' }, cause },
    );
  }
}

/** The tensors of all safetensors files in the folder itself, and of those one folder below under that folder's name. */
async function tensorPlaces(folder: string, files: readonly string[]): Promise<ReadonlyMap<string, Place>> {
  const places = new Map<string, Place>();
  for (const path of files.filter((file) => file.endsWith('.safetensors')).sort()) {
    const [task, ...deeper] = path.split('/');
    if (deeper.length > 1) continue;
    const file = join(folder, path);
    const found = await openSafetensors(file);
    for (const name of found.names)
      places.set(deeper.length === 0 ? name : `${task}/${name}`, { file, read: () => found.matrix(name) });
  }
  return places;
}

const howTo = 'Compute one vector for each token that `notegraft export --format conll` writes, in their order.';

function missing(folder: string, name: string): AppError {
  return new AppError('features-invalid', 'A document has no token features.', {
    details: {
      file: join(folder, `${name}.npy`),
      nextStep: 'Add this file, or a tensor of this name to a .safetensors file in the folder.',
    },
  });
}

function otherTokens(file: string, rows: number, tokens: number): AppError {
  return new AppError('features-invalid', `The file has vectors for ${rows} tokens, and the document has ${tokens}.`, {
    details: { file, rows, tokens, nextStep: howTo },
  });
}

function otherSize(file: string, size: number, expected: number): AppError {
  return new AppError('features-invalid', `The file has ${size} numbers a token, and ${expected} are expected.`, {
    details: { file, size, expected, nextStep: 'Compute the features of all documents with the same model.' },
  });
}

function notFinite(file: string, row: number): AppError {
  return new AppError('features-invalid', `The vector of token ${row + 1} holds a number that is not finite.`, {
    details: { file, nextStep: 'Compute the features again, in float32 where float16 overflows.' },
  });
}
