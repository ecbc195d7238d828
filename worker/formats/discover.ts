/** Finds the files that make up each document below what the user named. */
import { basename } from 'node:path';
import type { AuditRow, FormatName } from '../domain/document.ts';
import { AppError } from '../domain/errors.ts';
import { annotationNames, columnEnding, isAccompanying, textEnding } from './file-kinds.ts';
import type { FileGroup } from './format.ts';
import { findPairs, type FoundGroup } from './pairs.ts';
import { listFiles, unreadableRow, type FoundFile } from './walk.ts';

export interface Discovery {
  readonly groups: readonly FileGroup[];
  /** Files without a partner, folders that could not be read. */
  readonly audit: readonly AuditRow[];
}

/**
 * The file groups of a format below the paths, sorted, each file once. What cannot be used becomes a row of the audit.
 * @throws AppError `file-not-found` for a path that does not exist; `folder-empty` where nothing of the format is found.
 */
export function discoverGroups(paths: readonly string[], format: FormatName): Discovery {
  const listing = listFiles(paths);
  const files = listing.files.filter((file) => file.isNamed || !isAccompanying(file.base));
  const { groups, audit } = groupsOf(files, format);
  audit.push(...listing.unreadable.map(({ relative }) => unreadableRow(relative)));
  if (groups.length === 0 && audit.length === 0) throw nothingFound(paths, format);
  return { groups: namedGroups(groups), audit };
}

/**
 * Every .txt note below the paths, each a group of one, named relative to its folder. A folder that cannot be read is a group
 * too: reading it fails, so it is reported like a note that cannot be read.
 * @throws AppError `file-not-found`; `folder-empty` where there is no .txt file.
 */
export function discoverNotes(paths: readonly string[]): FileGroup[] {
  const { files, unreadable } = listFiles(paths);
  const notes = files.filter((file) => file.isNamed || textEnding.test(file.base));
  const groups = namedGroups(notes.map((file) => singleFile(file, textEnding)));
  const folders = unreadable.map(({ path, relative }) => ({ name: relative, files: [path] }));
  if (groups.length === 0 && folders.length === 0) throw nothingFound(paths, 'text');
  return [...groups, ...folders];
}

function groupsOf(files: readonly FoundFile[], format: FormatName): { groups: FoundGroup[]; audit: AuditRow[] } {
  if (format !== 'conll' && format !== 'text') return findPairs(files, format);
  const ending = format === 'conll' ? columnEnding : textEnding;
  const wanted = files.filter((file) => file.isNamed || ending.test(file.base));
  return { groups: wanted.map((file) => singleFile(file, /\.[^./]*$/)), audit: [] };
}

function singleFile(file: FoundFile, ending: RegExp): FoundGroup {
  return { root: file.root, name: file.relative.replace(ending, ''), files: [file.path] };
}

/** Names are made unique: by the named folder in front where folders hold files of one name, then by a number. */
function namedGroups(groups: readonly FoundGroup[]): FileGroup[] {
  const uses = Map.groupBy(groups, (group) => group.name);
  const taken = new Set<string>();
  return groups.map((group) => {
    const isShared = (uses.get(group.name)?.length ?? 0) > 1;
    const wanted = isShared ? `${basename(group.root)}/${group.name}` : group.name;
    let name = wanted;
    for (let number = 2; taken.has(name); number++) name = `${wanted} (${number})`;
    taken.add(name);
    return { name, files: group.files };
  });
}

function nothingFound(paths: readonly string[], format: FormatName): AppError {
  const wanted = {
    'i2b2-2010': `.txt files with ${annotationNames['i2b2-2010']} files`,
    'i2b2-2009': `notes with ${annotationNames['i2b2-2009']} files`,
    brat: `.txt files with ${annotationNames.brat} files`,
    conll: 'column files (.conll, .tsv, .iob, .txt, …)',
    text: '.txt files',
  };
  return new AppError('folder-empty', `No ${wanted[format]} were found.`, {
    details: {
      ...(paths[0] === undefined ? {} : { file: paths[0] }),
      nextStep: 'Name the folder that holds the files, or another format.',
    },
  });
}
