/** What our exports write, our readers read back: the same spans, whatever the text holds. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { tokenTable } from '../../../worker/data/tokenize.ts';
import type { Span } from '../../../worker/domain/document.ts';
import { brat } from '../../../worker/formats/brat.ts';
import { conll } from '../../../worker/formats/conll.ts';
import type { DecodedFile, FormatReader, ReadDocument } from '../../../worker/formats/format.ts';
import { i2b2Concepts } from '../../../worker/formats/i2b2-2010.ts';
import { bratAnnotations } from '../../../worker/formats/write/brat-annotations.ts';
import { conllLines } from '../../../worker/formats/write/conll-writer.ts';
import { conceptLines } from '../../../worker/formats/write/i2b2-2010-writer.ts';

/** Texts of the pieces that have broken offsets elsewhere. */
const pieces = [
  'chest',
  'pain',
  'é',
  'e\u0301',
  '😀',
  '\ud83d',
  '5',
  '"',
  '.',
  ' ',
  '  ',
  '\n',
  '\r\n',
  '\t',
  '\f',
  '\u00a0',
];
const texts = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 40 }).map((chosen) => chosen.join(''));

/** Spans over whole words (between white space) on one line, at most one at each word. */
function wordSpans(text: string, choices: readonly number[]): Span[] {
  const words = [...text.matchAll(/\S+/g)].map(({ index, 0: word }) => ({ start: index, end: index + word.length }));
  return words
    .filter((_, i) => (choices[i % choices.length] ?? 0) > 0)
    .map((word, i) => ({ ...word, label: i % 2 === 0 ? 'Problem' : 'Drug' }));
}

const documents = fc
  .tuple(texts, fc.array(fc.nat({ max: 1 }), { minLength: 1, maxLength: 10 }))
  .map(([text, choices]) => ({ name: 'note', text, tokens: tokenTable(text), spans: wordSpans(text, choices) }));

function decoded(text: string): DecodedFile {
  return { text, encoding: { encoding: 'utf-8', bom: false, newline: 'mixed' } };
}

function readBack(reader: FormatReader, ...contents: string[]): ReadDocument | undefined {
  const group = { name: 'note', files: contents.map((_, i) => `/note.${i}`) };
  return reader.read(group, contents.map(decoded))[0];
}

describe('export and import again', () => {
  test('brat keeps every span and needs no repair', () => {
    fc.assert(
      fc.property(documents, ({ text, spans }) => {
        const { lines } = bratAnnotations(text, spans, (label) => label);
        const read = readBack(brat, text, lines);
        assert.deepEqual(read?.document.spans, spans);
        assert.deepEqual(read?.audit, []);
      }),
    );
  });

  test('i2b2-2010 keeps every span and needs no repair', () => {
    fc.assert(
      fc.property(documents, ({ text, spans }) => {
        const read = readBack(i2b2Concepts, text, conceptLines(text, spans).lines);
        assert.deepEqual(read?.document.spans, spans);
        assert.equal(read?.counts.ok, spans.length);
      }),
    );
  });

  test('conll keeps the tokens and the label of every token', () => {
    fc.assert(
      fc.property(
        documents.filter(({ tokens }) => tokens.starts.length > 0),
        (document) => {
          const { lines } = conllLines(document);
          const read = readBack(conll, lines);
          assert.ok(read);
          assert.equal(
            conllLines(read.document).lines.replace(/\t\d+\t\d+\t/g, '\t'),
            lines.replace(/\t\d+\t\d+\t/g, '\t'),
          );
        },
      ),
    );
  });
});
