/** Opens every writer of entities that a tagging run asked for, as one. */
import { openBratEntities } from './brat-writer.ts';
import { openEntityCsv } from './entities-csv.ts';
import { openEntityJsonl } from './entities-jsonl.ts';
import { openEntityWorkbook } from './entities-xlsx.ts';
import type { EntityWriter, RunDescription } from './tagged-note.ts';

const openers = {
  xlsx: (folder: string, run: RunDescription) => openEntityWorkbook(folder, run),
  csv: openEntityCsv,
  jsonl: openEntityJsonl,
  brat: openBratEntities,
};

/** The formats that entities can be written in: the protocol's WriteFormat. */
type WriteFormat = keyof typeof openers;

/**
 * Start writing entities to `outFolder` in each of `formats`; nothing with a final name is there before `close`.
 * @throws AppError naming the folder when it cannot be made or written to; `disk-full`.
 */
export async function openEntityWriters(
  outFolder: string,
  formats: readonly WriteFormat[],
  run: RunDescription,
): Promise<EntityWriter> {
  const writers: EntityWriter[] = [];
  // Should one not open, the temporary files of the others go.
  await using opened = new AsyncDisposableStack();
  for (const format of new Set(formats)) {
    writers.push(opened.adopt(await openers[format](outFolder, run), (writer) => writer.discard()));
  }
  opened.move();
  return {
    async write(note) {
      for (const writer of writers) await writer.write(note);
    },
    async fail(name, error) {
      for (const writer of writers) await writer.fail(name, error);
    },
    async close() {
      const paths: string[] = [];
      for (const writer of writers) paths.push(...(await writer.close()));
      return paths;
    },
    async discard() {
      for (const writer of writers) await writer.discard();
    },
  };
}
