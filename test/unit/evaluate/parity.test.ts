/** The conventions of other tools: equal to seqeval 1.2.2 and nervaluate 1.2.1 themselves, and to tables they gave. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { seededRandom, type Random } from '../../../worker/domain/random.ts';
import { strictSchemes, type StrictScheme, type ToolScore } from '../../../worker/domain/tool-score.ts';
import type { TokenSpan } from '../../../worker/domain/tags.ts';
import { nervaluateScore } from '../../../worker/evaluate/nervaluate.ts';
import { countKinds, semevalScore } from '../../../worker/evaluate/semeval.ts';
import { conllevalEntities, seqevalScore } from '../../../worker/evaluate/seqeval.ts';
import { pairSpans } from '../../../worker/evaluate/span-pairs.ts';

const python = process.env['NOTEGRAFT_PYTHON'] ?? '';
const hasTools = python !== '' && spawnSync(python, ['-c', 'import seqeval, nervaluate']).status === 0;
const skip = hasTools ? false : 'NOTEGRAFT_PYTHON does not name a Python with seqeval and nervaluate';

type Sequences = string[][];
interface Case {
  readonly tool: 'seqeval' | 'nervaluate';
  readonly scheme: StrictScheme | null;
  readonly gold: Sequences;
  readonly predicted: Sequences;
}

function split(...lines: string[]): Sequences {
  return lines.map((line) => line.split(' '));
}

/** Ratios, and for nervaluate the counts behind them, in the order in which the tools' own script gives them. */
function numbersOf({ convention, overall, perLabel }: ToolScore): { overall: number[][]; labels: unknown[] } {
  const rows = (list: ToolScore['overall']): number[][] =>
    list.map(({ precision, recall, f1, counts }) => [
      ...[precision, recall, f1],
      ...(convention === 'nervaluate' ? Object.values(counts) : []),
    ]);
  const labels = perLabel.map(({ rows: list }) => (convention === 'nervaluate' ? rows(list) : rows(list)[0]));
  return { overall: rows(overall), labels };
}

function entities(sequences: Sequences): TokenSpan[][] {
  return sequences.map(conllevalEntities);
}

function ours({ tool, scheme, gold, predicted }: Case): ReturnType<typeof numbersOf> {
  return numbersOf(
    tool === 'seqeval' ? seqevalScore(gold, predicted, scheme) : nervaluateScore(entities(gold), entities(predicted)),
  );
}

function assertClose(actual: unknown, expected: unknown, place: string): void {
  if (typeof actual === 'number')
    assert.ok(Math.abs(actual - Number(expected)) <= 1e-9, `${place}: ${actual}, not ${String(expected)}`);
  else {
    const [a, b] = [Object.entries(actual as object), Object.entries(expected as object)];
    assert.equal(a.length, b.length, place);
    for (const [i, [key, value]] of a.entries()) assertClose(value, b[i]?.[1], `${place}.${key}`);
  }
}

/** Any tag may follow any: most sequences break the scheme somewhere. */
function randomTags(random: Random, letters: string, sentences: number): Sequences {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random.next() * items.length)] as T;
  const inside = [...letters].filter((letter) => letter !== 'O');
  return Array.from({ length: sentences }, (_, s) =>
    Array.from({ length: 4 + (s % 9) }, () =>
      random.next() < 0.35 ? 'O' : `${pick(inside)}-${pick(['Drug', 'Sign', 'A-B'])}`,
    ),
  );
}

const letters: Readonly<Record<StrictScheme, string>> = {
  IOB1: 'IOB',
  IOB2: 'IOB',
  IOE2: 'IOE',
  IOBES: 'IOBES',
  BILOU: 'BILOU',
};

function randomCases(): Case[] {
  const random = seededRandom(4);
  const pair = (alphabet: string, sentences: number): Pick<Case, 'gold' | 'predicted'> => ({
    gold: randomTags(random, alphabet, sentences),
    predicted: randomTags(random, alphabet, sentences),
  });
  return Array.from({ length: 12 }, () => [
    { tool: 'nervaluate' as const, scheme: null, ...pair('IOB', 20) },
    { tool: 'seqeval' as const, scheme: null, ...pair('IOBES', 20) },
    ...strictSchemes.map((scheme) => ({ tool: 'seqeval' as const, scheme, ...pair(letters[scheme], 20) })),
  ]).flat();
}

