/** The one number that a score is told by, and how it is called: micro F1 of spans, or accuracy where each token has a class. */
import type { Score } from './scores.ts';

export const figures = ['f1', 'accuracy'] as const;
export type Figure = (typeof figures)[number];

/** Strict micro F1, or accuracy; 0..1. */
export function figureOf({
  accuracy,
  strict,
}: Pick<Score, 'strict'> & { readonly accuracy?: number | undefined }): number {
  return accuracy ?? strict.micro.f1;
}

/** What trials of one study are told by: those that have not begun say nothing of it. */
export function figureOfTrials(trials: readonly { readonly figure: Figure }[]): Figure {
  return trials.some(({ figure }) => figure === 'accuracy') ? 'accuracy' : 'f1';
}

export interface FigureWords {
  /** In a sentence, and before what it is of: `test F1`. */
  readonly name: string;
  /** As a title. */
  readonly title: string;
  /** In full, in a sentence. */
  readonly full: string;
  /** What a document holds of a label. */
  readonly thing: string;
  readonly label: string;
  readonly labels: string;
  /** Which average of the ratios it is. */
  readonly ratio: 'f1' | 'recall';
}

export const figureWords: Readonly<Record<Figure, FigureWords>> = {
  f1: {
    name: 'F1',
    title: 'F1',
    full: 'strict micro F1',
    thing: 'entity',
    label: 'label',
    labels: 'labels',
    ratio: 'f1',
  },
  accuracy: {
    name: 'accuracy',
    title: 'Accuracy',
    full: 'accuracy, the share of tokens whose class is right',
    thing: 'token',
    label: 'class',
    labels: 'classes',
    // Of all tokens with a class, those that were given it.
    ratio: 'recall',
  },
};
