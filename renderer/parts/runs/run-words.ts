/** How scores, times and states of runs are written. */
import type { EstimateView } from '../../../electron/api/score-views.ts';
import type { RunView } from '../../../electron/api/views.ts';
import type { Component } from '../../../worker/domain/recipe.ts';

export type Split = 'dev' | 'test';
export type Matching = 'strict' | 'lenient';

export const splitNames: Readonly<Record<Split, string>> = { dev: 'Development', test: 'Test' };

export const splitOptions = [
  { value: 'dev', label: 'Development' },
  { value: 'test', label: 'Test' },
] as const;

export const matchingOptions = [
  { value: 'strict', label: 'Strict' },
  { value: 'lenient', label: 'Lenient' },
] as const;

export const statusWords: Readonly<
  Record<RunView['status'], { text: string; tone: 'success' | 'info' | 'warning' | 'danger' | 'neutral' }>
> = {
  running: { text: 'Training', tone: 'info' },
  done: { text: 'Done', tone: 'success' },
  paused: { text: 'Paused', tone: 'warning' },
  interrupted: { text: 'Interrupted', tone: 'warning' },
  cancelled: { text: 'Cancelled', tone: 'neutral' },
  failed: { text: 'Failed', tone: 'danger' },
};

export const componentNames: Readonly<Record<Component, string>> = {
  characterEncoder: 'Character encoder',
  wordEncoder: 'Word encoder',
  decoder: 'Decoder',
};

/** 0.8134 as `81.3`; scores are in percent throughout. */
export function percent(share: number): string {
  return (share * 100).toFixed(1);
}

/** A difference of scores in points with its sign: `+3.1`, `−2.0`, `0.0`. */
export function signed(delta: number): string {
  const points = (Math.abs(delta) * 100).toFixed(1);
  if (points === '0.0') return points;
  return delta > 0 ? `+${points}` : `−${points}`;
}

/** A score with its interval: `81.3 (76.0 to 85.9)`; without over one document, which says nothing about others. */
export function estimated({ value, low, high }: EstimateView, documents: number): string {
  return documents < 2 ? percent(value) : `${percent(value)} (${percent(low)} to ${percent(high)})`;
}

/** A difference likewise: `+3.1 (+0.4 to +6.0)`. */
export function shifted({ value, low, high }: EstimateView, documents: number): string {
  return documents < 2 ? signed(value) : `${signed(value)} (${signed(low)} to ${signed(high)})`;
}

/** Which way a difference goes, in a word, once it is rounded as {@link signed} shows it. */
export function direction(delta: number): 'better' | 'worse' | 'same' {
  const points = Math.round(delta * 1000);
  if (points === 0) return 'same';
  return points > 0 ? 'better' : 'worse';
}

/** Runs beside each other are told apart by number, recipe and seed. */
export function runName({ run, recipe, seed }: Pick<RunView, 'run' | 'recipe' | 'seed'>): string {
  return `Run ${run} · ${recipe} · seed ${seed}`;
}

/** Of a model that gives each token a class: right tokens, not spans, are counted. */
export function isOfClasses({ figure }: Pick<RunView, 'figure'>): boolean {
  return figure === 'accuracy';
}

/** Its word encoder weighs an expert a source. */
export function hasExperts({ recipeInFull }: RunView): boolean {
  return recipeInFull.sharing.wordEncoder.kind === 'experts';
}

/** Said where the target had no labelled dev documents to choose the best epoch by. */
export const chosenBySources =
  'The best epoch is chosen by the sources’ development documents: the target has none that are labelled.';

export function hasGates({ recipeInFull }: RunView): boolean {
  return Object.values(recipeInFull.sharing).some(({ kind }) => kind === 'gated');
}
