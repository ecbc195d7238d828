/** Readers of option values; what they refuse is misuse. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { backendNames, type EngineWish } from '../../worker/domain/backends.ts';
import { formatNames, splits } from '../../worker/domain/document.ts';
import { AppError, systemCode } from '../../worker/domain/errors.ts';
import { readRole, sourceNameSchema, type Task } from '../../worker/domain/task-names.ts';

/** A whole number of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
  };
}

/** A number above `above` and up to, or below, `limit`. */
export function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number between 0 and 1.');
}

/** A number above zero. */
export function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}

/** Adds a value to those given before. */
export function repeated(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** A list of words separated by commas, each one of `allowed`. */
export function oneOrMoreOf<T extends string>(allowed: readonly T[]): (text: string) => T[] {
  return (text) => {
    const words = [...new Set(text.split(',').map((word) => word.trim()))];
    const wrong = words.find((word) => !allowed.some((name) => name === word));
    if (wrong === undefined) return words as T[];
    throw new InvalidArgumentError(`Choose from ${allowed.join(', ')}, separated by commas.`);
  };
}

export const roleOption = (): Option =>
  new Option('--role <role>', 'which corpus: the in-house target, the public source, or source:NAME for one of several')
    .argParser(roleOf)
    .makeOptionMandatory();

function roleOf(text: string): Task {
  const role = readRole(text);
  if (role !== null) return role;
  throw new InvalidArgumentError(
    'It must be target, source or source:NAME, the name in lower-case letters, digits and hyphens, a letter first.',
  );
}

/** A number of 0 to 100. */
export function percentage(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= 0 && value <= 100) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 100.');
}

/** A source by its name. */
export function sourceOf(text: string): Task {
  if (sourceNameSchema.safeParse(text).success) return text;
  throw new InvalidArgumentError('A source is named in lower-case letters, digits and hyphens, a letter first.');
}

/** Names of sources, separated by commas. */
export function sourceList(text: string): Task[] {
  return text.split(',').map((name) => sourceOf(name.trim()));
}

export const sourcesOption = (): Option =>
  new Option(
    '--sources <names>',
    'learn from these sources alone, separated by commas; from all when left out',
  ).argParser(sourceList);

/** Which source is meant, for commands that look at one. */
export const sourceOption = (): Option =>
  new Option('--source <name>', 'which source, where the project has several').argParser(sourceOf);
export const splitOption = (description: string): Option => new Option('--split <split>', description).choices(splits);
export const formatOption = (): Option =>
  new Option('--format <format>', 'the format of the files').choices(['auto', ...formatNames]).default('auto');

/** Options of every command that computes. */
export interface EngineOptions {
  readonly backend: EngineWish['backend'];
  readonly threads?: number;
}

/** Adds --backend and --threads. */
export function withEngine(command: Command, threads = 'cores to use; all, at most 4, when left out'): Command {
  return command
    .addOption(
      new Option('--backend <backend>', 'what computes; auto is the fastest, see `notegraft backends`')
        .choices(['auto', ...backendNames])
        .default('auto'),
    )
    .option('--threads <number>', threads, wholeNumber(1));
}

/** Options of every command that gives intervals. */
export interface BootstrapOptions {
  readonly draws: number;
  readonly bootstrapSeed: number;
}

/** Adds --draws and --bootstrap-seed. */
export function withBootstrap(command: Command): Command {
  return command
    .option('--draws <number>', 'resamples of the documents for the 95 % intervals', wholeNumber(100), 2000)
    .option('--bootstrap-seed <number>', 'seed of the resamples', wholeNumber(0), 1);
}

/** Option of every command that trains a model or applies one. */
export interface FeaturesOption {
  readonly features?: string;
}

/** Adds --features. */
export function withFeaturesOption(command: Command): Command {
  return command.option(
    '--features <folder>',
    'a vector for each token, computed elsewhere: NAME.npy for each document NAME, or .safetensors files whose tensors are named so; see docs/formats.md',
  );
}

/** The option as core takes it. */
export function featuresFolder({ features }: FeaturesOption): { features?: string } {
  return features === undefined ? {} : { features: resolve(features) };
}

/** The options as core takes them. */
export function engineWish({ backend, threads }: EngineOptions): EngineWish {
  return { backend, ...(threads === undefined ? {} : { threads }) };
}

/** `--embeddings` as core takes it: a file, or vectors trained in the project by their reference. */
export function vectorsReference(text: string): string {
  return /^project(:\d+)?$/.test(text) ? text : resolve(text);
}

/** Paths as the worker and the store know them. */
export function absolute(paths: readonly string[]): string[] {
  return paths.map((path) => resolve(path));
}

/**
 * The names in a list file, one a line; empty lines and lines that open with # are skipped.
 * @throws AppError `file-not-found`, `file-unreadable`, `file-empty`.
 */
export function readNameList(file: string): string[] {
  const names = readList(file)
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (names.length > 0) return names;
  throw new AppError('file-empty', 'The list of documents is empty.', {
    details: { file, nextStep: 'Write one document name a line.' },
  });
}

function readList(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (thrown) {
    const isMissing = systemCode(thrown) === 'ENOENT';
    throw new AppError(isMissing ? 'file-not-found' : 'file-unreadable', 'The list of documents cannot be read.', {
      details: { file, nextStep: 'Check the path given to --docs.' },
      cause: thrown,
    });
  }
}
