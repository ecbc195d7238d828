/** Models in words: each recipe says what it is, what is shared, and where it is from. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelWords } from '../../../worker/domain/model-words.ts';
import { withSources } from '../../../worker/domain/tasks.ts';
import { recipeNamed, recipeNames } from '../../../worker/domain/zoo.ts';

test('every recipe says what it is and shares, and names its paper', () => {
  for (const name of recipeNames) {
    const { what, shares, paper } = modelWords(recipeNamed(name));
    assert.match(what, /^(A|The|Yang’s) .*\.$/, name);
    assert.match(shares, /^(Between target and source .*|It learns from the target’s notes alone: .*)\.$/, name);
    assert.match(paper ?? '', /^\S.*“.*” \(20\d\d\)$/, name);
  }
});

for (const [name, words] of [
  ['baseline', /^It learns from the target’s notes alone/],
  ['ttn-HIS', /\(spelling\) is shared whole; .*\(sentences\) is each task’s own; .*\(labels\) is a copy a task/],
  [
    'yang-t-a',
    /^Between target and source .*spelling.*, .*sentences.* and .*labels.* are shared whole\. Source labels/,
  ],
  ['yang-t-b', /spelling.* and .*sentences.* are shared whole; the decoder \(labels\) is each task’s own\.$/],
  ['dtn-crf', /have a hard, a soft and an independent copy, weighed at each word\.$/],
  ['sc-lstm', /an output gate of its own; the decoder \(labels\) is each task’s own\.$/],
  ['lstm-d', /a source is decided from a lower layer, the target from the last;/],
] as const) {
  test(`${name} says what it shares`, () => assert.match(modelWords(recipeNamed(name)).shares, words));
}

test('several sources are counted, and a combination of one’s own is of no paper', () => {
  const several = withSources(recipeNamed('man-moe'), ['es', 'fr']);
  assert.match(modelWords(several).shares, /^Between target and 2 sources .* an expert for each source/);
  const own = modelWords({ ...recipeNamed('dtn-hs'), name: 'own-grid' });
  assert.deepEqual([own.what, own.paper], ['A combination of your own.', null]);
});
