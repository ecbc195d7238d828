/** The export job: counts, progress, and nothing left behind by a failure. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ImportedDocument } from '../../../worker/domain/document.ts';
import { discoverGroups } from '../../../worker/formats/discover.ts';
import { readGroup } from '../../../worker/formats/readers.ts';
import { exportJob } from '../../../worker/jobs/export.ts';
import type { JobOf } from '../../../worker/protocol-jobs.ts';
import type { JobEvents, TaskDocument } from '../../../worker/protocol.ts';
import { goldDocument, spanOf, temporaryFolder } from '../formats/write/builders.ts';

type Format = JobOf<'export'>['format'];

/** What an import of the folder finds, by name. */
async function imported(folder: string, format: Format): Promise<Map<string, ImportedDocument>> {
  const reads = [];
  for (const group of discoverGroups([folder], format).groups) reads.push(...(await readGroup(group, format)));
  return new Map(reads.map(({ document }) => [document.name, document]));
}

/** Run the job to its end. */
async function exported(format: Format, outFolder: string, documents: AsyncIterable<TaskDocument>) {
  const job = exportJob({ kind: 'export', format, outFolder }, documents);
  const events: JobEvents['export'][] = [];
  let step = await job.next();
  for (; !step.done; step = await job.next()) events.push(step.value);
  return { events, result: step.value };
}

async function* streamed(documents: readonly TaskDocument[]): AsyncGenerator<TaskDocument> {
  yield* documents;
}

test('the result counts documents, annotations and files', async (t) => {
  const text = 'chest-pain and\nfever';
  const spans = [spanOf(text, 'pain', 'problem'), spanOf(text, 'fever', 'problem'), { start: 0, end: 20, label: 'x' }];
  const folder = temporaryFolder(t);
  const documents = [goldDocument(text, spans, 'a'), goldDocument('Home.', [], 'b')];
  const { result } = await exported('i2b2-2010', folder, streamed(documents));
  assert.deepEqual(result, { documents: 2, annotations: 2, widened: 1, skipped: 1, files: 4 });
  assert.deepEqual(readdirSync(folder).sort(), ['concept', 'txt']);
});

test('progress is reported every fifty documents and at the end', async (t) => {
  const documents = Array.from({ length: 120 }, (_, i) => goldDocument('Home.', [], `note-${i}`));
  const { events } = await exported('conll', temporaryFolder(t), streamed(documents));
  assert.deepEqual(
    events,
    [50, 100, 120].map((done) => ({ kind: 'progress', done })),
  );
});

test('brat goes straight into the folder that was asked for', async (t) => {
  const folder = temporaryFolder(t);
  await exported('brat', folder, streamed([goldDocument('pain', [spanOf('pain', 'pain', 'Problem')], 'ward/a')]));
  assert.equal(readFileSync(join(folder, 'ward/a.ann'), 'utf8'), 'T1\tProblem 0 4\tpain\n');
});

for (const format of ['i2b2-2010', 'brat'] as const) {
  test(`documents exported as ${format} are imported with their names, texts and annotations`, async (t) => {
    const folder = temporaryFolder(t);
    const text = 'Give Aspirin\r\nfor 😀  chest pain\n';
    const spans = [spanOf(text, 'Aspirin', 'drug'), spanOf(text, 'chest pain', 'problem')];
    const names = ['a', 'north/a', 'south/a', 'south/b c.v2'];
    await exported(format, folder, streamed(names.map((name) => goldDocument(text, spans, name))));
    const documents = await imported(folder, format);
    assert.deepEqual([...documents.keys()].sort(), names);
    for (const document of documents.values()) assert.deepEqual([document.text, document.spans], [text, spans]);
  });
}

test('documents exported as columns are imported with their names and words', async (t) => {
  const folder = temporaryFolder(t);
  const text = 'Give aspirin.\n\nNo pain.';
  const spans = [spanOf(text, 'aspirin', 'drug')];
  const names = ['a', 'ward/a'];
  await exported('conll', folder, streamed(names.map((name) => goldDocument(text, spans, name))));
  const documents = await imported(folder, 'conll');
  assert.deepEqual([...documents.keys()].sort(), names);
  for (const document of documents.values()) {
    assert.deepEqual(document.text, 'Give aspirin .\nNo pain .');
    assert.deepEqual(document.spans, [{ start: 5, end: 12, label: 'drug' }]);
  }
});

test('a stream of documents that fails leaves no files behind', async (t) => {
  const folder = temporaryFolder(t);
  async function* failing(): AsyncGenerator<TaskDocument> {
    yield goldDocument('Home.', []);
    throw new Error('the stream broke');
  }
  await assert.rejects(exported('brat', folder, failing()), /the stream broke/);
  assert.deepEqual(readdirSync(folder), []);
});
