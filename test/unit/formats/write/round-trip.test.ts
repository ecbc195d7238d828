/** What is written comes back through the readers as it was. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { tokenTable } from '../../../../worker/data/tokenize.ts';
import type { AnnotatedDocument, Span } from '../../../../worker/domain/document.ts';
import { brat } from '../../../../worker/formats/brat.ts';
import { conll } from '../../../../worker/formats/conll.ts';
import type { DecodedFile, FormatReader, ReadDocument } from '../../../../worker/formats/format.ts';
import { i2b2Concepts } from '../../../../worker/formats/i2b2-2010.ts';
import { bratAnnotations } from '../../../../worker/formats/write/brat-annotations.ts';
import { conllLines } from '../../../../worker/formats/write/conll-writer.ts';
import { conceptLines } from '../../../../worker/formats/write/i2b2-2010-writer.ts';
import { goldDocument } from './builders.ts';

const chia = new URL('../../../../../shared/data/chia-i2b2-2010/', import.meta.url);

function decoded(text: string): DecodedFile {
  return { text, encoding: { encoding: 'utf-8', bom: false, newline: 'lf' } };
}

/** What a reader makes of the files of one document. */
function readBack(reader: FormatReader, ...contents: string[]): ReadDocument {
  const files = contents.map((_, i) => `/notes/note.${i}`);
  const [read] = reader.read({ name: 'note', files }, contents.map(decoded));
  assert.ok(read);
  return read;
}

const words = fc.constantFrom('aspirin', '+2', 'pain', 'Ärztin', '😀', 'x"y', '5mg', '.', '=1', '\u0301e');
const gaps = fc.constantFrom(' ', ' ', '  ', '\n', '\r\n', '\n\n', '\t', '\u2028', '\f');
/** A text, and spans over runs of its words that do not overlap. */
const annotated = fc
  .array(fc.tuple(words, gaps, fc.boolean(), fc.constantFrom('Drug', 'Sign-or_Symptom')), { maxLength: 25 })
  .map((pieces) => {
    let text = '';
    const spans: Span[] = [];
    for (const [word, gap, isInside, label] of pieces) {
      const start = text.length;
      const last = spans.at(-1);
      text += word;
      if (isInside && last) spans.splice(-1, 1, { ...last, end: text.length });
      else if (label === 'Drug') spans.push({ start, end: text.length, label: isInside ? 'Dose' : label });
      text += gap;
    }
    return { text, spans };
  });

test('spans written as brat come back identical', () => {
  fc.assert(
    fc.property(annotated, ({ text, spans }) => {
      const predicted = spans.map((span) => ({ ...span, confidence: 0.5 }));
      const { lines } = bratAnnotations(text, predicted, (label) => label);
      const { document, counts } = readBack(brat, text, lines);
      assert.deepEqual(document.spans, spans);
      assert.deepEqual(counts, { ok: spans.length, repaired: 0, skipped: 0 });
    }),
  );
});

test('whole-token spans of one line written as i2b2 come back identical', () => {
  fc.assert(
    fc.property(annotated, ({ text, spans }) => {
      const { lines, counts: written } = conceptLines(text, spans);
      const { document, counts } = readBack(i2b2Concepts, text, lines);
      const onOneLine = spans.filter((span) => !/\n/.test(text.slice(span.start, span.end)));
      assert.deepEqual(document.spans, onOneLine);
      assert.deepEqual(counts, { ok: onOneLine.length, repaired: 0, skipped: 0 });
      assert.deepEqual(written, {
        annotations: onOneLine.length,
        widened: 0,
        skipped: spans.length - onOneLine.length,
      });
    }),
  );
});

test('i2b2 addresses that readers could take for others are counted another way', () => {
  const text = 'aspirin  pain pain';
  const spans = [{ start: 9, end: 13, label: 'problem' }];
  assert.deepEqual(readBack(i2b2Concepts, text, conceptLines(text, spans).lines).document.spans, spans);
  const second = [{ start: 14, end: 18, label: 'problem' }];
  assert.deepEqual(readBack(i2b2Concepts, text, conceptLines(text, second).lines).document.spans, second);
});

test('entities written as columns come back with their labels and words, and the document with its name', () => {
  const text = 'Give aspirin 81 mg.\n\nNo chest pain.';
  const spans = ['aspirin', '81 mg', 'chest pain'].map((surface, i): Span => {
    const start = text.indexOf(surface);
    return { start, end: start + surface.length, label: ['Drug', 'Dose', 'Problem'][i] ?? '' };
  });
  const { document } = readBack(conll, conllLines(goldDocument(text, spans, 'ward/a')).lines);
  assert.equal(document.name, 'ward/a');
  assert.deepEqual(
    document.spans.map(({ start, end, label }) => [document.text.slice(start, end), label]),
    [
      ['aspirin', 'Drug'],
      ['81 mg', 'Dose'],
      ['chest pain', 'Problem'],
    ],
  );
});

test(
  'a hundred documents of Chia come back from i2b2 and brat as they were imported',
  { skip: !existsSync(chia) && 'the Chia corpus is not here' },
  () => {
    for (const file of readdirSync(new URL('concept/', chia)).sort().slice(0, 100)) {
      const text = readFileSync(new URL(`txt/${file.replace(/\.con$/, '.txt')}`, chia), 'utf8');
      const imported = readBack(i2b2Concepts, text, readFileSync(new URL(`concept/${file}`, chia), 'utf8'));
      const i2b2 = conceptLines(text, imported.document.spans);
      assert.deepEqual(readBack(i2b2Concepts, text, i2b2.lines).document, imported.document);
      const standoff = bratAnnotations(text, imported.document.spans, (label) => label);
      const fromBrat: AnnotatedDocument = { ...imported.document, tokens: tokenTable(text) };
      assert.deepEqual(readBack(brat, text, standoff.lines).document, fromBrat);
    }
  },
);
