/** The bench job: what it says it measured, and plain errors for its files. Speeds themselves are never asserted. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { benchJob } from '../../../worker/jobs/bench.ts';
import type { JobOf } from '../../../worker/protocol-jobs.ts';
import { failureOf, finished, quickRecipe } from '../../support/jobs.ts';
import { temporaryFolder } from '../formats/corpus-builders.ts';

const source = 'Give\tO\naspirin\tS-treatment\n.\tO\n\nchest\tB-problem\npain\tE-problem\n';
const target = 'Stop\tO\nwarfarin\tS-Drug\n\nNo\tO\nfever\tS-Problem\n';

function job(
  t: TestContext,
  what: 'train' | 'tag',
  recipe = 'dtn',
  files: Record<string, string> = {},
): JobOf<'bench'> {
  const folder = temporaryFolder(t, { 'source.tsv': source, 'target.tsv': target, ...files });
  const [sourceFile, targetFile] = [join(folder, 'source.tsv'), join(folder, 'target.tsv')];
  return { kind: 'bench', what, recipe: quickRecipe(recipe), sourceFile, targetFile, seconds: 0.05, batchSize: 2 };
}

describe('the result', () => {
  for (const [what, recipe, batch] of [
    ['train', 'dtn', 2],
    ['train', 'baseline', 2],
    ['tag', 'dtn-hs', 64],
  ] as const) {
    test(`of ${what} with ${recipe} names recipe, backend, threads and batch beside the speed`, async (t) => {
      const { result } = await finished(benchJob(job(t, what, recipe)));
      const { tokensPerSecond, threads, flopPerToken, memoryBytes, peakMemoryBytes, engine, ...named } = result;
      assert.ok(tokensPerSecond > 0 && Number.isInteger(tokensPerSecond));
      assert.ok(threads >= 1);
      assert.ok(flopPerToken > 0 && Number.isInteger(flopPerToken));
      assert.ok(memoryBytes > 0 && peakMemoryBytes > memoryBytes);
      assert.deepEqual([named, engine.threads], [{ recipe, backend: 'simd', batch }, threads]);
    });
  }
});

describe('bad files get a plain error', () => {
  test('one that is not there', async (t) => {
    const missing = { ...job(t, 'train'), targetFile: '/none/target.tsv' };
    assert.equal((await failureOf(benchJob(missing))).code, 'file-not-found');
  });

  test('one without sentences', async (t) => {
    for (const [what, files] of [
      ['train', { 'source.tsv': '\n\n' }],
      ['tag', { 'target.tsv': '\n' }],
    ] as const) {
      const { code, message } = await failureOf(benchJob(job(t, what, 'dtn', files)));
      assert.equal(code, 'data-missing');
      assert.match(message, /holds no sentences/);
    }
  });
});
