/** Token features on their way through the jobs: trained with, kept in the model's recipe, read again in tagging. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { withSettings } from '../../../worker/domain/recipe.ts';
import { evaluateJob } from '../../../worker/jobs/evaluate.ts';
import { tagJob } from '../../../worker/jobs/tag.ts';
import { trainJob } from '../../../worker/jobs/train.ts';
import { decodeModel } from '../../../worker/model/checkpoint.ts';
import type { JobOf } from '../../../worker/protocol-jobs.ts';
import type { TaskDocument } from '../../../worker/protocol.ts';
import { streamed } from '../../support/corpus.ts';
import { npyMatrix } from '../../support/feature-files.ts';
import { failureOf, finished, quickRecipe, trainingDocuments } from '../../support/jobs.ts';
import { temporaryFolder } from '../store/builders.ts';

/** The answer itself as a vector: large inside an entity, else small. */
function telling({ tokens, spans }: TaskDocument): number[][] {
  return Array.from(tokens.starts, (start) => [
    spans.some((span) => start >= span.start && start < span.end) ? 5 : -5,
    1,
  ]);
}

function featureFolder(context: TestContext, documents: readonly TaskDocument[]): string {
  const folder = temporaryFolder(context);
  for (const document of documents) {
    const file = join(folder, document.task, `${document.name}.npy`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, npyMatrix(telling(document)));
  }
  return folder;
}

const noDropout = ['wordEmbedding', 'characterEncoder', 'wordEncoder', 'decoder'].map((place) => `dropout.${place}=0`);
const recipe = withSettings(quickRecipe('baseline', ['training.batchesPerEpoch=20', ...noDropout]), [
  'tokenFeatures.projection=4',
]);
const train = (features?: string): ReturnType<typeof trainJob> => {
  const job: JobOf<'train'> = { kind: 'train', recipe, seed: 1, ...(features === undefined ? {} : { features }) };
  return trainJob(job, streamed(trainingDocuments), new AbortController().signal);
};
const target = trainingDocuments.filter(({ task }) => task === 'target');

test('a model trained with token features keeps their size and the projection', async (context) => {
  const { result } = await finished(train(featureFolder(context, trainingDocuments)));
  const model = decodeModel(result.model);
  assert.deepEqual(model.recipe.tokenFeatures, { size: 2, projection: 4 });
  assert.deepEqual(model.weights.get('shared/tokenFeatures/kernel')?.shape, [2, 4]);
});

test('a scored model reads the features again: others change what it finds', async (context) => {
  const { result } = await finished(train(featureFolder(context, trainingDocuments)));
  const documents = target.filter(({ split }) => split === 'test');
  const score = async (features: string): Promise<string> => {
    const job: JobOf<'evaluate'> = { kind: 'evaluate', model: Uint8Array.from(result.model), features };
    return JSON.stringify((await finished(evaluateJob(job, streamed(documents)))).result.score);
  };
  const silent = documents.map((document) => ({ ...document, spans: [] }));
  assert.equal(await score(featureFolder(context, documents)), JSON.stringify(result.test));
  assert.notEqual(await score(featureFolder(context, silent)), JSON.stringify(result.test));
});

test('a model that reads token features is not trained without their folder', async () => {
  assert.equal((await failureOf(train())).code, 'features-invalid');
});

test('a note without features fails by itself, and the others are tagged', async (context) => {
  const { result } = await finished(train(featureFolder(context, trainingDocuments)));
  const folder = temporaryFolder(context);
  for (const name of ['a', 'b']) writeFileSync(join(folder, `${name}.txt`), 'Fever');
  writeFileSync(join(folder, 'a.npy'), npyMatrix([[1, 1]]));
  const job: JobOf<'tag'> = {
    ...{ kind: 'tag', model: Uint8Array.from(result.model), paths: [join(folder, 'a.txt'), join(folder, 'b.txt')] },
    ...{ outFolder: join(folder, 'out'), write: ['csv'], runLabel: '', command: 'notegraft tag', features: folder },
  };
  const { events, result: tagged } = await finished(tagJob(job, new AbortController().signal));
  assert.deepEqual([tagged.notes, tagged.failed], [1, 1]);
  const [failed] = events.filter((event) => event.kind === 'note-failed');
  assert.deepEqual([failed?.name, failed?.error.code], ['b', 'features-invalid']);
});
