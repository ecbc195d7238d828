/** Successive halving: when trials are compared, and which of them end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHopeless, rungsOf, type ComparedTrial } from '../../../worker/domain/successive-halving.ts';

const halving = { leastEpochs: 2, factor: 3 };
const running = (...curve: number[]): ComparedTrial => ({ curve, isDone: false });
const done = (...curve: number[]): ComparedTrial => ({ curve, isDone: true });

test('rungs grow by the factor and leave out the end', () => {
  assert.deepEqual(rungsOf(halving, 18), [2, 6]);
  assert.deepEqual(rungsOf(halving, 19), [2, 6, 18]);
  assert.deepEqual(rungsOf(halving, 2), []);
});

test('trials are compared at rungs only', () => {
  const better = [running(0.5, 0.6, 0.7), running(0.5, 0.6, 0.7)];
  assert.equal(isHopeless([0.1], better, halving, 20), false);
  assert.equal(isHopeless([0.1, 0.1], better, halving, 20), true);
  assert.equal(isHopeless([0.1, 0.1, 0.1], better, halving, 20), false);
});

test('the best third of those that reached the rung goes on', () => {
  const five = [0.1, 0.2, 0.3, 0.4, 0.5].map((score) => running(0, score));
  assert.equal(isHopeless([0, 0.45], five, halving, 20), false);
  assert.equal(isHopeless([0, 0.35], five, halving, 20), true);
  const [first, ...rest] = five;
  assert.ok(first);
  assert.equal(isHopeless([0, 0.45], rest, halving, 20), true, 'of five only one is in the best third');
});

test('fewer trials than the factor end none, and a tie goes on', () => {
  assert.equal(isHopeless([0, 0.1], [running(0, 0.9)], halving, 20), false);
  assert.equal(isHopeless([0, 0], [running(0, 0), running(0, 0)], halving, 20), false);
});

test('trials that have not reached the rung do not count, those that ended before it do', () => {
  assert.equal(isHopeless([0, 0.1], [running(0.9), running(0.9)], halving, 20), false);
  assert.equal(isHopeless([0, 0.1], [done(0.9), done(0.9)], halving, 20), true);
});

test('what a trial reached after the rung is not held against one that is at it', () => {
  const slow = running(0, 0.1, 0.9, 0.9);
  assert.equal(isHopeless([0, 0.2], [slow, slow], halving, 20), false);
});

test('a score counts as the best so far', () => {
  assert.equal(isHopeless([0.5, 0.1], [running(0.4, 0.4), running(0.3, 0.3)], halving, 20), false);
});
