/** Trained models: read from a run, read from a file, written to a file. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, systemCode } from '../../worker/domain/errors.ts';
import type { Task } from '../../worker/domain/task-names.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { ProjectStore } from '../store/project-store.ts';
import { findRun } from './training.ts';
import { writeWholeFile } from './whole-file.ts';

/** A model as one block of bytes, which may cross to a worker. */
export type ModelBytes = Uint8Array<ArrayBuffer>;

/**
 * The model of a run, checked against its fingerprint.
 * @throws AppError `run-not-found`, `run-without-model`, `model-damaged`.
 */
export function modelOfRun(store: ProjectStore, run: number): ModelBytes {
  const entry = findRun(store, run);
  const model = store.runs.model(run);
  if (model === undefined) {
    const nextStep =
      entry.study === null
        ? 'Choose a run that has ended an epoch; `notegraft runs` lists them.'
        : `It is a trial of study ${entry.study}, whose models were not kept: train its recipe and settings with \`notegraft train\`.`;
    throw new AppError('run-without-model', `Run ${run} (${entry.status}) has no model.`, {
      details: { nextStep },
    });
  }
  if (sha256(model.bytes) !== model.sha256) {
    throw new AppError('model-damaged', `The model of run ${run} is not as it was stored.`, {
      details: { file: store.path, nextStep: 'Train it again, or restore the project from a backup.' },
    });
  }
  return model.bytes;
}

/** Where a run's model reads the token features of the project's documents: as given, else where its training found them. */
export function featuresOfRun(store: ProjectStore, run: number, given?: string): { readonly features?: string } {
  const features = given ?? findRun(store, run).features;
  return features === null ? {} : { features };
}

/** The same for documents of a source that take the target's place: from the folder's part of the source's name, where it has one. */
export function featuresOfSource(store: ProjectStore, run: number, source: Task): { readonly features?: string } {
  const { features } = featuresOfRun(store, run);
  if (features === undefined) return {};
  const own = join(features, source);
  return { features: existsSync(own) ? own : features };
}

/** The bytes of a model file; whether they make a model the worker finds out. @throws AppError `file-not-found`, `file-unreadable`. */
export function readModelFile(file: string): ModelBytes {
  try {
    return readFileSync(file);
  } catch (thrown) {
    const isMissing = systemCode(thrown) === 'ENOENT';
    const code = isMissing ? 'file-not-found' : 'file-unreadable';
    throw new AppError(code, isMissing ? 'There is no model file at this path.' : 'The model file cannot be read.', {
      details: { file, nextStep: 'Name a file made by `notegraft model export`.' },
      cause: thrown,
    });
  }
}

/**
 * Write a run's model to a file of its own: beside it first, then renamed, so that a file of this name is always whole.
 * @throws AppError as {@link modelOfRun}; `file-not-found` (no such folder), `file-unwritable`, `disk-full`.
 */
export function exportModel(store: ProjectStore, input: CheckedInput<'models.export'>): CallOutput<'models.export'> {
  const { run, file } = input;
  const bytes = modelOfRun(store, run);
  writeWholeFile(file, 'the model', [bytes]);
  return { run, file, bytes: bytes.length, sha256: sha256(bytes) };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
