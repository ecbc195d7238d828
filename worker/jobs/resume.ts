/** What ties a saved training to its run: the same recipe, seed and documents, or it cannot go on. */
import { createHash } from 'node:crypto';
import type { Recipe } from '../domain/recipe.ts';
import { decodeModel } from '../model/checkpoint.ts';
import type { WeightValues } from '../model/tensor-file.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { TaskDocument } from '../protocol.ts';
import { decodePoint, notTheSame, type SavedPoint } from '../train/training-point.ts';

/** A fingerprint of everything that decides a training, the vectors apart (core compares their file's). Test documents decide nothing. */
export function trainingFacts(recipe: Recipe, seed: number, documents: readonly TaskDocument[]): string {
  const hash = createHash('sha256').update(JSON.stringify([recipe, seed]));
  for (const { task, split, text, tokens, spans, features } of documents) {
    if (split === 'test') continue;
    hash.update(JSON.stringify([task, split, text, spans]));
    for (const offsets of [tokens.starts, tokens.ends, tokens.sentenceEnds]) hash.update(offsets);
    if (features) hash.update(features.values);
  }
  return hash.digest('hex');
}

/** @throws AppError `run-not-resumable` when the saved state is damaged or belongs to other documents. */
export function readResume(
  resume: NonNullable<JobOf<'train'>['resume']>,
  facts: string,
): { saved: SavedPoint; best: WeightValues | null } {
  const saved = decodePoint(resume.state);
  if (saved.facts !== facts) throw notTheSame();
  return { saved, best: resume.model === undefined ? null : decodeModel(resume.model).weights };
}
