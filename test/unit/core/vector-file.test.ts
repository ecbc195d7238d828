/** A vector file is fingerprinted, and refused when it is none. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { encodeWord2vec } from '../../../worker/domain/word2vec.ts';
import { describeVectorFile } from '../../../electron/core/vector-file.ts';
import { temporaryFolder } from '../store/builders.ts';

const binary = encodeWord2vec(
  ['the', 'aspirin', 'of'],
  3,
  Float32Array.from({ length: 9 }, (_, i) => Math.sin(i)),
);
const glove = 'the 0.1 0.2 0.3\naspirin -1 2e-3 0\nof 1 1 1\n';

for (const [what, name, bytes, words] of [
  ['GloVe text', 'vectors.txt', Buffer.from(glove), 3],
  ['GloVe text without a last newline', 'vectors.txt', Buffer.from(glove.trimEnd()), 3],
  ['word2vec text', 'vectors.vec', Buffer.from(`3 3\n${glove}`), 3],
  ['GloVe text, packed', 'vectors.txt.gz', gzipSync(glove), 3],
  ['GloVe text, packed under another name', 'vectors.txt', gzipSync(glove), 3],
  ['GloVe text whose first word holds blanks', 'vectors.txt', Buffer.from(`. . 1 2 3\n${glove}`), 4],
  ['fastText text', 'wiki.vec', Buffer.from(`3 3\n${glove.replaceAll('\n', ' \n')}`), 3],
  ['word2vec binary', 'vectors.bin', Buffer.from(binary), 3],
  ['word2vec binary, packed', 'vectors.bin.gz', gzipSync(binary), 3],
] as const) {
  test(`${what} is counted and fingerprinted`, async (t) => {
    const path = fileWith(t, name, bytes);
    assert.deepEqual(await describeVectorFile(path), {
      path,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      dimensions: 3,
      words,
    });
  });
}

test('a file without vectors is refused with its line', async (t) => {
  const path = fileWith(t, 'note.txt', Buffer.from('Patient seen today.\n'));
  await assert.rejects(describeVectorFile(path), {
    code: 'embeddings-invalid',
    details: {
      file: path,
      line: 1,
      nextStep:
        'Give GloVe, word2vec (text or binary) or fastText .vec vectors, plain or .gz: in text, a word and its numbers a line.',
    },
  });
});

test('a header that does not fit the first vector is refused', async (t) => {
  const path = fileWith(t, 'vectors.vec', Buffer.from(`3 5\n${glove}`));
  await assert.rejects(describeVectorFile(path), {
    code: 'embeddings-invalid',
    message: 'Line 2 does not hold the 5 numbers that line 1 says.',
  });
});

test('a binary file cut short is refused', async (t) => {
  await assert.rejects(describeVectorFile(fileWith(t, 'vectors.bin', Buffer.from(binary.subarray(0, 30)))), {
    code: 'embeddings-invalid',
    message: 'The binary file says 3 vectors and is too short for them.',
  });
});

test('an empty file is refused', async (t) => {
  await assert.rejects(describeVectorFile(fileWith(t, 'empty.txt', Buffer.alloc(0))), { code: 'embeddings-invalid' });
});

test('a packed file cut short is refused', async (t) => {
  const path = fileWith(t, 'vectors.txt.gz', gzipSync(glove.repeat(100)).subarray(0, 60));
  await assert.rejects(describeVectorFile(path), {
    code: 'embeddings-invalid',
    message: 'The vector file is not a whole .gz file.',
  });
});

test('a file that does not exist is named', async (t) => {
  const path = join(temporaryFolder(t), 'none.txt');
  await assert.rejects(describeVectorFile(path), {
    code: 'file-not-found',
    message: 'There is no vector file at this path.',
  });
});

function fileWith(test: TestContext, name: string, bytes: Uint8Array): string {
  const path = join(temporaryFolder(test), name);
  writeFileSync(path, bytes);
  return path;
}
