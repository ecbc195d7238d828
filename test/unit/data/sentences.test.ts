/** Sentence borders in clinical notes: abbreviations, lists, headings, wrapped lines and notes that lost their newlines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenTable } from '../../../worker/data/tokenize.ts';

function sentences(text: string): string[] {
  const { starts, ends, sentenceEnds } = tokenTable(text);
  return Array.from(sentenceEnds, (end, s) => text.slice(starts[sentenceEnds[s - 1] ?? 0], ends[end - 1]));
}

const examples: [why: string, text: string, sentences: string[]][] = [
  ['titles do not end a sentence', 'Dr. Smith saw Mr. X. The wife came.', ['Dr. Smith saw Mr. X.', 'The wife came.']],
  [
    'dosing abbreviations do not, unless a capital follows',
    'Lasix 40 mg p.o. b.i.d. for 5 days, then q.d. He improved.',
    ['Lasix 40 mg p.o. b.i.d. for 5 days, then q.d.', 'He improved.'],
  ],
  [
    'small abbreviations do not',
    'Given vs. Placebo, e.g. Aspirin, approx. 5 mg.',
    ['Given vs. Placebo, e.g. Aspirin, approx. 5 mg.'],
  ],
  ['a stop before a small letter does not', 'Give 5 mg. then stop.', ['Give 5 mg. then stop.']],
  ['a unit at the end of a sentence does', 'Give 5 mg. He left.', ['Give 5 mg.', 'He left.']],
  [
    '"No." waits for its number',
    'Tylenol No. 3 helps. Pain: no. He left.',
    ['Tylenol No. 3 helps.', 'Pain: no.', 'He left.'],
  ],
  ['months and figures wait for theirs', 'On Feb. 18 (Fig. 2) he left.', ['On Feb. 18 (Fig. 2) he left.']],
  [
    'a letter before an opener ends one',
    'Has hepatitis C. The dose is 5. A J. Smith.',
    ['Has hepatitis C.', 'The dose is 5.', 'A J. Smith.'],
  ],
  [
    'decimals never end one',
    'Values 0.5 and 2.5-5. On 12/03/2011 at 10:30.',
    ['Values 0.5 and 2.5-5.', 'On 12/03/2011 at 10:30.'],
  ],
  [
    'a leading question mark is a doubt',
    'Fever ? CHF ?Pneumonia. Is it? Yes.',
    ['Fever ? CHF ?Pneumonia.', 'Is it?', 'Yes.'],
  ],
  [
    'quotes and citations stay with their stop',
    'He "stopped." Then left.[3,4] Now cured.5 Fine.',
    ['He "stopped."', 'Then left.[3,4]', 'Now cured.5', 'Fine.'],
  ],
  ['a lost blank is noticed', 'multiple nodules.The patient', ['multiple nodules.', 'The patient']],
  ['a note in small letters is split too', 'he was seen. he was well.', ['he was seen.', 'he was well.']],
  ['a note in capitals is split too', 'SEEN BY DR. JONES. SENT HOME.', ['SEEN BY DR. JONES.', 'SENT HOME.']],
  [
    'other languages work',
    '¿Fiebre? No. Visto por la Dra. García. ¡Alta!',
    ['¿Fiebre?', 'No.', 'Visto por la Dra. García.', '¡Alta!'],
  ],
  [
    'list items break',
    'Plan\n1. Aspirin 81 mg\n2) lasix\n- zocor\na) ativan\n• senna',
    ['Plan', '1. Aspirin 81 mg', '2) lasix', '- zocor', 'a) ativan', '• senna'],
  ],
  [
    'headings break',
    'HISTORY OF PRESENT ILLNESS:\npain\nALLERGIES\nnone known.',
    ['HISTORY OF PRESENT ILLNESS:', 'pain', 'ALLERGIES', 'none known.'],
  ],
  ['a line of its own breaks', 'BP 120/80\nPulse 80\nHEENT: normal', ['BP 120/80', 'Pulse 80', 'HEENT: normal']],
  [
    'blank lines and form feeds break',
    'the pain\n\nwas gone\fand so\r\n\r\nwas he',
    ['the pain', 'was gone', 'and so', 'was he'],
  ],
  ['a stop at the end of a short line breaks', 'seen 5 mg.\nwell', ['seen 5 mg.', 'well']],
  [
    'a wrapped line goes on, also before a capital',
    'The patient was admitted with a long history of pain and\nHodgkin disease, for which he had been treated in Boston by\nDr. Jones and by the younger doctors of\nthe team. He left.',
    [
      'The patient was admitted with a long history of pain and\nHodgkin disease, for which he had been treated in Boston by\nDr. Jones and by the younger doctors of\nthe team.',
      'He left.',
    ],
  ],
  [
    'commas stand for lost newlines',
    'PREOPERATIVE DIAGNOSIS:,  Cataract, right eye.,POSTOPERATIVE DIAGNOSIS: , Visually significant.,PLAN:,1.  Rest.,2.  Return',
    [
      'PREOPERATIVE DIAGNOSIS:,',
      'Cataract, right eye.,',
      'POSTOPERATIVE DIAGNOSIS: ,',
      'Visually significant.,',
      'PLAN:,',
      '1.  Rest.,',
      '2.  Return',
    ],
  ],
  [
    'a comma before a number or heading does too',
    'DIAGNOSES,1.  Gout,LUNGS: Clear, grade 1,2',
    ['DIAGNOSES,', '1.  Gout,', 'LUNGS: Clear, grade 1,2'],
  ],
  ['ordinary commas do not', 'Acme Inc., Boston, etc., was left,right', ['Acme Inc., Boston, etc., was left,right']],
];

for (const [why, text, expected] of examples) {
  test(`Sentences: ${why}.`, () => assert.deepEqual(sentences(text), expected));
}

test('CRLF and lone CR break like LF.', () => {
  const lines = 'Plan\n1. Aspirin\n\nsenna daily\nBP: 120/80';
  const expected = sentences(lines);
  assert.equal(expected.length, 4);
  assert.deepEqual(sentences(lines.replaceAll('\n', '\r\n')), expected);
  assert.deepEqual(sentences(lines.replaceAll('\n', '\r')), expected);
});
