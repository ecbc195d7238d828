/** Entities and scores of tag sequences exactly as seqeval 1.2.2 finds them, by default (conlleval) and in strict mode. */
import { AppError } from '../domain/errors.ts';
import type { TokenSpan } from '../domain/tags.ts';
import type { StrictScheme, ToolRow, ToolScore } from '../domain/tool-score.ts';

/** Tags of sentences as written, e.g. `B-Drug`; a hyphen after the first letter. */
export type TagSequences = readonly (readonly string[])[];

/**
 * seqeval's precision, recall and F1: micro, macro over labels in gold or prediction, weighted by support, and by label. `scheme` null:
 * its default, which opens an entity at an I- that continues nothing; else mode="strict", to which such a tag is no entity.
 * @throws AppError `annotation-invalid` for a tag that the scheme does not have.
 */
export function seqevalScore(gold: TagSequences, predicted: TagSequences, scheme: StrictScheme | null): ToolScore {
  const [goldByLabel, predictedByLabel] = [gold, predicted].map((tags) => keysByLabel(tags, scheme));
  const labels = [...new Set([...(goldByLabel?.keys() ?? []), ...(predictedByLabel?.keys() ?? [])])].sort();
  const counts = labels.map((label) => {
    const all = goldByLabel?.get(label) ?? new Set<string>();
    const found = predictedByLabel?.get(label) ?? new Set<string>();
    return { correct: [...all].filter((key) => found.has(key)).length, support: all.size, predicted: found.size };
  });
  const rows = counts.map((count) => row('', count));
  const total = (of: (count: Counts) => number): number => counts.reduce((sum, count) => sum + of(count), 0);
  const pooled = {
    correct: total(({ correct }) => correct),
    support: total(({ support }) => support),
    predicted: total((count) => count.predicted),
  };
  const mean = (name: string, weights: readonly number[]): ToolRow => {
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    const of = (key: 'precision' | 'recall' | 'f1'): number =>
      ratio(
        rows.reduce((sum, entry, i) => sum + entry[key] * (weights[i] ?? 0), 0),
        whole,
      );
    return { name, precision: of('precision'), recall: of('recall'), f1: of('f1'), counts: pooled };
  };
  return {
    convention: scheme === null ? 'seqeval' : 'seqeval-strict',
    description:
      scheme === null
        ? 'seqeval 1.2.2, default: same label and same tokens; a tag that continues nothing opens an entity (conlleval); ' +
          'macro over labels in gold or prediction; 0/0 = 0'
        : `seqeval 1.2.2, mode="strict", scheme=${scheme}: same label and same tokens; what breaks the scheme is no entity; ` +
          'macro over labels in gold or prediction; 0/0 = 0',
    sentences: gold.length,
    overall: [
      row('micro', pooled),
      mean(
        'macro',
        labels.map(() => 1),
      ),
      mean(
        'weighted',
        counts.map(({ support }) => support),
      ),
    ],
    perLabel: labels.map((label, i) => ({ label, rows: [row('strict', counts[i] as Counts)] })),
  };
}

interface Counts {
  readonly correct: number;
  readonly support: number;
  readonly predicted: number;
}

