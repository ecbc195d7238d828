/** Reads plain notes: a text without annotations. */
import { tokenTable } from '../data/tokenize.ts';
import type { FormatReader } from './format.ts';

/** One document a file, with our own tokens and sentences. */
export const plainText: FormatReader = {
  format: 'text',
  read(group, files) {
    const text = files[0]?.text ?? '';
    const document = { name: group.name, text, tokens: tokenTable(text), spans: [] };
    return [{ document, counts: { ok: 0, repaired: 0, skipped: 0 }, audit: [] }];
  },
};
