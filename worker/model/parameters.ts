/** The named weights of a model. A weight's path says who owns it: shared/…, target/… or SOURCE/…, the source's name. */
import { keep, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { deriveSeed, seededRandom, type Random } from '../domain/random.ts';

/** Weights by path, in the order of their creation. */
export type Parameters = Map<string, Tensor>;

/** How a new weight starts. Soft twins get the same numbers (our choice: L_share starts at 0). */
export interface Initial {
  readonly shape: number[];
  /** Uniform in ±bound, or normal with deviation 1. */
  readonly draw: { readonly kind: 'uniform'; readonly bound: number } | { readonly kind: 'normal' };
}

/** PyTorch's default for recurrent and dense layers: uniform in ±1/√size. */
export function uniform(shape: number[], size: number): Initial {
  return { shape, draw: { kind: 'uniform', bound: 1 / Math.sqrt(size) } };
}

export function normal(shape: number[]): Initial {
  return { shape, draw: { kind: 'normal' } };
}

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** Draw a weight's first values from the run's seed and its path. */
export function initialValues(path: string, initial: Initial, seed: number): Float32Array {
  const random = seededRandom(deriveSeed(seed, isSoft(path) ? path.slice(path.indexOf('/')) : path));
  const { draw, shape } = initial;
  const count = shape.reduce((product, length) => product * length, 1);
  const one = draw.kind === 'normal' ? () => gaussian(random) : () => (random.next() * 2 - 1) * draw.bound;
  return Float32Array.from({ length: count }, one);
}

/** Add a weight; it lives until {@link disposeParameters}. */
export function addParameter(parameters: Parameters, path: string, values: Float32Array, shape: number[]): void {
  if (parameters.has(path)) throw new Error(`weight ${path} exists already`);
  parameters.set(path, keep(tensor(values, shape)));
}

/** @throws Error for a path that does not exist. */
export function parameter<T extends Tensor>(parameters: Parameters, path: string): T {
  const found = parameters.get(path);
  if (!found) throw new Error(`no weight ${path}`);
  return found as T;
}

export function disposeParameters(parameters: Parameters): void {
  for (const value of parameters.values()) value.dispose();
  parameters.clear();
}

/** Is this weight the soft copy of a task? */
export function isSoft(path: string): boolean {
  return path.split('/')[2] === 'soft';
}

/** Whose weight it is: a task, or `shared`. */
export function ownerOf(path: string): string {
  return path.slice(0, path.indexOf('/'));
}

/** The same weight of another owner. */
export function pathOf(owner: string, path: string): string {
  return owner + path.slice(path.indexOf('/'));
}

/** Is this weight used for the target? What is not is dropped at inference (DTN §"Inference"). */
export function isKeptForInference(path: string): boolean {
  return ['shared', 'target'].includes(ownerOf(path));
}
