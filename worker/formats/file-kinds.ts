/** What the names of corpus files say: text or annotation, and of which format. */
import type { FormatName } from '../domain/document.ts';

/** Formats whose annotations stand in files of their own, beside the text. */
export type PairedFormat = Extract<FormatName, 'i2b2-2010' | 'i2b2-2009' | 'brat'>;

/** Endings of annotation files; what stands before is the text's base name without extension. */
export const annotationEndings: Readonly<Record<PairedFormat, RegExp>> = {
  'i2b2-2010': /\.con$/i,
  'i2b2-2009': /(?:[_.]gold)?(?:\.i2b2)?(?:\.entries|\.m|\.i2b2)$/i,
  brat: /\.(?:ann|a1|a2)$/i,
};

/** How the annotation file of a text is called, for messages. */
export const annotationNames: Readonly<Record<PairedFormat, string>> = {
  'i2b2-2010': '.con',
  'i2b2-2009': '.i2b2.entries, .entries or .m',
  brat: '.ann',
};

export const textEnding = /\.txt$/i;

/** Endings under which column files are found in folders; a file that the user names may have any. */
export const columnEnding =
  /\.(?:conll(?:0[23]|2002|2003)?|iob[12]?|iobes|bio|bioes|bilou|bmes|tsv|txt|col|annotated|train|dev|devel|test[ab]?)$/i;

/** Files that come with a corpus and are no part of it. */
export function isAccompanying(base: string): boolean {
  const names =
    /^(?:readme|licen[cs]e(?:-third-party)?|source|changelog|copying|notice|authors|citation)(?:\.[a-z]+)?$/i;
  return names.test(base) || /\.(?:md|rst)$/i.test(base);
}
