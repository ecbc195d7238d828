/** The choice among the ways of running the kernels. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  bestOfRounds,
  chooseKernels,
  decide,
  isKernelMode,
  type KernelMode,
} from '../../../../worker/engine/simd/kernel-modes.ts';

function result(mode: KernelMode, gigaflops: number, isRight = true) {
  return { mode, gigaflops, isRight };
}

describe('the self-test decides for', () => {
  test('the fastest mode whose results are right', () => {
    const results = [result('plain', 20), result('relaxed', 50), result('revectorized', 90)];
    assert.equal(decide(results).mode, 'revectorized');
    assert.match(decide(results).reason, /fastest with right results \(90 GFLOP\/s\)/);
  });

  test('a slower one where the faster gives wrong results', () => {
    const results = [result('plain', 20), result('relaxed', 50, false), result('revectorized', 90, false)];
    assert.equal(decide(results).mode, 'plain');
  });

  test('the safer one where the bolder gains less than a tenth', () => {
    assert.equal(decide([result('plain', 50), result('relaxed', 54)]).mode, 'plain');
    assert.equal(decide([result('plain', 50), result('relaxed', 56)]).mode, 'relaxed');
  });

  test('the safest where none was right or none ran', () => {
    assert.deepEqual([decide([]).mode, decide([result('relaxed', 90, false)]).mode], ['plain', 'plain']);
    assert.match(decide([]).reason, /no mode passed/);
  });
});

test('of several rounds the fastest counts, and only modes that ran and were right in each', () => {
  const rounds = [
    [result('plain', 20), result('relaxed', 50), result('revectorized', 30)],
    [result('plain', 27), result('relaxed', 10, false)],
  ];
  assert.deepEqual(bestOfRounds(rounds), [result('plain', 27), result('relaxed', 50, false)]);
});

test('the environment can pin a mode; a name that is none is not taken', async (t) => {
  const before = process.env['NOTEGRAFT_KERNELS'];
  t.after(() => {
    if (before === undefined) delete process.env['NOTEGRAFT_KERNELS'];
    else process.env['NOTEGRAFT_KERNELS'] = before;
  });
  process.env['NOTEGRAFT_KERNELS'] = 'plain';
  assert.equal((await chooseKernels()).mode, 'plain');
  assert.deepEqual([isKernelMode('plain'), isKernelMode('toString'), isKernelMode('')], [true, false, false]);
});
