/** Word vectors read from GloVe, word2vec (text and binary) and fastText files and from a project, and what is said of bad ones. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readWordVectors, type WordVectors } from '../../../worker/data/embeddings.ts';
import { AppError } from '../../../worker/domain/errors.ts';
import { encodeWord2vec } from '../../../worker/domain/word2vec.ts';
import { temporaryFolder } from '../formats/corpus-builders.ts';

const glove = 'the 0.5 -1\nAspirin 0.25 2e-1\n';
const expected = { words: ['the', 'aspirin'], size: 2, values: Float32Array.from([0.5, -1, 0.25, 0.2]) };

function read(
  t: TestContext,
  content: string | Uint8Array,
  { name = 'vectors.txt', maxWords = 100 } = {},
): Promise<WordVectors> {
  return readWordVectors(join(temporaryFolder(t, { [name]: content }), name), maxWords);
}

const binary = encodeWord2vec(['the', 'Aspirin'], 2, expected.values);
const floats = Buffer.from(expected.values.buffer);
const binaryWithoutBreaks = Buffer.concat([
  Buffer.from('2 2\nthe '),
  floats.subarray(0, 8),
  Buffer.from('Aspirin '),
  floats.subarray(8),
]);

/** The error that reading ends with. */
async function failure(reading: Promise<unknown>): Promise<AppError> {
  const thrown: unknown = await reading.then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof AppError, 'reading did not fail as it should');
  return thrown;
}

describe('reading', () => {
  test('a GloVe text file, words lower-cased', async (t) => {
    assert.deepEqual(await read(t, glove), expected);
  });

  test('a gzipped file', async (t) => {
    assert.deepEqual(await read(t, gzipSync(glove), { name: 'vectors.txt.gz' }), expected);
  });

  test('a word2vec file: its first line of counts is skipped', async (t) => {
    assert.deepEqual(await read(t, `2 2\n${glove}`), expected);
  });

  test('Windows line ends, tabs, blanks at the end and blank lines', async (t) => {
    assert.deepEqual(await read(t, 'the\t0.5\t-1 \r\n\r\nAspirin\t0.25\t0.2\r\n'), expected);
  });

  test('a word seen again, also in other case, keeps its first vector', async (t) => {
    assert.deepEqual(await read(t, `${glove}THE 9 9\naspirin 8 8\n`), expected);
  });

  test('a word that holds blanks', async (t) => {
    const { words } = await read(t, `${glove}. . . 1 2\nat a@b.org 3 4\n`);
    assert.deepEqual(words, ['the', 'aspirin', '. . .', 'at a@b.org']);
  });

  test('a fastText .vec file: a header, and a blank behind each vector', async (t) => {
    assert.deepEqual(await read(t, '2 2\nthe 0.5 -1 \nAspirin 0.25 2e-1 \n', { name: 'wiki.vec' }), expected);
  });

  for (const [writer, bytes] of Object.entries({
    'word2vec, a line break behind each vector': binary,
    'gensim, no line breaks': binaryWithoutBreaks,
  })) {
    test(`a binary file as written by ${writer}, whatever its name`, async (t) => {
      assert.deepEqual(await read(t, bytes, { name: 'vectors.txt' }), expected);
      assert.deepEqual(await read(t, gzipSync(bytes), { name: 'packed.bin' }), expected);
    });
  }

  test('a binary file longer than what is read at once, and of it at most so many words', async (t) => {
    const words = Array.from({ length: 3000 }, (_, i) => `w${i}`);
    const values = Float32Array.from({ length: 3000 * 50 }, (_, i) => Math.sin(i));
    const bytes = encodeWord2vec(words, 50, values);
    assert.deepEqual(await read(t, bytes, { maxWords: 9999 }), { words, size: 50, values });
    assert.deepEqual((await read(t, bytes, { maxWords: 2 })).words, ['w0', 'w1']);
  });

  test('vectors that a project keeps', async () => {
    assert.deepEqual(await readWordVectors({ bytes: binary }, 100), expected);
  });

  test('at most so many words, in the order of the file', async (t) => {
    const lines = Array.from({ length: 5000 }, (_, i) => `w${i} ${i} 1`).join('\n');
    const { words, values } = await read(t, gzipSync(lines), { name: 'v.gz', maxWords: 3 });
    assert.deepEqual(
      [words, [...values]],
      [
        ['w0', 'w1', 'w2'],
        [0, 1, 1, 1, 2, 1],
      ],
    );
  });
});

