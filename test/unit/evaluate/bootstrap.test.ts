/** Bootstrap intervals: coverage of a known truth, pairing, and repeatability. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Random, seededRandom } from '../../../worker/domain/random.ts';
import { bootstrapDifference, bootstrapScore } from '../../../worker/evaluate/bootstrap.ts';
import type { DocumentCounts } from '../../../worker/evaluate/match.ts';
import { scoreCounts } from '../../../worker/evaluate/scores.ts';

function gauss(random: Random): number {
  return Math.sqrt(-2 * Math.log(random.next() + 1e-12)) * Math.cos(2 * Math.PI * random.next());
}

/** A document whose spans share its difficulty: the tagger finds `skill` of them, give or take what the note brings. */
function simulatedDocument(random: Random, skill: number, difficulty: number): DocumentCounts {
  const share = Math.min(0.95, Math.max(0.05, skill + difficulty));
  const gold = 5 + Math.floor(random.next() * 30);
  const count = (probability: number): number =>
    Array.from({ length: gold }, () => random.next() < probability).filter(Boolean).length;
  const found = count(share);
  return new Map([['Drug', { gold, predicted: found + count(0.4), strict: found, lenient: found }]]);
}

function simulatedDocuments(random: Random, count: number): DocumentCounts[] {
  return Array.from({ length: count }, () => simulatedDocument(random, 0.6, 0.15 * gauss(random)));
}

test('The 95 % interval covers a known truth in 93 to 97 of 100 simulated test sets.', () => {
  const random = seededRandom(7);
  const truth = scoreCounts(simulatedDocuments(random, 100_000)).strict.micro.f1;
  const repetitions = 1000;
  let covered = 0;
  for (let seed = 0; seed < repetitions; seed++) {
    const { low, high } = bootstrapScore(simulatedDocuments(random, 40), { draws: 400, seed }).strict.micro.f1;
    if (low <= truth && truth <= high) covered += 1;
  }
  const coverage = covered / repetitions;
  assert.ok(coverage >= 0.93 && coverage <= 0.97, `covered ${coverage}`);
});

test('The values in the middle are the scores themselves.', () => {
  const documents = simulatedDocuments(seededRandom(1), 30);
  const { strict, perLabel } = bootstrapScore(documents);
  const score = scoreCounts(documents);
  assert.equal(strict.micro.f1.value, score.strict.micro.f1);
  assert.equal(strict.macroLabels.recall.value, score.strict.macro.recall);
  assert.equal(perLabel[0]?.lenient.precision.value, score.perLabel[0]?.lenient.precision);
});

test("Macro over documents is the plain mean of the documents' scores.", () => {
  const counts = (gold: number, predicted: number, strict: number): DocumentCounts =>
    new Map([['Drug', { gold, predicted, strict, lenient: strict }]]);
  const { strict } = bootstrapScore([counts(4, 2, 2), counts(2, 2, 1), new Map()]);
  assert.equal(strict.macroDocuments.precision.value, (1 + 0.5 + 0) / 3);
  assert.equal(strict.macroDocuments.recall.value, (0.5 + 0.5 + 0) / 3);
});

test('The same seed gives the same interval, another seed another one.', () => {
  const documents = simulatedDocuments(seededRandom(2), 30);
  assert.deepEqual(bootstrapScore(documents, { seed: 5 }), bootstrapScore(documents, { seed: 5 }));
  assert.notDeepEqual(
    bootstrapScore(documents, { seed: 5 }).strict.micro.f1,
    bootstrapScore(documents, { seed: 6 }).strict.micro.f1,
  );
});

test('A difference of runs on the same documents has a narrower interval than the runs themselves.', () => {
  const random = seededRandom(3);
  const difficulties = Array.from({ length: 40 }, () => 0.15 * gauss(random));
  const weaker = difficulties.map((difficulty) => simulatedDocument(random, 0.55, difficulty));
  const stronger = difficulties.map((difficulty) => simulatedDocument(random, 0.65, difficulty));
  const { value, low, high } = bootstrapDifference(weaker, stronger).strict.micro.recall;
  const alone = bootstrapScore(stronger).strict.micro.recall;
  assert.ok(low > 0 && low < value && value < high);
  assert.ok(high - low < alone.high - alone.low);
});

test('Runs scored on different numbers of documents are not compared.', () => {
  const documents = simulatedDocuments(seededRandom(4), 5);
  assert.throws(() => bootstrapDifference(documents, documents.slice(1)), RangeError);
});
