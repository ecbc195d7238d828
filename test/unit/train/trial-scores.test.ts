/** What trials count for: finished, stopped, failed and under way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchTrial } from '../../../worker/domain/search-trial.ts';
import { trialScores } from '../../../worker/train/trial-scores.ts';

const trial = (state: SearchTrial['state'], ...curve: number[]): SearchTrial => ({ values: {}, curve, state });

test('a finished trial counts with its best epoch, one under way not yet', () => {
  assert.deepEqual(trialScores([trial('done', 0.2, 0.5, 0.4), trial('running', 0.3)]), [0.5, null]);
});

test('a stopped trial counts with what the finished ones gained after that epoch', () => {
  const finished = [trial('done', 0.25, 0.25, 0.5), trial('done', 0.25, 0.5), trial('done', 0.25, 0.25)];
  assert.deepEqual(trialScores([...finished, trial('stopped', 0.125)]).at(-1), 0.125 + 0.25);
});

test('a failed trial counts as having found nothing', () => {
  assert.deepEqual(trialScores([trial('done', 0.5), trial('failed', 0.4), trial('stopped', 0.25)]), [0.5, 0, 0.25]);
});
