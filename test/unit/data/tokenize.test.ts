/** Tokens: fine, exact in their offsets, and safe on any text. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { tokenTable } from '../../../worker/data/tokenize.ts';

function words(text: string): string[] {
  const { starts, ends } = tokenTable(text);
  return Array.from(starts, (start, i) => text.slice(start, ends[i]));
}

const examples: [why: string, text: string, tokens: string][] = [
  ['hyphens and slashes are tokens', '34-yr-old 12/03/2011', '34 - yr - old 12 / 03 / 2011'],
  ['decimals and thousands stay whole', '0.5 2.5-5 1,250 1,234,567.89', '0.5 2.5 - 5 1,250 1,234,567.89'],
  ['a decimal may begin with its point', 'give .5 mg', 'give .5 mg'],
  ['lists of numbers and dotted dates come apart', '1,2 2,5 12.03.2011', '1 , 2 2 , 5 12 . 03 . 2011'],
  ['units leave their number', '5mg 10mL 3x5 100%', '5 mg 10 mL 3 x 5 100 %'],
  ['codes keep their digits', 'CD68 B12 T4N0 FEV1', 'CD68 B12 T4N0 FEV1'],
  ['citations leave their word', 'fibres4 atropine1%', 'fibres 4 atropine 1 %'],
  ["'s is one token, other apostrophes are alone", "patient's d'insuline", "patient 's d ' insuline"],
  ['a typographic apostrophe is an apostrophe', 'patient’s l’hôpital', 'patient ’s l ’ hôpital'],
  ['a full stop is a token', 'Dr. b.i.d. 5 mg.', 'Dr . b . i . d . 5 mg .'],
  ['brackets and signs are tokens', '(CT) <5 3+ °C', '( CT ) < 5 3 + ° C'],
  ['three or more equal marks are one token', '____ ---- ... **', '____ ---- ... * *'],
  ['letters of any script are words', 'β-blocker naïve Übelkeit жар', 'β - blocker naïve Übelkeit жар'],
  ['a combining accent belongs to its letter', 'cafe\u0301 noir', 'cafe\u0301 noir'],
  ['scripts without spaces give a token a letter', '患者は', '患 者 は'],
  ['emoji are never cut', '👩‍👩‍👧 ❤️ 👍🏽 🇩🇪 1️⃣', '👩‍👩‍👧 ❤️ 👍🏽 🇩🇪 1️⃣'],
  ['control characters are space', 'x\0y\u0001z\u200bq', 'x y z q'],
  ['a soft hyphen stays inside its word', 'hyper\u00adtension', 'hyper\u00adtension'],
];

for (const [why, text, tokens] of examples) {
  test(`Tokens: ${why}.`, () => assert.equal(words(text).join(' '), tokens));
}

test('Empty and blank texts have no tokens and no sentences.', () => {
  for (const text of ['', ' ', '\n\n\t\0', '\u200d']) {
    assert.equal(tokenTable(text).starts.length, 0);
    assert.equal(tokenTable(text).sentenceEnds.length, 0);
  }
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'aZé5 .,:-\n\r\f\'"()[]?*', '\ud83d', '👩', '\u200d', '\ufe0f', '\u0301') }),
);

test('Tokens are in order, never empty and never overlap, and only space lies between them.', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { starts, ends } = tokenTable(text);
      let position = 0;
      for (const [i, start] of starts.entries()) {
        assert.ok(start >= position && (ends[i] ?? 0) > start);
        assert.match(text.slice(position, start), /^[\s\p{C}\p{Z}]*$/u);
        position = ends[i] ?? 0;
      }
      assert.match(text.slice(position), /^[\s\p{C}\p{Z}]*$/u);
    }),
    { numRuns: 500 },
  );
});

test('No token cuts a surrogate pair.', () => {
  const cutsPair = (text: string, at: number): boolean =>
    /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));
  fc.assert(
    fc.property(anyText, (text) => {
      const { starts, ends } = tokenTable(text);
      assert.ok(![...starts, ...ends].some((offset) => cutsPair(text, offset)));
    }),
  );
});

test('Sentences hold all tokens and none is empty.', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { starts, sentenceEnds } = tokenTable(text);
      assert.equal(sentenceEnds.at(-1) ?? 0, starts.length);
      assert.ok(sentenceEnds.every((end, s) => end > (sentenceEnds[s - 1] ?? 0)));
    }),
  );
});

test('A character that is not seen is space though it takes two code units.', () =>
  assert.deepEqual(words('a\u{e0020}b \u{e0001} c'), ['a', 'b', 'c']));

test('A lone surrogate is a token of its own.', () => assert.deepEqual(words('a \ud83d b'), ['a', '\ud83d', 'b']));

test('A word and a line of 300,000 characters are read whole.', () => {
  assert.equal(words('x'.repeat(300_000)).length, 1);
  assert.equal(words('a b, '.repeat(60_000)).length, 180_000);
});

const brat = new URL('../../../../shared/data/maccrobat-brat/test/', import.meta.url);

test(
  'At least 99.5 % of the gold spans of a clinical corpus begin and end at token borders.',
  { skip: existsSync(brat) ? false : 'the MACCROBAT corpus is not here' },
  () => {
    let spans = 0;
    let exact = 0;
    for (const file of readdirSync(brat).filter((name) => name.endsWith('.txt'))) {
      const text = readFileSync(new URL(file, brat), 'utf8');
      const characters = Array.from(text);
      const tokens = tokenTable(text);
      const starts = new Set(tokens.starts);
      const ends = new Set(tokens.ends);
      const annotations = readFileSync(new URL(file.replace(/txt$/, 'ann'), brat), 'utf8');
      for (const [, start, end] of annotations.matchAll(/^T\d+\t\S+ (\d+) (?:[\d;]+ )*(\d+)\t/gm)) {
        const units = (codePoints: number): number => characters.slice(0, codePoints).join('').length;
        spans += 1;
        if (starts.has(units(Number(start))) && ends.has(units(Number(end)))) exact += 1;
      }
    }
    assert.ok(spans > 1000);
    assert.ok(exact / spans >= 0.995, `${exact} of ${spans}`);
  },
);
