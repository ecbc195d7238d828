/** Globs over recipe names, the bootstrap over documents and seeds, the power law, and what is said of more notes. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fitCurve, moreNotesSentence } from '../../../worker/domain/learning-curve.ts';
import { documentsFor, expectedF1, fitPowerLaw } from '../../../worker/domain/power-law.ts';
import { seededRandom } from '../../../worker/domain/random.ts';
import { type LabelCountRow, recipesMatching } from '../../../worker/domain/study.ts';
import { type Cell, drawStudy } from '../../../worker/domain/study-draws.ts';

describe('recipe globs', () => {
  test('ttn-* names all 27, in the order of the patterns and each once', () => {
    const names = recipesMatching(['dtn', 'TTN-HIS', 'ttn-*', 'baseline']);
    assert.equal(names.length, 29);
    assert.deepEqual([names[0], names[1], names.at(-1)], ['dtn', 'ttn-HIS', 'baseline']);
    assert.equal(recipesMatching(['ttn-*-crf']).length, 27);
  });
  test('? stands for one letter, and a dot for itself', () => {
    assert.deepEqual(recipesMatching(['ttn-HH?']), ['ttn-HHI', 'ttn-HHS', 'ttn-HHH']);
    assert.throws(() => recipesMatching(['ttn.HHI']), { code: 'recipe-unknown' });
  });
  test('a glob that names nothing is refused although another names some', () => {
    assert.throws(() => recipesMatching(['dtn', 'gru-*']), { code: 'recipe-unknown' });
  });
});

/** A document with `strict` of `gold` spans found and nothing spurious. */
function hits(gold: number, strict: number): LabelCountRow[] {
  return [['Drug', gold, strict, strict, strict]];
}

describe('draws of a study', () => {
  const cell: Cell = {
    trials: [
      { seed: 1, documents: [hits(10, 5), hits(4, 4)] },
      { seed: 2, documents: [hits(10, 10), hits(4, 0)] },
    ],
  };

  test('the observed value is the mean over the seeds of the micro F1', () => {
    const { observed, documents } = drawStudy([cell], { draws: 1 });
    assert.equal(documents, 2);
    assert.ok(Math.abs((observed[0] ?? 0) - ((2 * 9) / 23 + (2 * 10) / 24) / 2) < 1e-12);
  });
  test('of classes it is the mean accuracy: of the tokens that have a class those that were given it', () => {
    const { observed } = drawStudy([cell], { draws: 1, figure: 'accuracy' });
    assert.ok(Math.abs((observed[0] ?? 0) - (9 / 14 + 10 / 14) / 2) < 1e-12);
  });
  test('each draw is one that documents and seeds drawn with replacement can give', () => {
    const f1 = (first: number, second: number, seed: number): number => {
      const found = seed === 1 ? 5 * first + 4 * second : 10 * first;
      return (2 * found) / (found + 10 * first + 4 * second);
    };
    const possible = [[2, 0], [1, 1], [0, 2]].flatMap(([first = 0, second = 0]) => {
      const [one, other] = [f1(first, second, 1), f1(first, second, 2)];
      return [one, other, (one + other) / 2];
    }); // prettier-ignore
    for (const [value = 0] of drawStudy([cell], { draws: 300 }).draws)
      assert.ok(
        possible.some((candidate) => Math.abs(candidate - value) < 1e-12),
        `${value}`,
      );
  });
  test('equal cells are equal in every draw, so that their difference has no width', () => {
    for (const [one, other] of drawStudy([cell, cell], { draws: 50 }).draws) assert.equal(one, other);
  });
  test('the same seed draws the same', () => {
    assert.deepEqual(drawStudy([cell], { draws: 20, seed: 4 }), drawStudy([cell], { draws: 20, seed: 4 }));
  });
});

