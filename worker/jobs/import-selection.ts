/** Which documents an import keeps when the user lists names. */
import { auditName, type FileGroup } from '../formats/format.ts';

export interface Selection {
  /** Whether a document is wanted, by its name, its group's name, or the name of one of its files. */
  takesDocument(group: FileGroup, name: string): boolean;
  /** Whether a file (relative, as the audit names it) is wanted. */
  takesFile(file: string): boolean;
  /** Listed names that nothing has answered to so far, in the order of the list. */
  notFound(): string[];
}

/** `only`: names or base names, with or without extension; everything is wanted when it is undefined. */
export function openSelection(only: readonly string[] | undefined): Selection {
  const wanted = new Map((only ?? []).map((name) => [normalised(name), name]));
  const found = new Set<string>();

  function takes(names: readonly string[]): boolean {
    if (only === undefined) return true;
    const hits = names.flatMap((name) => [name, baseOf(name)]).filter((name) => wanted.has(name));
    hits.forEach((name) => found.add(name));
    return hits.length > 0;
  }

  return {
    takesDocument(group, name) {
      return takes([name, group.name, ...group.files.map((_, index) => auditName(group, index))]);
    },
    takesFile(file) {
      return takes([file, file.replace(/\.[^./]*$/, '')]);
    },
    notFound() {
      return [...wanted].filter(([name]) => !found.has(name)).map(([, listed]) => listed);
    },
  };
}

function normalised(name: string): string {
  return name
    .trim()
    .replace(/\\/g, '/')
    .replace(/^(?:\.\/)+/, '');
}

function baseOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
