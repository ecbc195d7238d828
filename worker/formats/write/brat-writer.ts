/** Notes in brat's layout: NAME.txt with the verbatim text, NAME.ann with the annotations. */
import { join } from 'node:path';
import type { Span } from '../../domain/document.ts';
import { bratAnnotations } from './brat-annotations.ts';
import type { GoldWriter } from './gold-writer.ts';
import { openNoteNames, openOutputFolder } from './output-folder.ts';
import type { EntityWriter } from './tagged-note.ts';

/** What a tagger found, in `folder`/brat. Notes that failed are left out. @throws AppError as `openOutputFolder` does. */
export async function openBratEntities(folder: string): Promise<EntityWriter> {
  const brat = await openBratFolder(join(folder, 'brat'));
  return {
    async write(note) {
      await brat.write(note.name, note.text, note.spans);
    },
    fail: () => Promise.resolve(),
    async close() {
      await brat.close();
      return [brat.path];
    },
    discard: () => brat.discard(),
  };
}

/** Annotated documents in `folder`; discontinuous annotations keep their fragments. @throws as `openOutputFolder` does. */
export async function openBratGold(folder: string): Promise<GoldWriter> {
  const brat = await openBratFolder(folder);
  return {
    async write(document) {
      const written = await brat.write(document.name, document.text, document.spans);
      return { annotations: written, widened: 0, skipped: document.spans.length - written };
    },
    close: () => brat.close(),
    discard: () => brat.discard(),
  };
}

async function openBratFolder(folder: string) {
  const files = await openOutputFolder(folder);
  const names = openNoteNames();
  const labels = openLabelNames();
  return {
    path: folder,
    /** Number of annotations written. */
    async write(name: string, text: string, spans: readonly Span[]): Promise<number> {
      const path = names.pathFor(name);
      const { lines, annotations } = bratAnnotations(text, spans, (label) => labels.nameFor(label));
      await files.write(`${path}.txt`, text);
      await files.write(`${path}.ann`, lines);
      return annotations;
    },
    async close(): Promise<number> {
      const changed = labels.changed();
      if (changed.length > 0) {
        const rows = [['brat label', 'label'], ...changed].map((row) => `${row.join('\t')}\n`);
        await files.write('label-map.tsv', rows.join(''));
      }
      return files.commit();
    },
    discard: () => files.discard(),
  };
}

/** Label names as brat allows them; two labels never share one. */
function openLabelNames() {
  const given = new Map<string, string>();
  const taken = new Set<string>();

  function nameFor(label: string): string {
    const known = given.get(label);
    if (known !== undefined) return known;
    const safe = label.replace(/[^A-Za-z0-9_-]/gu, '_') || '_';
    let name = safe;
    for (let number = 2; taken.has(name); number++) name = `${safe}_${number}`;
    taken.add(name);
    given.set(label, name);
    return name;
  }

  return {
    /** The label's name in the files. */
    nameFor,
    /** Rows of name and label where the two differ. */
    changed: () =>
      [...given].filter(([label, name]) => label !== name).map(([label, name]) => [name, label.replace(/\s/g, ' ')]),
  };
}