describe('the power law', () => {
  const law = { scale: 1.2, exponent: 0.45, floor: 0.15 };
  const on = (sizes: readonly number[], of = law) => sizes.map((size) => ({ size, f1: expectedF1(of, size) }));

  test('the law is found again from points on it', () => {
    const found = fitPowerLaw(on([10, 20, 50, 100, 200]));
    assert.ok(found !== null);
    for (const key of ['scale', 'exponent', 'floor'] as const)
      assert.ok(Math.abs(found[key] - law[key]) < 0.01, `${key} ${found[key]}`);
  });
  test('three sizes are fitted without a floor', () => {
    const found = fitPowerLaw(on([10, 30, 90], { ...law, floor: 0 }));
    assert.equal(found?.floor, 0);
    assert.ok(Math.abs((found?.exponent ?? 0) - law.exponent) < 0.01);
  });
  test('documents for an F1 is the inverse of the F1 of documents, and infinite above the floor', () => {
    assert.ok(Math.abs(documentsFor(law, expectedF1(law, 73)) - 73) < 1e-6);
    assert.equal(documentsFor(law, 0.86), Infinity);
  });
  test('an F1 that falls with documents gives a flat law, not a negative one', () => {
    const found = fitPowerLaw([5, 4, 3, 4].map((tenths, i) => ({ size: 2 ** i, f1: tenths / 10 }))); // prettier-ignore
    assert.equal(found?.scale, 0);
    assert.ok(Math.abs((found?.floor ?? 0) - 0.6) < 1e-12);
  });
  test('one size has no law', () => {
    assert.equal(fitPowerLaw([{ size: 5, f1: 0.3 }, { size: 5, f1: 0.4 }]), null); // prettier-ignore
  });
});

describe('what more notes bring', () => {
  const sizes = [10, 20, 50, 100];
  /** Test documents of 20 gold spans whose hits follow the law, with noise between documents. */
  function cells(f1Of: (size: number) => number, documents: number, noise: number): Cell[] {
    const random = seededRandom(7);
    const spread = Array.from({ length: documents }, () => (random.next() - 0.5) * noise);
    const found = (size: number, d: number): number => {
      const f1 = Math.min(1, Math.max(0, f1Of(size) + (spread[d] ?? 0)));
      return Math.round((20 * f1) / (2 - f1));
    };
    return sizes.map((size) => ({
      trials: [{ seed: 1, documents: spread.map((_, d) => hits(20, found(size, d))) }],
    }));
  }
  const fitted = (f1Of: (size: number) => number, documents = 60, noise = 0.2) =>
    fitCurve(sizes, [0, 1, 2, 3], drawStudy(cells(f1Of, documents, noise), { draws: 200 })).more;

  test('a clear curve tells a number inside its interval', () => {
    const more = fitted((size) => 1 - 1.2 * size ** -0.3);
    assert.equal(more.verdict, 'told');
    assert.ok((more.low ?? 0) <= (more.notes ?? 0) && (more.notes ?? 0) <= (more.high ?? 0));
    const truth = documentsFor({ scale: 1.2, exponent: 0.3, floor: 0 }, 1 - 1.2 * 100 ** -0.3 + 0.02) - 100;
    assert.ok((more.low ?? 0) <= truth * 1.3 && truth * 0.7 <= (more.high ?? 0), `${JSON.stringify(more)} ${truth}`);
    assert.match(moreNotesSentence('dtn', more), /^dtn, 100 notes, F1 \d+\.\d: about \d+ more notes/);
  });
  test('a flat curve tells that no gain is seen', () => {
    const more = fitted(() => 0.5);
    assert.deepEqual([more.verdict, more.notes], ['no-gain-seen', null]);
    assert.match(moreNotesSentence('dtn', more), /cannot tell that more notes help/);
  });
  test('a curve on its plateau does not tell how many notes at most', () => {
    const more = fitted((size) => 0.6 - 0.9 * Math.exp(-size / 8));
    assert.deepEqual([more.verdict, more.high], ['at-least', null]);
    assert.match(moreNotesSentence('dtn', more), /cannot tell|than these data can tell/);
  });
  test('two sizes tell nothing', () => {
    const drawn = drawStudy(
      cells((size) => 1 - size ** -0.3, 20, 0.1),
      { draws: 20 },
    );
    assert.equal(fitCurve([10, 20], [0, 1], drawn).more.verdict, 'too-few-sizes');
  });
});
