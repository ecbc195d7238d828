/** The tags of column files as they are written, for scoring under conventions that read tags and not entities. */
import { readFile } from 'node:fs/promises';
import { readColumns } from './columns.ts';
import { documentNames } from './conll.ts';
import { decodeFile } from './decode.ts';
import { discoverGroups } from './discover.ts';
import type { Tag } from './tag-schemes.ts';

/**
 * Tags by document name and sentence, e.g. `B-Drug`; letters in capitals.
 * @throws AppError as reading the files as documents does.
 */
export async function readTagFiles(paths: readonly string[]): Promise<Map<string, string[][]>> {
  const tags = new Map<string, string[][]>();
  for (const group of discoverGroups(paths, 'conll').groups) {
    const file = group.files[0] ?? '';
    const { documents } = readColumns(decodeFile(await readFile(file), file).text);
    const names = documentNames(group, documents);
    for (const [i, { sentences }] of documents.entries()) {
      tags.set(
        names[i] ?? group.name,
        sentences.map((sentence) => sentence.tags.map(writtenTag)),
      );
    }
  }
  return tags;
}

function writtenTag({ prefix, letter, label }: Tag): string {
  return prefix === 'O' ? 'O' : `${letter}-${label}`;
}