test('random tag sequences get the scores that the tools themselves give', { skip }, () => {
  const cases = randomCases();
  const script = join(import.meta.dirname, 'parity.py');
  const { status, stdout, stderr } = spawnSync(python, [script], { input: JSON.stringify(cases), encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const theirs = JSON.parse(stdout) as unknown[];
  assert.equal(theirs.length, cases.length);
  for (const [i, entry] of cases.entries())
    assertClose(ours(entry), theirs[i], `${entry.tool} ${entry.scheme ?? ''} ${i}`);
});

describe('tables that the tools gave', () => {
  const gold = split('B-Drug I-Drug O B-Sign', 'O B-Sign I-Sign O', 'B-Drug O O O');
  const predicted = split('B-Drug I-Drug O I-Sign', 'O O B-Sign O', 'B-Sign O B-Drug I-Drug');

  test('seqeval by default', () => {
    const expected = {
      overall: [
        [0.4, 0.5, 0.4444444444444445],
        [0.41666666666666663, 0.5, 0.45],
        [0.41666666666666663, 0.5, 0.45],
      ],
      labels: [
        [0.5, 0.5, 0.5],
        [0.3333333333333333, 0.5, 0.4],
      ],
    };
    assertClose(ours({ tool: 'seqeval', scheme: null, gold, predicted }), expected, 'table');
  });

  test('seqeval strict, to which an I- that continues nothing is no entity', () => {
    const expected = {
      overall: [
        [0.25, 0.25, 0.25],
        [0.25, 0.25, 0.25],
        [0.25, 0.25, 0.25],
      ],
      labels: [
        [0.5, 0.5, 0.5],
        [0.0, 0.0, 0.0],
      ],
    };
    assertClose(ours({ tool: 'seqeval', scheme: 'IOB2', gold, predicted }), expected, 'table');
  });

  test('nervaluate', () => {
    const expected = {
      overall: [
        [0.4, 0.5, 0.4444444444444445, 2, 2, 0, 0, 1],
        [0.6, 0.75, 0.6666666666666665, 3, 1, 0, 0, 1],
        [0.7, 0.875, 0.7777777777777777, 3, 0, 1, 0, 1],
        [0.6, 0.75, 0.6666666666666665, 3, 1, 0, 0, 1],
      ],
      labels: [
        [
          [0.5, 0.5, 0.5, 1, 0, 0, 1, 1],
          [0.5, 0.5, 0.5, 1, 0, 0, 1, 1],
          [0.5, 0.5, 0.5, 1, 0, 0, 1, 1],
          [0.5, 0.5, 0.5, 1, 0, 0, 1, 1],
        ],
        [
          [0.3333333333333333, 0.5, 0.4, 1, 1, 0, 0, 1],
          [0.3333333333333333, 0.5, 0.4, 1, 1, 0, 0, 1],
          [0.5, 0.75, 0.6, 1, 0, 1, 0, 1],
          [0.6666666666666666, 1.0, 0.8, 2, 0, 0, 0, 1],
        ],
      ],
    };
    assertClose(ours({ tool: 'nervaluate', scheme: null, gold, predicted }), expected, 'table');
  });

  test("seqeval's own example: all right by default, all wrong when strict", () => {
    const [right, shifted] = [split('B-NP I-NP O'), split('I-NP I-NP O')];
    assert.equal(seqevalScore(right, shifted, null).overall[0]?.f1, 1);
    assert.equal(seqevalScore(right, shifted, 'IOB2').overall[0]?.f1, 0);
  });
});

test('where no span competes for another, our SemEval counts are those of nervaluate', () => {
  const gold = entities(split('B-Drug I-Drug O B-Sign O B-Sign I-Sign', 'B-Drug O B-Sign O O O O'));
  const predicted = entities(split('B-Drug O O B-Drug O B-Sign I-Sign', 'O O B-Sign O B-Drug O O'));
  const spans = predicted.map((list) => list.map((span) => ({ ...span, confidence: 1 })));
  const score = semevalScore(countKinds(gold.flatMap((list, s) => pairSpans(list, spans[s] ?? []))));
  const [strict, exact, partial, type] = nervaluateScore(gold, predicted).overall;
  for (const [own, theirs] of [
    [score.strict, strict],
    [score.exact, exact],
    [score.partial, partial],
    [score.type, type],
  ] as const) {
    const { precision, recall, f1, ...counts } = own;
    assert.deepEqual({ ...counts }, theirs?.counts);
    assertClose([precision, recall, f1], [theirs?.precision, theirs?.recall, theirs?.f1], theirs?.name ?? '');
  }
});
