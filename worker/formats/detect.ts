/** Finds out which format the files a user named are in, by their names and their first lines. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { FormatName } from '../domain/document.ts';
import { AppError } from '../domain/errors.ts';
import { readColumns } from './columns.ts';
import { readClassColumns } from './conll.ts';
import { annotationEndings, columnEnding, isAccompanying, textEnding, type PairedFormat } from './file-kinds.ts';
import { listFiles, type FoundFile } from './walk.ts';

/**
 * The one format the files are in. Plain .txt files without annotations are `text`.
 * @throws AppError `file-not-found`; `folder-empty` for no files at all; `format-unknown` saying why it cannot be told.
 */
export function detectFormat(paths: readonly string[]): FormatName {
  const files = listFiles(paths).files.filter((file) => file.isNamed || !isAccompanying(file.base));
  if (files.length === 0) {
    throw new AppError('folder-empty', 'The folder holds no files.', {
      details: { ...first(paths), nextStep: 'Name the folder that holds the corpus.' },
    });
  }
  const paired = pairedFormats(files);
  if (paired.length > 1) throw unknown(paths, `The files are of several formats: ${paired.join(', ')}.`);
  if (paired[0] !== undefined) return paired[0];

  const looks = files
    .filter((file) => file.isNamed || columnEnding.test(file.base))
    .slice(0, sampleFiles)
    .map(lookOf);
  const other = looks.find((look) => look === 'PubTator' || look === 'XML');
  if (other !== undefined) throw unknown(paths, `The files look like ${other}, which cannot be read yet.`);
  const columns = looks.filter((look) => look === 'columns').length;
  if (columns > 0 && columns === looks.length) return 'conll';
  if (columns > 0) throw unknown(paths, 'Some files hold columns with tags, others running text.');
  if (files.some((file) => textEnding.test(file.base))) return 'text';
  throw unknown(paths, `No file is of a known format; there are ${endingsOf(files)}.`);
}

/** Files whose first lines are looked at, and how much of each. */
const sampleFiles = 20;
const sampleBytes = 65536;

const pairedNames: readonly PairedFormat[] = ['i2b2-2010', 'i2b2-2009', 'brat'];

function pairedFormats(files: readonly FoundFile[]): PairedFormat[] {
  return pairedNames.filter((format) =>
    files.some(
      (file) => annotationEndings[format].test(file.base) && (format !== 'i2b2-2009' || looksLikeEntries(file)),
    ),
  );
}

/** `.m` is also the ending of programs. */
function looksLikeEntries(file: FoundFile): boolean {
  const start = startOf(file.path).trimStart();
  return start === '' || /^\w+="/.test(start);
}

type Look = 'columns' | 'PubTator' | 'XML' | 'text';

function lookOf(file: FoundFile): Look {
  const start = startOf(file.path);
  if (/^\s*\d+\|t\|/.test(start)) return 'PubTator';
  if (/^\s*<\?xml\s/.test(start)) return 'XML';
  const { tokenLines, tagLines } = readColumns(start);
  if (tagLines > 0 && tagLines >= 0.9 * tokenLines) return 'columns';
  // Where the name says nothing, lines that end alike are still a note more often than they are classes.
  return !textEnding.test(file.base) && readClassColumns(start) !== null ? 'columns' : 'text';
}

/**
 * The first whole lines, read as Latin-1 without zeros: enough to see ASCII structure in any encoding. Nothing where the file
 * cannot be read: reading it for good will say so.
 */
function startOf(path: string): string {
  const bytes = Buffer.alloc(sampleBytes);
  const length = readStart(path, bytes);
  const text = bytes.toString('latin1', 0, length).replace(/\0|^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/g, '');
  return length < sampleBytes ? text : text.slice(0, text.lastIndexOf('\n') + 1);
}

function readStart(path: string, bytes: Buffer): number {
  try {
    const file = openSync(path, 'r');
    try {
      return readSync(file, bytes, 0, bytes.length, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    return 0;
  }
}

/** At most five endings of the files' names, the most frequent first; never whole names. */
function endingsOf(files: readonly FoundFile[]): string {
  const counts = [
    ...Map.groupBy(files, (file) => /\.[^.]*$/.exec(file.base)?.[0].toLowerCase() ?? 'files without ending'),
  ];
  const frequent = counts.sort(([, a], [, b]) => b.length - a.length).slice(0, 5);
  return frequent.map(([ending, found]) => `${ending} (${found.length})`).join(', ');
}

function unknown(paths: readonly string[], message: string): AppError {
  return new AppError('format-unknown', message, {
    details: {
      ...first(paths),
      nextStep: 'Say which format it is (--format on the command line), or choose a folder with files of one format.',
    },
  });
}

function first(paths: readonly string[]): { file?: string } {
  return paths[0] === undefined ? {} : { file: paths[0] };
}
