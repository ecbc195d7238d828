/** SemEval-2013 task 9.1 scores (as nervaluate names them) of paired spans. */
import type { PairKind, SpanPair } from '../domain/inspection.ts';

/** The four schemes: what counts as correct. */
type SemevalScheme = 'strict' | 'exact' | 'partial' | 'type';

interface SemevalCounts {
  readonly correct: number;
  readonly incorrect: number;
  readonly partial: number;
  readonly missed: number;
  readonly spurious: number;
}

/** All values 0..1. */
export interface SemevalScore extends SemevalCounts {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** How each kind of pair counts in each scheme. */
const outcomes: Readonly<Record<SemevalScheme, Readonly<Record<PairKind, keyof SemevalCounts>>>> = {
  strict: { ...alone(), correct: 'correct', label: 'incorrect', boundary: 'incorrect', both: 'incorrect' },
  exact: { ...alone(), correct: 'correct', label: 'correct', boundary: 'incorrect', both: 'incorrect' },
  partial: { ...alone(), correct: 'correct', label: 'correct', boundary: 'partial', both: 'partial' },
  type: { ...alone(), correct: 'correct', label: 'incorrect', boundary: 'correct', both: 'incorrect' },
};

function alone(): { missed: 'missed'; spurious: 'spurious' } {
  return { missed: 'missed', spurious: 'spurious' };
}

/** All pairs of all documents pooled. P = (COR + ½·PAR)/ACT, R = (COR + ½·PAR)/POS; 0/0 = 0. */
export function semevalScore(pairs: readonly SpanPair[]): Record<SemevalScheme, SemevalScore> {
  const score = (scheme: SemevalScheme): SemevalScore => {
    const counts = { correct: 0, incorrect: 0, partial: 0, missed: 0, spurious: 0 };
    for (const { kind } of pairs) counts[outcomes[scheme][kind]] += 1;
    const paired = counts.correct + counts.incorrect + counts.partial;
    const credit = counts.correct + counts.partial / 2;
    const [possible, actual] = [paired + counts.missed, paired + counts.spurious];
    return {
      ...counts,
      precision: actual === 0 ? 0 : credit / actual,
      recall: possible === 0 ? 0 : credit / possible,
      f1: possible + actual === 0 ? 0 : (2 * credit) / (possible + actual),
    };
  };
  return { strict: score('strict'), exact: score('exact'), partial: score('partial'), type: score('type') };
}
