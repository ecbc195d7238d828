/** Training experts without labels of the target, from two sources; and which source a note looks like to them. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { withSources } from '../../../worker/domain/tasks.ts';
import { expertGatesJob } from '../../../worker/jobs/expert-gates.ts';
import { trainJob } from '../../../worker/jobs/train.ts';
import { decodeModel } from '../../../worker/model/checkpoint.ts';
import type { JobResults, TaskDocument } from '../../../worker/protocol.ts';
import { streamed, targetLines, taskDocument } from '../../support/corpus.ts';
import { failureOf, finished, quickRecipe, trained } from '../../support/jobs.ts';

const sources = ['es', 'fr'];
const recipe = withSources(quickRecipe('man-moe', ['training.epochs=2']), sources);
const plain = (document: TaskDocument): TaskDocument => ({ ...document, spans: [] });
const ofSources = sources.flatMap((source) => [
  taskDocument(source, 'train', 'a', targetLines.slice(0, 6)),
  taskDocument(source, 'dev', 'b', targetLines.slice(6)),
]);
const targetText = plain(taskDocument('target', 'train', 't', targetLines));
const tested = taskDocument('target', 'test', 'e', targetLines);

describe('with a target that has no annotation at all', () => {
  let result: JobResults['train'];
  before(async () => {
    ({ result } = await trained(recipe, {}, [...ofSources, targetText, tested]));
  });

  test('the sources’ dev documents choose the epoch, and that is said', () => {
    assert.equal(result.devFrom, 'sources');
    assert.equal(result.dev.documents, 2);
  });

  test('the model tags the target with the sources’ labels, and holds no critic', () => {
    const model = decodeModel(result.model);
    assert.deepEqual(model.vocabulary.tags.target.labels, ['Dose', 'Drug', 'Problem']);
    assert.deepEqual(
      [...model.weights.keys()].filter((path) => /^(critic|es|fr)\//.test(path)),
      [],
    );
  });

  test('the same training gives the same model', async () => {
    const again = await trained(recipe, {}, [...ofSources, targetText, tested]);
    assert.equal(again.result.modelHash, result.modelHash);
  });

  test('the gate believes the sources by shares that add up to 1, note by note and label by label', async () => {
    const documents = [tested, taskDocument('target', 'test', 'f', ['No fever .'])];
    const job = expertGatesJob({ kind: 'expert-gates', model: Uint8Array.from(result.model) }, streamed(documents));
    const { result: gates } = await finished(job);
    assert.deepEqual(gates.sources, sources);
    assert.deepEqual(
      gates.documents.map(({ tokens }) => tokens),
      documents.map(({ tokens }) => tokens.starts.length),
    );
    for (const { shares } of [...gates.documents, ...gates.labels])
      assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-5, shares.join(' '));
    assert.equal(gates.labels[0]?.label, 'O');
  });
});

test('annotated dev documents of the target choose the epoch before the sources’', async () => {
  const dev = taskDocument('target', 'dev', 'd', targetLines);
  const { result } = await trained(recipe, {}, [...ofSources, targetText, dev]);
  assert.equal(result.devFrom, 'target');
});

test('labels of the target that are to be ignored change nothing', async () => {
  const ignoring = withSources(
    quickRecipe('man-moe', ['training.epochs=1', 'sharing.wordEncoder.targetLabels=ignored']),
    sources,
  );
  const hashOf = async (document: TaskDocument): Promise<string> =>
    (await trained(ignoring, {}, [...ofSources, document])).result.modelHash;
  assert.equal(await hashOf(taskDocument('target', 'train', 't', targetLines)), await hashOf(targetText));
});

test('a training that goes on after an epoch gives the model of an undisturbed one', async () => {
  const documents = [...ofSources, targetText];
  const whole = await trained(recipe, {}, documents);
  const [first] = whole.events.flatMap((event) => (event.kind === 'epoch' ? [event] : []));
  const resume = {
    state: Uint8Array.from(first?.state ?? []),
    model: Uint8Array.from(first?.model ?? []),
  };
  const job = trainJob({ kind: 'train', recipe, seed: 1, resume }, streamed(documents), new AbortController().signal);
  assert.equal((await finished(job)).result.modelHash, whole.result.modelHash);
});

test('without any annotated dev documents the next step is said', async () => {
  const documents = [...ofSources.filter(({ split }) => split === 'train'), targetText];
  const job = trainJob({ kind: 'train', recipe, seed: 1 }, streamed(documents), new AbortController().signal);
  const failure = await failureOf(job);
  assert.equal(failure.code, 'data-missing');
  assert.match(failure.details.nextStep ?? '', /notegraft split --role source/);
});

test('a model without experts has no gate to ask', async () => {
  const { result } = await trained(quickRecipe('baseline', ['training.epochs=1']));
  const job = expertGatesJob({ kind: 'expert-gates', model: Uint8Array.from(result.model) }, streamed([tested]));
  assert.match((await failureOf(job)).details.nextStep ?? '', /man-moe/);
});
