/** Bayesian search: which values to try next, given what was tried. Holds no state: the trials are the state. */
import { deriveSeed, type Random, seededRandom, shuffled } from '../domain/random.ts';
import {
  coordinateOf,
  type Dimension,
  type SearchSpace,
  type SearchValues,
  sizeOf,
  valueAt,
} from '../domain/search-space.ts';
import { expectedImprovement } from './expected-improvement.ts';
import { conditionOn, fitKernel, type GaussianProcess, type Kernel, type Observations } from './gaussian-process.ts';

/** A trial as far as it is known: `score` is null while it is under way. More is better. */
export interface TriedValues {
  readonly values: SearchValues;
  readonly score: number | null;
}

export interface SearchOptions {
  readonly seed: number;
  /** `random` draws evenly from the space and looks at no score. */
  readonly method: 'bayesian' | 'random';
  /** Tried before all others, such as the recipe's own values; null for none. */
  readonly first: SearchValues | null;
}

/** Trials that are spread over the space before the process is asked. */
const spreadTrials = 6;
/** Points that the acquisition is looked at: anywhere, and around the best; and how many of the best are then improved. */
const candidatesAnywhere = 600;
const candidatesNear = 200;
const improvedCandidates = 4;
/** Attempts to draw a point that was not tried. */
const attempts = 200;

/**
 * The values for the next trial: those that promise the greatest expected improvement (Snoek et al. 2012). Trials under way count with what the
 * process expects of them, so that parallel trials are not all the same (kriging believer; Ginsbourger et al. 2010). Whole numbers and
 * categories are looked at only where they have a value, so that the kernel never sees a point between two (Garrido-Merchán & Hernández-Lobato 2020).
 * The same seed and trials give the same values. Null when every point of the space has been tried.
 */
export function proposeValues(
  space: SearchSpace,
  trials: readonly TriedValues[],
  { seed, method, first }: SearchOptions,
): SearchValues | null {
  const walk = walkable(space, trials);
  if (trials.length >= walk.size) return null;
  const random = seededRandom(deriveSeed(seed, `trial ${trials.length}`));
  if (trials.length === 0 && first !== null) return first;
  const scored = trials.filter(({ score }) => score !== null);
  if (method === 'random') return walk.untried(() => walk.anywhere(random));
  const spread = trials.length - (first === null ? 0 : 1);
  if (spread < spreadTrials || scored.length < 2) {
    const planned = walk.toValues(latinPoint(walk.dimensions.length, spread % spreadTrials, seed));
    return walk.isTried(planned) ? walk.untried(() => walk.anywhere(random)) : planned;
  }
  return bestByExpectedImprovement(walk, trials, random);
}

/** A point of the space: a coordinate in 0..1 for each dimension. */
type Point = readonly number[];

/** The space as something to walk in. */
interface Walkable {
  readonly dimensions: readonly Dimension[];
  /** How many points there are. */
  readonly size: number;
  readonly toValues: (point: Point) => SearchValues;
  readonly toPoint: (values: SearchValues) => Point;
  /** The nearest point that has a value. */
  readonly snap: (point: Point) => Point;
  readonly isTried: (values: SearchValues) => boolean;
  readonly anywhere: (random: Random) => SearchValues;
  /** Draws until a point was not tried; null when none is found, then or by going through a small space. */
  readonly untried: (draw: () => SearchValues) => SearchValues | null;
}

function walkable(space: SearchSpace, trials: readonly TriedValues[]): Walkable {
  const names = Object.keys(space);
  const dimensions = Object.values(space);
  const keyOf = (values: SearchValues): string => JSON.stringify(names.map((name) => values[name]));
  const tried = new Set(trials.map(({ values }) => keyOf(values)));
  const toValues = (point: Point): SearchValues =>
    Object.fromEntries(dimensions.map((dimension, d) => [names[d] ?? '', valueAt(dimension, point[d] ?? 0)]));
  const toPoint = (values: SearchValues): Point =>
    dimensions.map((dimension, d) => coordinateOf(dimension, values[names[d] ?? ''] ?? 0));
  const isTried = (values: SearchValues): boolean => tried.has(keyOf(values));
  return {
    dimensions,
    size: dimensions.reduce((product, dimension) => product * sizeOf(dimension), 1),
    toValues,
    toPoint,
    snap: (point) => toPoint(toValues(point)),
    isTried,
    anywhere: (random) => toValues(dimensions.map(() => random.next())),
    untried(draw) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const values = draw();
        if (!isTried(values)) return values;
      }
      return firstUntried(dimensions, (point) => !isTried(toValues(point)), toValues);
    },
  };
}

/** Goes through a space of few points in order. */
function firstUntried(
  dimensions: readonly Dimension[],
  isFree: (point: Point) => boolean,
  toValues: (point: Point) => SearchValues,
): SearchValues | null {
  const counts = dimensions.map((dimension) => Math.min(sizeOf(dimension), 1000));
  const position = counts.map(() => 0);
  for (;;) {
    const point = position.map((at, d) => (at + 0.5) / (counts[d] ?? 1));
    if (isFree(point)) return toValues(point);
    let d = 0;
    while (d < counts.length && position[d] === (counts[d] ?? 1) - 1) position[d++] = 0;
    if (d === counts.length) return null;
    position[d] = (position[d] ?? 0) + 1;
  }
}

