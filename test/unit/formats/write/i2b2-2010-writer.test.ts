/** i2b2/VA 2010 concepts as they are written. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { conceptLines, openI2b2Gold } from '../../../../worker/formats/write/i2b2-2010-writer.ts';
import { goldDocument, spanOf, temporaryFolder } from './builders.ts';

test('lines count from 1, tokens from 0, the end token is inclusive and the surface lower-cased', () => {
  const text = 'Plan :\nGive  Aspirin 81 mg daily\n';
  assert.deepEqual(conceptLines(text, [spanOf(text, 'Aspirin 81 mg', 'drug')]), {
    lines: 'c="aspirin 81 mg" 2:1 2:3||t="drug"\n',
    counts: { annotations: 1, widened: 0, skipped: 0 },
  });
});

test('concepts are sorted by line and token', () => {
  const text = 'a b\nc';
  const spans = ['c', 'b', 'a'].map((word) => spanOf(text, word, 'test'));
  assert.equal(
    conceptLines(text, spans).lines,
    'c="a" 1:0 1:0||t="test"\nc="b" 1:1 1:1||t="test"\nc="c" 2:0 2:0||t="test"\n',
  );
});

test('a span inside a token widens to the token and is counted', () => {
  const text = 'No chest-pain.';
  assert.deepEqual(conceptLines(text, [spanOf(text, 'pain', 'problem')]), {
    lines: 'c="chest-pain." 1:1 1:1||t="problem"\n',
    counts: { annotations: 1, widened: 1, skipped: 0 },
  });
});

test('a discontinuous span widens to its envelope', () => {
  const text = 'left and right arm';
  const span = {
    start: 0,
    end: 18,
    label: 'site',
    fragments: [
      [0, 4],
      [15, 18],
    ],
  } as const;
  assert.deepEqual(conceptLines(text, [span]), {
    lines: 'c="left and right arm" 1:0 1:3||t="site"\n',
    counts: { annotations: 1, widened: 1, skipped: 0 },
  });
});

test('a span over two lines is skipped and counted', () => {
  const text = 'chest\npain';
  assert.deepEqual(conceptLines(text, [{ start: 0, end: 10, label: 'problem' }]), {
    lines: '',
    counts: { annotations: 0, widened: 0, skipped: 1 },
  });
});

test('two spans that widen to the same concept are written once', () => {
  const text = 'chest-pain';
  const spans = [spanOf(text, 'chest', 'problem'), spanOf(text, 'pain', 'problem')];
  assert.deepEqual(conceptLines(text, spans).counts, { annotations: 1, widened: 1, skipped: 1 });
});

test('the carriage return of a CR LF line end belongs to no token', () => {
  const text = 'no pain\r\nhome\r\n';
  assert.equal(
    conceptLines(text, [spanOf(text, 'pain', 'problem'), spanOf(text, 'home', 'place')]).lines,
    'c="pain" 1:1 1:1||t="problem"\nc="home" 2:0 2:0||t="place"\n',
  );
});

test('text and concepts go to the folders txt and concept below those of the name, the text verbatim', async (t) => {
  const folder = temporaryFolder(t);
  const writer = await openI2b2Gold(folder);
  const text = 'Fièvre \r\n 😀';
  await writer.write(goldDocument(text, [spanOf(text, 'Fièvre', 'problem')], 'ward/a'));
  assert.equal(await writer.close(), 2);
  assert.equal(readFileSync(join(folder, 'ward/txt/a.txt'), 'utf8'), text);
  assert.equal(readFileSync(join(folder, 'ward/concept/a.con'), 'utf8'), 'c="fièvre" 1:0 1:0||t="problem"\n');
});
