/** Rows of column files in the manner of CoNLL: finds the delimiter, and takes lines apart into token and tag. */
import { readTag, type Tag, type TagRow } from './tag-schemes.ts';

/** A sentence: its tokens beside their tags and 1-based lines. */
export interface ColumnSentence extends TagRow {
  readonly tokens: readonly string[];
}

export interface ColumnDocument {
  /** From the -DOCSTART- line, where it says one. */
  readonly name: string | undefined;
  readonly sentences: readonly ColumnSentence[];
}

/** A line that could not be taken as it is. */
export interface ColumnFault {
  readonly line: number;
  readonly kind: 'column-missing' | 'tag-malformed' | 'token-empty';
  readonly document: number;
}

export interface ColumnFile {
  readonly documents: readonly ColumnDocument[];
  readonly faults: readonly ColumnFault[];
  /** Lines that hold a token, and those of them whose last column is a tag. */
  readonly tokenLines: number;
  readonly tagLines: number;
}

/** Take a whole file apart; `readLast` reads what stands in the last column. Never throws; a file without tags shows in `tagLines`. */
export function readColumns(text: string, readLast: (written: string) => Tag | undefined = readTag): ColumnFile {
  const lines = text.split(/\r\n|\n|\r/);
  const delimiter = findDelimiter(lines);
  const documents: { name: string | undefined; sentences: ColumnSentence[] }[] = [];
  const faults: ColumnFault[] = [];
  let current = { name: undefined as string | undefined, sentences: [] as ColumnSentence[] };
  let sentence = openSentence();
  let tokenLines = 0;
  let tagLines = 0;

  const closeSentence = (): void => {
    if (sentence.tokens.length > 0) current.sentences.push(sentence);
    sentence = openSentence();
  };
  const closeDocument = (): void => {
    closeSentence();
    if (current.sentences.length > 0) documents.push(current);
  };

  lines.forEach((line, index) => {
    if (line.trim() === '') return closeSentence();
    const columns = split(line, delimiter);
    if (columns[0] === '-DOCSTART-') {
      closeDocument();
      current = { name: documentName(columns), sentences: [] };
      return;
    }
    const written = columns.at(-1) ?? '';
    const tag = columns.length > 1 ? readLast(written) : undefined;
    if (isComment(line, tag)) return;
    tokenLines++;
    const fault = (kind: ColumnFault['kind']): void => {
      faults.push({ line: index + 1, kind, document: documents.length });
    };
    if (tag !== undefined) tagLines++;
    else fault(columns.length > 1 ? 'tag-malformed' : 'column-missing');
    const token = columns[0] ?? '';
    if (token.trim() === '') return fault('token-empty');
    sentence.tokens.push(token);
    sentence.tags.push(tag ?? outsideTag);
    sentence.lines.push(index + 1);
  });
  closeDocument();
  return { documents, faults, tokenLines, tagLines };
}

const outsideTag: Tag = { prefix: 'O', label: '', letter: 'O' };

function openSentence(): { tokens: string[]; tags: Tag[]; lines: number[] } {
  return { tokens: [], tags: [], lines: [] };
}

/** Tab where nearly every line has one, else runs of blanks and tabs. */
function findDelimiter(lines: readonly string[]): '\t' | 'blanks' {
  const sample = lines.filter((line) => line.trim() !== '' && !line.startsWith('#')).slice(0, 1000);
  const tabbed = sample.filter((line) => line.includes('\t')).length;
  return tabbed > 0 && tabbed >= 0.9 * sample.length ? '\t' : 'blanks';
}

function split(line: string, delimiter: '\t' | 'blanks'): string[] {
  const trimmed = withoutTrailingBlanks(line);
  return delimiter === '\t' ? trimmed.split('\t') : trimmed.split(/[ \t]+/);
}

/** A loop, because a regular expression takes quadratic time on a long run of blanks inside the line. */
function withoutTrailingBlanks(line: string): string {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--;
  return line.slice(0, end);
}

/** Comment lines of CoNLL-U and of some exports; a token that is a number sign has a tag beside it. */
function isComment(line: string, tag: Tag | undefined): boolean {
  return line.startsWith('#') && (tag === undefined || /^# ?\S+ = /.test(line));
}

/** Our own export writes `-DOCSTART- -X- -X- name O` between tabs; elsewhere the fillers say nothing. */
function documentName(columns: readonly string[]): string | undefined {
  return columns.slice(1, -1).find((column) => !/^(?:-X-|-|_|O|)$/.test(column.trim()));
}
