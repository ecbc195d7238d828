/** The embeddings job: what it trains on, which words get vectors, and what stops it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readWordVectors } from '../../../worker/data/embeddings.ts';
import { embeddingSettingsSchema } from '../../../worker/domain/embeddings.ts';
import { embeddingsJob } from '../../../worker/jobs/embeddings.ts';
import type { JobOf } from '../../../worker/protocol-jobs.ts';
import type { JobEvents, JobResults, TaskDocument } from '../../../worker/protocol.ts';
import { streamed, taskDocument } from '../../support/corpus.ts';
import { failureOf, finished } from '../../support/jobs.ts';
import { topicContrast, topicSentences } from '../../support/word-topics.ts';
import { makeUnreadable, permissionSkip, temporaryFolder } from '../formats/corpus-builders.ts';

const settings = embeddingSettingsSchema.parse({ dimensions: 12, epochs: 2, minCount: 2 });

function job(changes: Partial<JobOf<'embeddings'>>): JobOf<'embeddings'> {
  const engine = { backend: 'simd', threads: 1 } as const;
  return { kind: 'embeddings', paths: [], corpora: false, settings, engine, ...changes };
}

function run(
  changes: Partial<JobOf<'embeddings'>>,
  documents: readonly TaskDocument[] = [],
): Promise<{ events: JobEvents['embeddings'][]; result: JobResults['embeddings'] }> {
  return finished(embeddingsJob(job(changes), streamed(documents)));
}

const lines = ['chest pain and fever', 'fever and chest pain', 'no chest pain today'];
const project = [
  taskDocument('target', 'train', 'a', ['severe chest pains today']),
  taskDocument('target', 'test', 'b', ['painless swelling and swelling']),
];

async function wordsOf({ result }: { result: JobResults['embeddings'] }): Promise<readonly string[]> {
  return (await readWordVectors({ bytes: result.vectors }, 1000)).words;
}

describe('the words with a vector', () => {
  test('are those of the notes that are frequent enough, without subwords no others', async (t) => {
    const folder = temporaryFolder(t, { 'a.txt': lines.join('.\n'), 'b.txt': 'fever' });
    const ran = await run({ paths: [folder], settings: { ...settings, subwords: null } }, project);
    assert.deepEqual(await wordsOf(ran), ['chest', 'fever', 'pain', '.', 'and']);
    const { notes, documents, trainedWords, composedWords, threads } = ran.result.facts;
    assert.deepEqual([notes, documents, trainedWords, composedWords, threads], [2, 0, 5, 0, 1]);
  });

  test('with subwords those of the project too that share some, composed', async (t) => {
    const folder = temporaryFolder(t, { 'a.txt': lines.join('.\n') });
    const ran = await run({ paths: [folder] }, project);
    assert.deepEqual(await wordsOf(ran), ['chest', 'pain', '.', 'and', 'fever', 'pains']);
    assert.deepEqual([ran.result.facts.trainedWords, ran.result.facts.composedWords], [5, 1]);
  });

  test('come from the project’s documents where wanted, but never from test ones', async () => {
    const ran = await run({ corpora: true, settings: { ...settings, minCount: 1, subwords: null } }, project);
    assert.deepEqual(await wordsOf(ran), ['chest', 'pains', 'severe', 'today']);
    assert.deepEqual([ran.result.facts.documents, ran.result.facts.tokens], [1, 4]);
  });
});

test('vectors of words that share their sentences are alike, and progress is told', async (t) => {
  const folder = temporaryFolder(t, { 'a.txt': topicSentences(1500).join('.\n') });
  const wanted = { ...settings, epochs: 10, subsample: 0, learningRate: 0.05 };
  const { events, result } = await run({ paths: [folder], settings: wanted });
  const { words, size, values } = await readWordVectors({ bytes: result.vectors }, 1000);
  const contrast = topicContrast((word) =>
    values.subarray(words.indexOf(word) * size, (words.indexOf(word) + 1) * size),
  );
  assert.ok(contrast > 0.5, `${contrast}`);
  assert.deepEqual(events[0], { kind: 'progress', part: 'reading', done: 0, total: 1 });
});

test('one thread gives the same vectors byte by byte', async (t) => {
  const paths = [temporaryFolder(t, { 'a.txt': topicSentences(200).join('.\n') })];
  const [first, second] = [await run({ paths }), await run({ paths })];
  assert.deepEqual(second.result.vectors, first.result.vectors);
});

test('a note that cannot be read is named, and the others are used', { skip: permissionSkip }, async (t) => {
  const folder = temporaryFolder(t, { 'a.txt': lines.join('.\n'), 'b.txt': 'x' });
  makeUnreadable(`${folder}/b.txt`);
  const { result } = await run({ paths: [folder] });
  assert.deepEqual([result.facts.notes, result.facts.failedNotes, result.failures[0]?.name], [1, 1, 'b']);
});

test('an empty note is named, and the others are used', async (t) => {
  const { result } = await run({ paths: [temporaryFolder(t, { 'a.txt': lines.join('.\n'), 'b.txt': '' })] });
  assert.deepEqual([result.facts.notes, result.facts.failedNotes, result.failures[0]?.name], [1, 1, 'b']);
});

describe('there is a plain error, with what to do,', () => {
  test('where no word is frequent enough', async (t) => {
    const paths = [temporaryFolder(t, { 'a.txt': 'each word once' })];
    const { code, message, details } = await failureOf(embeddingsJob(job({ paths }), streamed([])));
    assert.deepEqual([code, message], ['data-missing', 'No words occur 2 times or more in the notes.']);
    assert.match(details.nextStep ?? '', /--min-count/);
  });

  test('where the folder holds no notes, or is not there', async (t) => {
    const empty = temporaryFolder(t);
    const codes = [empty, `${empty}/none`].map(async (path) => {
      return (await failureOf(embeddingsJob(job({ paths: [path] }), streamed([])))).code;
    });
    assert.deepEqual(await Promise.all(codes), ['folder-empty', 'file-not-found']);
  });
});
