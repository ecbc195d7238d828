/** SemEval scores exactly as nervaluate 1.2.1 counts them: greedy, in the order of the predictions, sentence by sentence. */
import type { TokenSpan } from '../domain/tags.ts';
import type { ToolRow, ToolScore } from '../domain/tool-score.ts';

const strategies = ['strict', 'exact', 'partial', 'ent_type'] as const;
type Strategy = (typeof strategies)[number];

interface Counts {
  readonly correct: number;
  readonly incorrect: number;
  readonly partial: number;
  readonly missed: number;
  readonly spurious: number;
}
type Outcome = keyof Counts;

/** nervaluate's overall and by-label scores. Entities of a sentence in the order of the text, as it reads them from tags. */
export function nervaluateScore(
  gold: readonly (readonly TokenSpan[])[],
  predicted: readonly (readonly TokenSpan[])[],
): ToolScore {
  const rowsOf = (keep: (span: TokenSpan) => boolean): ToolRow[] =>
    strategies.map((strategy) => {
      const counts = { correct: 0, incorrect: 0, partial: 0, missed: 0, spurious: 0 };
      for (const [s, golds] of gold.entries()) {
        for (const outcome of match(strategy, golds.filter(keep), (predicted[s] ?? []).filter(keep))) counts[outcome]++;
      }
      return row(strategy, counts);
    });
  const labels = [...new Set([...gold, ...predicted].flat().map(({ label }) => label))].sort();
  return {
    convention: 'nervaluate',
    description:
      'nervaluate 1.2.1: strict = label and boundaries, exact = boundaries, partial = overlap (half where boundaries differ), ' +
      'ent_type = label of an overlap; each prediction takes the first gold that fits, sentence by sentence, so the order of ' +
      'annotations may count; 0/0 = 0',
    sentences: gold.length,
    overall: rowsOf(() => true),
    perLabel: labels.map((wanted) => ({ label: wanted, rows: rowsOf(({ label }) => label === wanted) })),
  };
}

function row(strategy: Strategy, counts: Counts): ToolRow {
  const { correct, incorrect, partial, missed, spurious } = counts;
  const paired = correct + incorrect + partial;
  const credit = strategy === 'partial' || strategy === 'ent_type' ? correct + partial / 2 : correct;
  const precision = ratio(credit, paired + spurious);
  const recall = ratio(credit, paired + missed);
  return {
    name: strategy,
    precision,
    recall,
    f1: ratio(2 * precision * recall, precision + recall),
    counts: { ...counts },
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** What becomes of each prediction, and of each gold entity that none took. */
function match(strategy: Strategy, gold: readonly TokenSpan[], predicted: readonly TokenSpan[]): Outcome[] {
  const taken = new Set<number>();
  const outcomes = predicted.map((span): Outcome => {
    const free = [...gold.keys()].filter((g) => !taken.has(g));
    const perfect = perfectOf(strategy, span, gold, free);
    const fallback = free.find(
      (g) => overlaps(span, gold[g]) && (strategy !== 'ent_type' || gold[g]?.label !== span.label),
    );
    const found = perfect ?? fallback;
    if (found === undefined) return 'spurious';
    taken.add(found);
    if (perfect !== undefined) return 'correct';
    return strategy === 'partial' ? 'partial' : 'incorrect';
  });
  const missed = gold.length - taken.size;
  return [...outcomes, ...Array.from({ length: missed }, () => 'missed' as const)];
}

/** The gold entity that makes a prediction correct. */
function perfectOf(
  strategy: Strategy,
  span: TokenSpan,
  gold: readonly TokenSpan[],
  free: readonly number[],
): number | undefined {
  const isSameExtent = (g: number): boolean => gold[g]?.start === span.start && gold[g].end === span.end;
  if (strategy === 'strict') return free.find((g) => isSameExtent(g) && gold[g]?.label === span.label);
  if (strategy !== 'ent_type') return free.find(isSameExtent);
  const distance = (g: number): number =>
    Math.abs(span.start - (gold[g]?.start ?? 0)) + Math.abs(span.end - (gold[g]?.end ?? 0));
  return free
    .filter((g) => overlaps(span, gold[g]) && gold[g]?.label === span.label)
    .reduce<number | undefined>(
      (best, g) => (best === undefined || distance(g) < distance(best) ? g : best),
      undefined,
    );
}

/** At least 1 % of the gold entity, its default threshold. */
function overlaps(span: TokenSpan, gold: TokenSpan | undefined): boolean {
  if (gold === undefined) return false;
  const shared = Math.min(span.end, gold.end) - Math.max(span.start, gold.start);
  return shared > 0 && (shared / (gold.end - gold.start)) * 100 >= 1;
}
