/** Brings texts and annotation files together: side by side, in sibling folders, or by a name that occurs once. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AuditRow } from '../domain/document.ts';
import { annotationEndings, annotationNames, textEnding, type PairedFormat } from './file-kinds.ts';
import type { FoundFile } from './walk.ts';

/** A group whose name is not yet made unique. */
export interface FoundGroup {
  readonly root: string;
  readonly name: string;
  readonly files: readonly string[];
}

/** Groups in the order of their texts; a file without partner is a row of the audit. */
export function findPairs(
  files: readonly FoundFile[],
  format: PairedFormat,
): { groups: FoundGroup[]; audit: AuditRow[] } {
  const ending = annotationEndings[format];
  const candidates = withNeighbours(files, format);
  const annotations = Map.groupBy(
    candidates.filter((file) => ending.test(file.base)),
    (file) => stemOf(file, ending),
  );
  const texts = candidates.filter((file) => isText(file, format, annotations));
  const textsOfStem = Map.groupBy(texts, (file) => stemOf(file, textEnding));

  const groups: FoundGroup[] = [];
  const audit: AuditRow[] = [];
  const used = new Set<FoundFile>();
  for (const text of texts) {
    const stem = stemOf(text, textEnding);
    const isOnlyText = textsOfStem.get(stem)?.length === 1;
    const partners = partnersOf(text, annotations.get(stem) ?? [], isOnlyText);
    if (partners.length === 0) {
      audit.push(missing(text, `The text has no annotation file: expected ${stem} with ${annotationNames[format]}`));
      continue;
    }
    partners.forEach((partner) => used.add(partner));
    const isBeside = partners.every((partner) => dirname(partner.path) === dirname(text.path));
    const name = text.relative.replace(textEnding, '');
    const found = { root: text.root, name: isBeside ? name : withoutLayoutFolder(name) };
    groups.push({ ...found, files: [text.path, ...partners.map((partner) => partner.path)] });
  }
  for (const file of [...annotations.values()].flat().filter((candidate) => !used.has(candidate))) {
    audit.push(missing(file, `The annotation file has no text: expected ${stemOf(file, ending)}.txt`));
  }
  return { groups, audit };
}

function missing(file: FoundFile, what: string): AuditRow {
  const reason = `${what} beside it or in a sibling folder. Add that file, or ignore this one.`;
  return { file: file.relative, status: 'skipped', kind: 'partner-missing', reason };
}

function stemOf(file: FoundFile, ending: RegExp): string {
  return file.base.replace(ending, '');
}

/** In i2b2 2009 notes have no extension; such a file counts when there are entries for it. */
function isText(file: FoundFile, format: PairedFormat, annotations: ReadonlyMap<string, unknown>): boolean {
  if (textEnding.test(file.base)) return true;
  return format === 'i2b2-2009' && !file.base.includes('.') && annotations.has(file.base);
}

/** The annotation files of a text: those beside it, else one in a sibling folder, else the only one of that name. */
function partnersOf(text: FoundFile, named: readonly FoundFile[], isOnlyText: boolean): readonly FoundFile[] {
  const folder = dirname(text.path);
  const beside = named.filter((file) => dirname(file.path) === folder);
  if (beside.length > 0) return beside;
  const siblings = named.filter((file) => dirname(dirname(file.path)) === dirname(folder));
  if (siblings.length > 0) return sameFolder(siblings);
  return isOnlyText ? sameFolder(named) : [];
}

/** Of files in several folders, those in the first. */
function sameFolder(files: readonly FoundFile[]): readonly FoundFile[] {
  const first = files[0];
  return first === undefined ? [] : files.filter((file) => dirname(file.path) === dirname(first.path));
}

/** `site/txt/record-1` is the document `site/record-1`: the folder only parts texts from annotations. */
function withoutLayoutFolder(name: string): string {
  return name.replace(/(^|\/)(?:txt|texts?|notes?|docs?|documents?)\/([^/]+)$/i, '$1$2');
}

const neighbourEndings: Readonly<Record<PairedFormat, readonly string[]>> = {
  'i2b2-2010': ['.txt', '.con'],
  'i2b2-2009': ['.txt', '', '.i2b2.entries', '.entries', '.m'],
  brat: ['.txt', '.ann', '.a1', '.a2'],
};

/** For files that the user named one by one, the partners beside them. */
function withNeighbours(files: readonly FoundFile[], format: PairedFormat): FoundFile[] {
  const known = new Set(files.map((file) => file.path));
  const all = [...files];
  for (const file of files.filter((candidate) => candidate.isNamed)) {
    const stem = file.base.replace(annotationEndings[format], '').replace(textEnding, '');
    for (const base of neighbourEndings[format].map((ending) => stem + ending)) {
      const path = join(file.root, base);
      if (known.has(path) || !existsSync(path)) continue;
      known.add(path);
      all.push({ path, root: file.root, relative: base, base, isNamed: false });
    }
  }
  return all;
}