function row(name: string, { correct, support, predicted }: Counts): ToolRow {
  const [precision, recall] = [ratio(correct, predicted), ratio(correct, support)];
  return {
    name,
    precision,
    recall,
    f1: ratio(2 * precision * recall, precision + recall),
    counts: { correct, support, predicted },
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function keysByLabel(sentences: TagSequences, scheme: StrictScheme | null): Map<string, Set<string>> {
  const keys = new Map<string, Set<string>>();
  for (const [s, tags] of sentences.entries()) {
    const entities = scheme === null ? conllevalEntities(tags) : strictEntities(tags, scheme);
    for (const { start, end, label } of entities) {
      const key = `${s} ${start} ${end}`;
      const known = keys.get(label);
      if (known === undefined) keys.set(label, new Set([key]));
      else known.add(key);
    }
  }
  return keys;
}

/** seqeval's get_entities. */
export function conllevalEntities(tags: readonly string[]): TokenSpan[] {
  const entities: TokenSpan[] = [];
  let [previous, previousLabel, begin] = ['O', '', 0];
  for (const [i, written] of [...tags, 'O'].entries()) {
    const letter = written.charAt(0);
    const rest = written.slice(1);
    const label = (rest.includes('-') ? rest.slice(rest.indexOf('-') + 1) : rest) || '_';
    const isOther = previousLabel !== label;
    if (endsAfter(previous, letter) || (previous !== 'O' && previous !== '.' && isOther))
      entities.push({ start: begin, end: i, label: previousLabel });
    if (startsAt(previous, letter) || (letter !== 'O' && letter !== '.' && isOther)) begin = i;
    [previous, previousLabel] = [letter, label];
  }
  return entities;
}

function endsAfter(previous: string, letter: string): boolean {
  if (previous === 'E' || previous === 'S') return true;
  return (previous === 'B' || previous === 'I') && (letter === 'B' || letter === 'S' || letter === 'O');
}

function startsAt(previous: string, letter: string): boolean {
  if (letter === 'B' || letter === 'S') return true;
  return (letter === 'E' || letter === 'I') && (previous === 'E' || previous === 'S' || previous === 'O');
}

/** Letters before, letters now, and whether the labels must agree. */
type Pattern = readonly [previous: string, letter: string, labels: 'any' | 'same' | 'other'];

interface SchemeRules {
  readonly letters: string;
  readonly start: readonly Pattern[];
  readonly inside: readonly Pattern[];
  readonly end: readonly Pattern[];
}

const any = 'IOBESUL';

/** seqeval/scheme.py. IOE1 is left out: its own source says that it is not finished. */
const schemes: Readonly<Record<StrictScheme, SchemeRules>> = {
  IOB1: {
    letters: 'IOB',
    start: [['O', 'I', 'any'], ['I', 'I', 'other'], ['B', 'I', 'any'], ['I', 'B', 'same'], ['B', 'B', 'same']],
    inside: [['BI', 'I', 'same']],
    end: [['I', 'I', 'other'], ['I', 'OB', 'any'], ['B', 'O', 'any'], ['B', 'I', 'other'], ['B', 'B', 'same']],
  }, // prettier-ignore
  IOB2: {
    letters: 'IOB',
    start: [[any, 'B', 'any']],
    inside: [['BI', 'I', 'same']],
    end: [['IB', 'OB', 'any'], ['IB', 'I', 'other']],
  }, // prettier-ignore
  IOE2: {
    letters: 'IOE',
    start: [['O', 'IE', 'any'], ['E', 'IE', 'any'], ['I', 'IE', 'other']],
    inside: [['I', 'IE', 'same']],
    end: [['E', any, 'any']],
  }, // prettier-ignore
  IOBES: {
    letters: 'IOBES',
    start: [[any, 'BS', 'any']],
    inside: [['BI', 'IE', 'same']],
    end: [['SE', any, 'any']],
  },
  BILOU: {
    letters: 'BILOU',
    start: [[any, 'BU', 'any']],
    inside: [['BI', 'IL', 'same']],
    end: [['UL', any, 'any']],
  },
};

interface SplitTag {
  readonly letter: string;
  readonly label: string;
}

/** The entities of seqeval's strict mode. @throws AppError `annotation-invalid`. */
export function strictEntities(tags: readonly string[], scheme: StrictScheme): TokenSpan[] {
  const rules = schemes[scheme];
  const sequence = [...tags, 'O'].map((written) => splitTag(written, scheme, rules.letters));
  const at = (i: number): SplitTag => sequence[i] ?? { letter: 'O', label: '_' };
  const fits = (patterns: readonly Pattern[], i: number): boolean => matches(patterns, at(i - 1), at(i));
  const entities: TokenSpan[] = [];
  for (let i = 0; i < sequence.length;) {
    if (!fits(rules.start, i)) {
      i++;
      continue;
    }
    let end = i + 1;
    while (end < sequence.length && fits(rules.inside, end)) end++;
    if (end < sequence.length && fits(rules.end, end)) entities.push({ start: i, end, label: at(i).label });
    i = end;
  }
  return entities;
}

function splitTag(written: string, scheme: StrictScheme, letters: string): SplitTag {
  const letter = written.charAt(0);
  if (letter !== '' && letters.includes(letter))
    return { letter, label: written.slice(1).replace(/^-+|-+$/g, '') || '_' };
  throw new AppError(
    'annotation-invalid',
    `A tag does not begin with one of the letters of ${scheme}: ${[...letters].join(', ')}.`,
    {
      details: { nextStep: 'Name the scheme of the files with --scheme.' },
    },
  );
}

function matches(patterns: readonly Pattern[], previous: SplitTag, now: SplitTag): boolean {
  return patterns.some(([before, letters, labels]) => {
    if (!before.includes(previous.letter) || !letters.includes(now.letter)) return false;
    return labels === 'any' || (labels === 'same') === (previous.label === now.label);
  });
}