describe('bad files are named with the line', () => {
  const bad: Readonly<Record<string, readonly [content: string, line: number, numbers: number]>> = {
    'a vector that is too short': ['the 0.5 -1\naspirin 0.25\n', 2, 2],
    'a vector that is too long': ['the 0.5 -1\nof 1 2\naspirin 0.25 1 2\n', 3, 2],
    'something that is no number': ['the 0.5 -1\naspirin 0.25 x\n', 2, 2],
    'an infinite number': ['the 0.5 -1\naspirin 0.25 Infinity\n', 2, 2],
  };
  for (const [name, [content, line, numbers]] of Object.entries(bad)) {
    test(name, async (t) => {
      const { code, message, details } = await failure(read(t, content));
      assert.equal(code, 'embeddings-invalid');
      assert.equal(message, `Line ${line} is not a word followed by ${numbers} numbers.`);
      assert.equal(details.line, line);
      assert.match(details.file ?? '', /vectors\.txt$/);
      assert.match(details.nextStep ?? '', /GloVe or word2vec text file/);
    });
  }

  test('a vector that is shorter than the header says', async (t) => {
    const { message, details } = await failure(read(t, '2 3\nthe 1 2 3\nof 1 2\n'));
    assert.deepEqual([message, details.line], ['Line 3 is not a word followed by 3 numbers.', 3]);
  });

  test('a binary file that is cut short', async (t) => {
    const { code, message, details } = await failure(read(t, binary.subarray(0, -4)));
    assert.deepEqual([code, message], ['embeddings-invalid', 'The binary file says 2 vectors and ends after 1.']);
    assert.match(details.file ?? '', /vectors\.txt$/);
  });

  test('a binary file with numbers that are none', async (t) => {
    const bytes = encodeWord2vec(['a', 'b'], 2, Float32Array.of(1, 2, NaN, 4));
    const { message } = await failure(read(t, bytes));
    assert.equal(message, 'Vector 2 of the binary file holds what is no number.');
  });

  test('a fastText model, and a .zip archive, with what to give instead', async (t) => {
    const model = await failure(read(t, Buffer.from([0xba, 0x16, 0x4f, 0x2f, 12, 0, 0, 0])));
    assert.deepEqual([model.code, model.message], ['embeddings-invalid', 'This is a fastText model, not its vectors.']);
    assert.match(model.details.nextStep ?? '', /\.vec/);
    const archive = await failure(read(t, Buffer.from('PK\x03\x04rest', 'latin1')));
    assert.equal(archive.message, 'This is a .zip archive.');
  });

  test('an empty file', async (t) => {
    assert.equal((await failure(read(t, ''))).code, 'embeddings-invalid');
  });

  test('a file that is not there', async (t) => {
    const file = join(temporaryFolder(t), 'none.txt');
    const { code, message, details } = await failure(readWordVectors(file, 10));
    assert.deepEqual([code, message], ['file-not-found', `There is no embeddings file at ${file}.`]);
    assert.equal(details.nextStep, 'Check the path.');
  });

  test('a folder', async (t) => {
    assert.equal((await failure(readWordVectors(temporaryFolder(t), 10))).code, 'file-unreadable');
  });

  test('a .gz that is not gzip, one that is cut off, and one that is damaged', async (t) => {
    const lines = Array.from({ length: 3000 }, (_, i) => `w${i} ${Math.sin(i)} 1`).join('\n');
    const whole = gzipSync(lines);
    const damaged = Uint8Array.from(whole, (byte, i) => (i === 5000 ? byte ^ 0xff : byte));
    for (const content of [Buffer.from(glove), whole.subarray(0, whole.length - 100), damaged]) {
      const { code, message } = await failure(read(t, content, { name: 'v.gz', maxWords: 100_000 }));
      assert.deepEqual([code, message], ['file-unreadable', 'The embeddings file is not a valid gzip file.']);
    }
  });
});
