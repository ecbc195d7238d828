/** Word vectors from the command line: trained, listed, exported, used, and refused. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { topicSentences } from '../support/word-topics.ts';
import { newProject, temporaryFolder } from '../unit/store/builders.ts';
import { json, notegraft } from './notegraft.ts';

function notesFolder(t: TestContext): string {
  const folder = join(temporaryFolder(t), 'notes');
  mkdirSync(folder);
  for (const [i, text] of topicSentences(20).entries()) writeFileSync(join(folder, `note-${i}.txt`), `${text}.\n`);
  return folder;
}

const quick = ['--dim', '8', '--epochs', '1', '--min-count', '1', '--threads', '1'];

test('vectors are trained with the settings given, listed, and exported as they were written', (t) => {
  const path = newProject(t);
  const [written, exported] = ['a.txt', 'b.txt'].map((name) => join(temporaryFolder(t), name)) as [string, string];
  const settings = ['--window', '3', '--negative', '2', '--subwords', '3-4', '--buckets', '1000', '--seed', '5'];

  const trained = json(
    ...['embeddings', 'train', path, '--notes', notesFolder(t), ...quick, ...settings, '--out', written],
  ) as { reference: string; words: number; facts: { settings: Record<string, unknown>; notes: number } };

  assert.deepEqual([trained.reference, trained.facts.notes], ['project:1', 20]);
  const { window, negatives, subwords, seed } = trained.facts.settings;
  assert.deepEqual([window, negatives, subwords, seed], [3, 2, { shortest: 3, longest: 4, buckets: 1000 }, 5]);
  const listed = json('embeddings', 'list', path) as { embeddings: { reference: string }[] };
  assert.deepEqual(
    listed.embeddings.map(({ reference }) => reference),
    ['project:1'],
  );
  assert.match(notegraft('embeddings', 'list', path).stdout, /^project:1 +13 +8 +220 +1 +3-4 /m);
  assert.equal(notegraft('embeddings', 'export', path, exported).exitCode, 0);
  assert.deepEqual(readFileSync(exported), readFileSync(written));
  assert.equal(readFileSync(written, 'utf8').split('\n').length, trained.words + 2);
});

test('the text says what was made, and what it holds', (t) => {
  const { exitCode, stdout } = notegraft('embeddings', 'train', newProject(t), '--notes', notesFolder(t), ...quick);
  assert.equal(exitCode, 0);
  assert.match(stdout, /^Vectors project:1: 13 words; 8 numbers each\.\nFrom 20 notes: 220 tokens\./);
  assert.match(notegraft('embeddings', 'train', '--help').stdout, /hold words of your notes/);
});

test('misuse is refused before anything is read, in a sentence', (t) => {
  const path = newProject(t);
  for (const [words, message] of [
    [['--subwords', '6-3'], /3-6/],
    [[], /No notes were named/],
  ] as const) {
    const { exitCode, stderr } = notegraft('embeddings', 'train', path, ...words);
    assert.notEqual(exitCode, 0);
    assert.match(stderr, message);
  }
});