/** The `index`-th point of a Latin hypercube: on every dimension each of the points falls into another part (McKay et al. 1979). */
function latinPoint(dimensions: number, index: number, seed: number): Point {
  return Array.from({ length: dimensions }, (_, d) => {
    const random = seededRandom(deriveSeed(seed, `spread ${d}`));
    const parts = shuffled([...Array(spreadTrials).keys()], random);
    const within = Array.from({ length: spreadTrials }, () => random.next());
    return ((parts[index] ?? 0) + (within[index] ?? 0)) / spreadTrials;
  });
}

/** A point and what it promises. */
interface Candidate {
  readonly point: Point;
  readonly promise: number;
}

function bestByExpectedImprovement(
  walk: Walkable,
  trials: readonly TriedValues[],
  random: Random,
): SearchValues | null {
  const { process, best, points } = believer(walk, trials, random);
  const judge = (point: Point): Candidate => {
    const snapped = walk.snap(point);
    const isNew = !walk.isTried(walk.toValues(snapped));
    return { point: snapped, promise: isNew ? expectedImprovement(process.predict(snapped), best) : -1 };
  };
  const anywhere = Array.from({ length: candidatesAnywhere }, () => walk.dimensions.map(() => random.next()));
  const near = Array.from({ length: candidatesNear }, (_, i) => nudged(points[i % points.length] ?? [], random));
  const candidates = [...anywhere, ...near].map(judge).sort((a, b) => b.promise - a.promise);
  const improved = candidates.slice(0, improvedCandidates).map((candidate) => climbed(walk, candidate, judge));
  const [chosen] = improved.sort((a, b) => b.promise - a.promise);
  if (chosen === undefined || chosen.promise < 0) return walk.untried(() => walk.anywhere(random));
  return walk.toValues(chosen.point);
}

/**
 * The process over all trials, those under way with their expected scores; the best mean among the tried points (not the best score, which is
 * partly luck where scores are noisy), and the five best points.
 */
function believer(
  walk: Walkable,
  trials: readonly TriedValues[],
  random: Random,
): { process: GaussianProcess; best: number; points: readonly Point[] } {
  const isCategorical = walk.dimensions.map(({ kind }) => kind === 'categorical');
  const known = trials.flatMap(({ values, score }) => (score === null ? [] : [{ point: walk.toPoint(values), score }]));
  const points = known.map(({ point }) => point);
  const observed: Observations = { points, values: standardized(known.map(({ score }) => score)), isCategorical };
  const kernel: Kernel = fitKernel(observed, random);
  const fromScores = conditionOn(observed, kernel);
  const pending = trials.filter(({ score }) => score === null).map(({ values }) => walk.toPoint(values));
  const believed = pending.map((point) => fromScores.predict(point).mean);
  const all = [...points, ...pending];
  const process = conditionOn({ points: all, values: [...observed.values, ...believed], isCategorical }, kernel);
  const ranked = all.map((point) => ({ point, mean: process.predict(point).mean })).sort((a, b) => b.mean - a.mean);
  return { process, best: ranked[0]?.mean ?? 0, points: ranked.slice(0, 5).map(({ point }) => point) };
}

/**
 * Scores with mean 0 and variance 1. Those far below the median are raised first to as far below it as three times the best is above: how bad a
 * failure was says little about where the best is, and would drown the differences that do.
 */
function standardized(scores: readonly number[]): number[] {
  const sorted = scores.toSorted((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const best = sorted.at(-1) ?? 0;
  const floor = best > median ? median - 3 * (best - median) : -Infinity;
  const raised = scores.map((score) => Math.max(floor, score));
  const mean = raised.reduce((sum, score) => sum + score, 0) / raised.length;
  const deviation = Math.sqrt(raised.reduce((sum, score) => sum + (score - mean) ** 2, 0) / raised.length);
  return raised.map((score) => (deviation === 0 ? 0 : (score - mean) / deviation));
}

/** A neighbour: some coordinates moved, far or little. */
function nudged(point: Point, random: Random): Point {
  const reach = 0.3 * random.next() ** 2;
  return point.map((coordinate) =>
    random.next() < 0.5 ? coordinate : inside(coordinate + reach * (random.next() * 2 - 1)),
  );
}

/** Coordinate by coordinate to a better neighbour, in ever smaller steps; whole numbers and categories go at least to the next one. */
function climbed(walk: Walkable, from: Candidate, judge: (point: Point) => Candidate): Candidate {
  let best = from;
  for (const step of [0.2, 0.1, 0.05, 0.02, 0.01]) {
    for (const [d, dimension] of walk.dimensions.entries()) {
      for (const move of moves(dimension, step, best.point[d] ?? 0)) {
        const candidate = judge(best.point.map((coordinate, i) => (i === d ? inside(move) : coordinate)));
        if (candidate.promise > best.promise) best = candidate;
      }
    }
  }
  return best;
}

/** Coordinates to look at from `at`: either way, or every category. */
function moves(dimension: Dimension, step: number, at: number): number[] {
  if (dimension.kind === 'categorical')
    return dimension.values.map((_, index) => (index + 0.5) / dimension.values.length);
  const least = Math.max(step, 1 / sizeOf(dimension));
  return [at - least, at + least];
}

function inside(coordinate: number): number {
  return Math.min(1, Math.max(0, coordinate));
}
