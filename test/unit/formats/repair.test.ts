/** The offset check: in place, in other spelling, nearby, or not at all. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkOffsets } from '../../../worker/formats/repair.ts';

const text = 'Denies chest pain. No  fever today; CHEST PAIN later.';

describe('checkOffsets', () => {
  test('accepts offsets that state the text exactly', () => {
    assert.deepEqual(checkOffsets(text, [[7, 17]], 'chest pain'), { status: 'ok', pieces: [[7, 17]] });
  });

  test('accepts a line break written as a blank', () => {
    assert.equal(checkOffsets('chest\npain', [[0, 10]], 'chest pain').status, 'ok');
  });

  test('repairs a difference in letter case, keeping the offsets', () => {
    assert.deepEqual(checkOffsets(text, [[7, 17]], 'Chest Pain'), {
      status: 'repaired',
      pieces: [[7, 17]],
      kind: 'surface-case',
      reason: "The stated text differs in letter case only; the note's own text is used.",
    });
  });

  test('takes letter case and width of white space as right for formats that change them by rule', () => {
    const verdict = checkOffsets(text, [[19, 28]], 'no fever', { exact: false });
    assert.deepEqual(verdict, { status: 'ok', pieces: [[19, 28]] });
  });

  test('repairs a difference in white space and trims the span', () => {
    const verdict = checkOffsets(text, [[18, 29]], 'No fever');
    assert.deepEqual(verdict.status === 'repaired' && [verdict.kind, verdict.pieces], [
      'surface-whitespace',
      [[19, 28]],
    ]);
  });

  test('repairs a difference in Unicode form', () => {
    const verdict = checkOffsets('fie\u0301vre', [[0, 7]], 'fi\u00e9vre');
    assert.equal(verdict.status === 'repaired' && verdict.kind, 'surface-unicode');
  });

  test('finds a text that stands a few characters away and says by how much', () => {
    assert.deepEqual(checkOffsets(text, [[10, 20]], 'chest pain'), {
      status: 'repaired',
      pieces: [[7, 17]],
      kind: 'offset-shifted',
      reason: 'The stated text was found nearby: start moved by -3, end by -3 characters.',
    });
  });

  test('mends an end that is wrong', () => {
    const verdict = checkOffsets(text, [[7, 12]], 'chest pain');
    assert.deepEqual(verdict.status === 'repaired' && verdict.pieces, [[7, 17]]);
  });

  test('takes the nearest of several places', () => {
    const verdict = checkOffsets(text, [[30, 40]], 'chest pain');
    assert.deepEqual(verdict.status === 'repaired' && verdict.pieces, [[36, 46]]);
  });

  test('does not search farther than 50 characters', () => {
    const far = `${'x '.repeat(26)}fever`;
    assert.deepEqual(checkOffsets(far, [[0, 5]], 'fever'), {
      status: 'skipped',
      kind: 'surface-mismatch',
      reason: 'The stated text is neither at its offsets nor within 50 characters of them.',
    });
  });

  test('does not believe a short text inside another word', () => {
    assert.equal(checkOffsets('anaemia is mild', [[12, 14]], 'em').status, 'skipped');
  });

  test('skips offsets outside the text and says so', () => {
    assert.deepEqual(checkOffsets('short', [[100, 105]], 'fever'), {
      status: 'skipped',
      kind: 'out-of-range',
      reason: 'The offsets 100-105 lie outside the text of 5 characters, or overlap.',
    });
  });

  test('skips offsets that hold no character', () => {
    const verdict = checkOffsets('short', [[3, 3]], 'fever');
    assert.deepEqual(verdict, {
      status: 'skipped',
      kind: 'out-of-range',
      reason: 'The offsets 3-3 hold no character.',
    });
  });

  test('checks the pieces of a discontinuous annotation together and moves them together', () => {
    const sentence = 'Acute renal and late liver failure';
    const pieces = [
      [6, 11],
      [21, 26],
    ] as const;
    const shifted = pieces.map(([start, end]) => [start + 2, end + 2] as const);
    assert.equal(checkOffsets(sentence, pieces, 'renal liver').status, 'ok');
    assert.equal(checkOffsets(sentence, pieces, 'renalliver').status, 'ok');
    assert.equal(checkOffsets(sentence, pieces, 'renal heart').status, 'skipped');
    const moved = checkOffsets(sentence, shifted, 'renal liver');
    assert.deepEqual(moved.status === 'repaired' && moved.pieces, pieces);
  });

  test('never puts note text into a reason', () => {
    const reasons = [
      checkOffsets(text, [[0, 5]], 'sentinelword'),
      checkOffsets(text, [[10, 20]], 'chest pain'),
      checkOffsets(text, [[7, 17]], 'CHEST pain'),
    ].map((verdict) => (verdict.status === 'ok' ? '' : verdict.reason));
    assert.doesNotMatch(reasons.join(' '), /sentinelword|chest/i);
  });
});
