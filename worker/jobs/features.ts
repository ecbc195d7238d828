/** Token features for the documents of a job, where its model reads some. */
import type { AnnotatedDocument, TokenFeatures } from '../domain/document.ts';
import type { Recipe } from '../domain/recipe.ts';
import { requireFeatures } from '../domain/token-features.ts';
import { attachFeatures, openFeatures, type FeatureFolder } from '../formats/token-features.ts';
import type { TaskDocument } from '../protocol.ts';

/** The folder that a trained model reads its features from; null where it reads none. @throws AppError `features-invalid`, `file-not-found`. */
export async function featuresOfModel(recipe: Recipe, folder: string | undefined): Promise<FeatureFolder | null> {
  requireFeatures(recipe, folder);
  return folder === undefined ? null : openFeatures(folder, recipe.tokenFeatures?.size);
}

/** The documents with their vectors, where there is a folder. `taskOf` says whose sub-folder comes first. */
export async function withFeaturesFrom<D extends AnnotatedDocument>(
  folder: FeatureFolder | null,
  documents: readonly D[],
  taskOf: (document: D) => string | undefined,
): Promise<D[]> {
  return folder === null ? [...documents] : attachFeatures(folder, documents, taskOf);
}

/** Training documents with their vectors, and the recipe with the size that those have. */
export async function readTrainingFeatures(
  given: Recipe,
  folder: string | undefined,
  documents: readonly TaskDocument[],
): Promise<{ recipe: Recipe; documents: readonly TaskDocument[] }> {
  requireFeatures(given, folder);
  if (folder === undefined || given.tokenFeatures === undefined) return { recipe: given, documents };
  const found = await attachFeatures(await openFeatures(folder), documents, ({ task }) => task);
  const size = found[0]?.features?.size ?? given.tokenFeatures.size;
  return { recipe: { ...given, tokenFeatures: { ...given.tokenFeatures, size } }, documents: found };
}

/** Documents with zeros in place of vectors, to time what reads some. */
export function withStandIns<D extends AnnotatedDocument>(recipe: Recipe, documents: readonly D[]): D[] {
  const size = recipe.tokenFeatures?.size;
  if (size === undefined) return [...documents];
  const standIn = ({ tokens }: D): TokenFeatures => ({ size, values: new Float32Array(tokens.starts.length * size) });
  return documents.map((document) => ({ ...document, features: standIn(document) }));
}
