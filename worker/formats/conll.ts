/** Reads column files in the manner of CoNLL: the first column is the token, the last the tag, or the token's class. */
import type { AnnotatedDocument, TokenTable } from '../domain/document.ts';
import { AppError } from '../domain/errors.ts';
import { readColumns, type ColumnDocument, type ColumnFault, type ColumnFile, type ColumnSentence } from './columns.ts';
import { auditName, type FileGroup, type FormatReader, type ReadDocument } from './format.ts';
import { detectScheme, readClass, readEntities, unnamedLabel, type TagScheme } from './tag-schemes.ts';
import { openTally, type Tally } from './tally.ts';

/** As many documents as the file has -DOCSTART- lines, else one. The text is the tokens joined by blanks, one sentence a line. */
export const conll: FormatReader = {
  format: 'conll',
  read(group, files) {
    const text = files[0]?.text ?? '';
    const tagged = readColumns(text);
    const isTagged = tagged.tagLines > 0 && tagged.tagLines >= 0.5 * tagged.tokenLines;
    const classes = isTagged ? null : readClassColumns(text);
    const columns = classes ?? tagged;
    if ((!isTagged && classes === null) || columns.documents.length === 0) throw noTags(group, columns);
    // A class is an entity of one token, whatever stands beside it.
    const scheme = classes ? 'IO' : detectScheme(columns.documents.flatMap((document) => document.sentences));
    const names = documentNames(group, columns.documents);
    const faults = Map.groupBy(columns.faults, (fault) => Math.min(fault.document, columns.documents.length - 1));
    return columns.documents.map((document, index) => {
      const tally = openTally();
      if (index === 0 && classes) noteClasses(auditName(group, 0), classes, tally);
      else if (index === 0) noteScheme(auditName(group, 0), scheme, columns, tally);
      noteFaults(auditName(group, 0), faults.get(index) ?? [], tally);
      return readDocument(names[index] ?? group.name, document, scheme, auditName(group, 0), tally);
    });
  },
};

function noTags(group: FileGroup, columns: ColumnFile): AppError {
  const message = `Only ${columns.tagLines} of ${columns.tokenLines} lines end in a tag such as O or B-Label.`;
  return new AppError('format-invalid', message, {
    details: {
      ...(group.files[0] === undefined ? {} : { file: group.files[0] }),
      nextStep: 'Give a file with one token a line, its tag (IOB, IOBES or BILOU) in the last column.',
    },
  });
}

/** Names of the documents of one file: as stated where all are, else numbered. */
export function documentNames(group: FileGroup, documents: readonly ColumnDocument[]): string[] {
  const stated = documents.map((document) => document.name);
  const areNames = stated.every((name) => name !== undefined) && new Set(stated).size === stated.length;
  if (areNames) return stated;
  if (documents.length === 1) return [group.name];
  const digits = Math.max(4, String(documents.length).length);
  return documents.map((_, index) => `${group.name}-${String(index + 1).padStart(digits, '0')}`);
}

/** A class file has this many tokens at least, each class on average as often as said, and not more classes: else it is text. */
const leastClassTokens = 50;
const leastTokensAClass = 4;
const mostClasses = 200;

/** The file as tokens with a class each (parts of speech); null where the last column is something else. */
export function readClassColumns(text: string): ColumnFile | null {
  const columns = readColumns(text, readClass);
  const rows = columns.documents.flatMap(({ sentences }) => sentences);
  const classes = new Set(rows.flatMap(({ tags }) => tags.map(({ label }) => label))).size;
  const { tokenLines, tagLines } = columns;
  const isRepeated = classes <= mostClasses && classes * leastTokensAClass <= tokenLines;
  return tokenLines >= leastClassTokens && tagLines === tokenLines && isRepeated ? columns : null;
}

function noteClasses(file: string, { documents }: ColumnFile, tally: Tally): void {
  const labels = documents.flatMap(({ sentences }) => sentences.flatMap(({ tags }) => tags.map(({ label }) => label)));
  tally.note(
    { file },
    'token-classes',
    `Each token has a class of its own, ${new Set(labels).size} in all, and no entities are marked.`,
  );
}

function noteScheme(file: string, scheme: TagScheme, { documents }: ColumnFile, tally: Tally): void {
  tally.note({ file }, 'tag-scheme', `The tags follow ${scheme}.`);
  const tags = documents.flatMap(({ sentences }) => sentences.flatMap((sentence) => sentence.tags));
  if (tags.some((tag) => tag.label === unnamedLabel && tag.prefix !== 'O')) {
    tally.note({ file }, 'label-missing', `Tags without a label are read as ${unnamedLabel}.`);
  }
}

const faultReasons = {
  'column-missing': 'The line has no tag column; its token is taken as O.',
  'tag-malformed': 'The last column is no tag; the token is taken as O.',
} as const;

/** A line without a usable tag may have held an annotation, so it counts as a skipped one. */
function noteFaults(file: string, faults: readonly ColumnFault[], tally: Tally): void {
  for (const fault of faults) {
    const place = { file, line: fault.line };
    if (fault.kind === 'token-empty') tally.note(place, fault.kind, 'The line has no token and is left out.');
    else tally.skip(place, fault.kind, faultReasons[fault.kind]);
  }
}

function readDocument(
  name: string,
  { sentences }: ColumnDocument,
  scheme: TagScheme,
  file: string,
  tally: Tally,
): ReadDocument {
  const { text, tokens } = joinTokens(sentences);
  let first = 0;
  for (const sentence of sentences) {
    for (const { start, end, label, fault } of readEntities(sentence, scheme)) {
      const pieces = [[tokens.starts[first + start] ?? 0, tokens.ends[first + end - 1] ?? 0]] as const;
      const place = { file, line: fault?.line ?? sentence.lines[start] ?? 0 };
      if (fault === undefined) tally.record(place, label, { status: 'ok', pieces });
      else {
        tally.record(place, label, {
          status: 'repaired',
          pieces,
          kind: 'transition-invalid',
          reason: `${fault.what}.`,
        });
      }
    }
    first += sentence.tokens.length;
  }
  const { spans, counts, audit } = tally.finish();
  const document: AnnotatedDocument = { name, text, tokens, spans };
  return { document, counts, audit };
}

function joinTokens(sentences: readonly ColumnSentence[]): { text: string; tokens: TokenTable } {
  const starts: number[] = [];
  const ends: number[] = [];
  const sentenceEnds: number[] = [];
  let at = 0;
  for (const { tokens } of sentences) {
    for (const token of tokens) {
      starts.push(at);
      ends.push(at + token.length);
      at += token.length + 1;
    }
    sentenceEnds.push(starts.length);
  }
  return {
    text: sentences.map(({ tokens }) => tokens.join(' ')).join('\n'),
    tokens: {
      starts: Int32Array.from(starts),
      ends: Int32Array.from(ends),
      sentenceEnds: Int32Array.from(sentenceEnds),
    },
  };
}
