/** Training a tagger of token classes, alone and with entities as its source. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tagJob } from '../../../worker/jobs/tag.ts';
import { decodeModel } from '../../../worker/model/checkpoint.ts';
import type { JobOf } from '../../../worker/protocol-jobs.ts';
import { sourceLines, taskDocument } from '../../support/corpus.ts';
import { failureOf, quickRecipe, trained } from '../../support/jobs.ts';
import { temporaryFolder } from '../formats/corpus-builders.ts';

const lines = [
  '[DT:The] [NN:note] [VB:stops]',
  '[NN:Aspirin] [VB:helps]',
  '[DT:A] [NN:rash]',
  '[VB:Stop] [DT:the] [NN:drug]',
];
const documents = [
  taskDocument('source', 'train', 's', sourceLines),
  taskDocument('target', 'train', 't', lines),
  taskDocument('target', 'dev', 'd', lines),
  taskDocument('target', 'test', 'e', lines),
];
const noDropout = ['wordEmbedding', 'characterEncoder', 'wordEncoder', 'decoder'].map((place) => `dropout.${place}=0`);

for (const name of ['baseline', 'baseline-crf', 'ttn-HHI', 'dtn-hs-crf']) {
  test(`${name} learns classes by heart, chosen and scored by accuracy`, async () => {
    const recipe = quickRecipe(name, ['training.epochs=25', 'training.batchesPerEpoch=8', ...noDropout]);
    const { result } = await trained(recipe, {}, documents);
    const { target } = decodeModel(result.model).vocabulary.tags;
    assert.deepEqual(target, { labels: ['DT', 'NN', 'VB'], size: 4, classes: true });
    assert.deepEqual([result.dev.accuracy, result.test?.accuracy, result.test?.strict.macro.f1], [1, 1, 1]);
  });
}

test('a source of classes helps a target of entities', async () => {
  const turned = [
    taskDocument('source', 'train', 's', lines),
    ...(['train', 'dev'] as const).map((split) => taskDocument('target', split, split, sourceLines)),
  ];
  const { result } = await trained(quickRecipe('ttn-HHI', ['training.epochs=1']), {}, turned);
  assert.equal(result.dev.accuracy, undefined);
  assert.equal(decodeModel(result.model).vocabulary.tags.target.size, 13);
});

test('notes are not tagged with a model of classes', async (t) => {
  const { result } = await trained(quickRecipe('baseline', ['training.epochs=1']), {}, documents);
  const folder = temporaryFolder(t, { 'note.txt': 'The note .' });
  const job: JobOf<'tag'> = {
    ...{ kind: 'tag', model: Uint8Array.from(result.model), paths: [folder], outFolder: `${folder}/out` },
    ...{ write: ['csv'], runLabel: 'x', command: 'x' },
  };
  const failure = await failureOf(tagJob(job, new AbortController().signal));
  assert.match(failure.message, /gives each token a class/);
});
