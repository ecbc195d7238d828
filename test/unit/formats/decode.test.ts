/** Decoding of files: every encoding that notes come in, and the refusal of what is not text. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import iconv from 'iconv-lite';
import { decodeAllowingEmpty, decodeFile } from '../../../worker/formats/decode.ts';

const note = 'Température 38,5 °C.\nPatient naïve.\n';

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

describe('decodeFile', () => {
  test('reads UTF-8 and says how lines end', () => {
    const decoded = decodeFile(Buffer.from(note));
    assert.deepEqual(decoded, { text: note, encoding: { encoding: 'utf-8', bom: false, newline: 'lf' } });
  });

  test('removes a UTF-8 byte order mark and remembers it', () => {
    const decoded = decodeFile(Buffer.from(`\ufeff${note}`));
    assert.equal(decoded.text, note);
    assert.deepEqual(decoded.encoding, { encoding: 'utf-8', bom: true, newline: 'lf' });
  });

  for (const [encoding, bom, bytes] of [
    ['utf-16le', true, Buffer.from(`\ufeff${note}`, 'utf16le')],
    ['utf-16be', true, utf16be(`\ufeff${note}`)],
    ['utf-16le', false, Buffer.from(note, 'utf16le')],
    ['utf-16be', false, utf16be(note)],
  ] as const) {
    test(`reads ${encoding} ${bom ? 'with' : 'without'} a byte order mark`, () => {
      const decoded = decodeFile(bytes);
      assert.equal(decoded.text, note);
      assert.deepEqual(decoded.encoding, { encoding, bom, newline: 'lf' });
    });
  }

  test('reads Western European bytes as Windows-1252 and says so', () => {
    const text = 'Sjögren’s – temp. 38°, café-au-lait spots';
    const decoded = decodeFile(iconv.encode(text, 'windows-1252'));
    assert.equal(decoded.text, text);
    assert.equal(decoded.encoding.encoding, 'windows-1252');
  });

  test('reads bytes that Windows-1252 leaves undefined as Latin-1', () => {
    const decoded = decodeFile(Buffer.from('caf\u00e9 \u0081 na\u00efve', 'latin1'));
    assert.deepEqual([decoded.text, decoded.encoding.encoding], ['caf\u00e9 \u0081 na\u00efve', 'iso-8859-1']);
  });

  test('reads another script when the detector is sure of it', () => {
    const text = 'Пациент поступил с жалобами на боль в груди и одышку. Анамнез: гипертония.';
    const decoded = decodeFile(iconv.encode(text, 'windows-1251'));
    assert.deepEqual([decoded.text, decoded.encoding.encoding], [text, 'windows-1251']);
  });

  for (const [name, text, newline] of [
    ['CR LF', 'a\r\nb\r\n', 'crlf'],
    ['CR', 'a\rb\r', 'cr'],
    ['mixed line ends', 'a\r\nb\nc', 'mixed'],
    ['form feed', 'page one\fpage two', 'none'],
    ['NUL', 'a\0b', 'none'],
    ['decomposed accents', 'e\u0301', 'none'],
    ['emoji', 'a 😀 b', 'none'],
    ['a second byte order mark', 'a\ufeffb', 'none'],
  ] as const) {
    test(`keeps ${name} verbatim`, () => {
      const decoded = decodeFile(Buffer.from(text));
      assert.deepEqual([decoded.text, decoded.encoding.newline], [text, newline]);
    });
  }

  test('keeps a lone surrogate of UTF-16', () => {
    const text = '\ufeffok \ud83d broken';
    assert.equal(decodeFile(Buffer.from(text, 'utf16le')).text, text.slice(1));
  });

  test('keeps a lone surrogate written as three bytes in UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('é '), Buffer.from([0xed, 0xa0, 0xbd]), Buffer.from(' 😀')]);
    assert.equal(decodeFile(bytes).text, 'é \ud83d 😀');
  });

  for (const [name, bytes, message] of [
    ['no bytes', Buffer.alloc(0), 'The file is empty.'],
    ['only a byte order mark', Buffer.from('\ufeff'), 'The file holds only white space.'],
    ['only white space', Buffer.from(' \n\t\r\n'), 'The file holds only white space.'],
  ] as const) {
    test(`refuses ${name}`, () => {
      assert.throws(() => decodeFile(bytes, 'a.txt'), {
        code: 'file-empty',
        message,
        details: { file: 'a.txt', nextStep: 'Remove the file or replace it with one that has text.' },
      });
    });
  }

  for (const [name, bytes, message] of [
    ['a PDF', Buffer.from('%PDF-1.7 stream'), 'The file is a PDF document, not plain text.'],
    ['rich text', Buffer.from('{\\rtf1\\ansi hello}'), 'The file is a rich text (RTF) document, not plain text.'],
    [
      'an Office document',
      Buffer.from('PK\x03\x04rest'),
      'The file is a ZIP archive or an Office document (.docx, .xlsx), not plain text.',
    ],
    ['zeros', Buffer.alloc(100), 'The file is not text.'],
    [
      'binary bytes',
      Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 197 + (i >> 4)) % 256)),
      'The file is not text.',
    ],
  ] as const) {
    test(`refuses ${name} and says what to do`, () => {
      assert.throws(() => decodeFile(bytes, 'a.txt'), {
        code: 'encoding-unknown',
        message,
        details: { file: 'a.txt', nextStep: 'Save it as plain text (.txt, UTF-8), or remove it from the folder.' },
      });
    });
  }

  test('refuses UTF-8 with damaged bytes instead of garbling every accent', () => {
    const bytes = Buffer.concat([Buffer.from('é'.repeat(40)), Buffer.from([0xe9]), Buffer.from(' fin')]);
    assert.throws(() => decodeFile(bytes), {
      code: 'encoding-unknown',
      message: 'Most of the file is UTF-8, but some bytes are not.',
      details: { nextStep: 'Save the file again as UTF-8 text in the program that wrote it.' },
    });
  });

  test('refuses UTF-16 that ends in the middle of a character', () => {
    const bytes = Buffer.from('\ufeffabc', 'utf16le').subarray(0, 7);
    assert.throws(() => decodeFile(bytes), {
      code: 'encoding-unknown',
      message: 'The file is UTF-16 but ends in the middle of a character.',
    });
  });
});

test('decodeAllowingEmpty takes an annotation file without annotations', () => {
  assert.equal(decodeAllowingEmpty(Buffer.alloc(0)).text, '');
});
