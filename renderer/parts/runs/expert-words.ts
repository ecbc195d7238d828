/** Shares of experts: which source is highest, the mean over notes, and both in words. */
import { counted } from '../../state/amounts.ts';
import type { Experts } from '../../state/expert-gates.svelte.ts';
import { percent } from './run-words.ts';

export interface SourceMean {
  readonly source: string;
  /** Of all tokens of the notes. */
  readonly share: number;
  /** Notes of which this source has the highest share. */
  readonly notes: number;
}

/** The source with the highest share; the first of equals. */
export function mostLike(sources: readonly string[], shares: readonly number[]): string {
  return sources[shares.indexOf(Math.max(...shares))] ?? '';
}

/** Each source over all notes, a token counting as much as any other. */
export function sourceMeans({ sources, documents }: Experts): SourceMean[] {
  const tokens = documents.reduce((sum, document) => sum + document.tokens, 0);
  const likes = documents.filter((document) => document.tokens > 0).map(({ shares }) => mostLike(sources, shares));
  return sources.map((source, place) => ({
    source,
    share:
      tokens === 0 ? 0 : documents.reduce((sum, { tokens, shares }) => sum + tokens * (shares[place] ?? 0), 0) / tokens,
    notes: likes.filter((like) => like === source).length,
  }));
}

/** `Most of the reading came from es: 61.2 % on average, and 12 of 20 notes look most like it.` */
export function meansInWords(means: readonly SourceMean[]): string {
  const most = means.toSorted((a, b) => b.share - a.share)[0];
  if (most === undefined) return '';
  const notes = means.reduce((sum, mean) => sum + mean.notes, 0);
  return `The largest part came from ${most.source}: ${percent(most.share)} % on average. ${most.notes.toLocaleString('en')} of ${counted(notes, 'note')} look most like it.`;
}
