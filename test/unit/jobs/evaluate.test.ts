/** The evaluation job: the same score from streamed documents and from files, and plain errors. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { evaluateJob } from '../../../worker/jobs/evaluate.ts';
import type { JobOf } from '../../../worker/protocol-jobs.ts';
import { streamed, targetLines, taskDocument } from '../../support/corpus.ts';
import { failureOf, finished, learnedModel, trainingDocuments } from '../../support/jobs.ts';
import { temporaryFolder } from '../formats/corpus-builders.ts';

let model: Uint8Array<ArrayBuffer>;
before(async () => {
  model = await learnedModel();
});

function bratFiles(path: string): NonNullable<JobOf<'evaluate'>['files']> {
  return { format: 'brat', paths: [path] };
}

test('streamed documents are scored, and progress begins and ends', async () => {
  const documents = trainingDocuments.filter(({ task, split }) => task === 'target' && split !== 'train');
  const { events, result } = await finished(evaluateJob({ kind: 'evaluate', model }, streamed(documents)));
  assert.ok(result.score.strict.micro.f1 > 0.9, `F1 ${result.score.strict.micro.f1}`);
  assert.deepEqual(
    [result.score.documents, result.score.goldSpans],
    [2, documents.flatMap(({ spans }) => spans).length],
  );
  assert.deepEqual(events, [
    { kind: 'progress', done: 0, total: 2 },
    { kind: 'progress', done: 2, total: 2 },
  ]);
});

test('annotated files get the score that the same documents get when streamed', async (t) => {
  const document = taskDocument('target', 'test', 'x', targetLines);
  const lines = document.spans.map(({ start, end, label }, i) => {
    return `T${i + 1}\t${label} ${start} ${end}\t${document.text.slice(start, end)}\n`;
  });
  const folder = temporaryFolder(t, { 'x.txt': document.text, 'x.ann': lines.join('') });
  const files = bratFiles(folder);
  const fromFiles = await finished(evaluateJob({ kind: 'evaluate', model, files }, streamed([])));
  assert.equal(fromFiles.result.score.goldSpans, document.spans.length);
  assert.ok(fromFiles.result.score.strict.micro.f1 > 0.8, `F1 ${fromFiles.result.score.strict.micro.f1}`);
});

describe('bad input gets a plain error', () => {
  test('no documents', async () => {
    const { code, message, details } = await failureOf(evaluateJob({ kind: 'evaluate', model }, streamed([])));
    assert.deepEqual([code, message], ['data-missing', 'There are no documents to score.']);
    assert.equal(details.nextStep, 'Choose a split that has documents, or give annotated files.');
  });

  test('a damaged model', async () => {
    const job = { kind: 'evaluate', model: model.subarray(0, 1000) } as const;
    assert.equal((await failureOf(evaluateJob(job, streamed(trainingDocuments)))).code, 'model-damaged');
  });

  test('files that are not there', async (t) => {
    const path = join(temporaryFolder(t), 'none');
    const job = { kind: 'evaluate', model, files: bratFiles(path) } as const;
    const { code, message } = await failureOf(evaluateJob(job, streamed([])));
    assert.equal(code, 'file-not-found');
    assert.ok(message.length > 0);
  });

  test('a folder without annotated files', async (t) => {
    const job = { kind: 'evaluate', model, files: bratFiles(temporaryFolder(t)) } as const;
    assert.equal((await failureOf(evaluateJob(job, streamed([])))).code, 'folder-empty');
  });
});
