/** Entities for programs: entities.jsonl, one JSON object a note and line, without the note's text. */
import { roundedConfidence } from './entity-rows.ts';
import { openOutputFile } from './output-file.ts';
import type { EntityWriter, RunDescription, TaggedNote } from './tagged-note.ts';

/**
 * Start `folder`/entities.jsonl: `{name, entities: [{start, end, label, text, confidence}]}` for a tagged note
 * (UTF-16 offsets, end exclusive), `{name, error: {code, message}}` for one that failed.
 * Without text the covered words are left out.
 * @throws AppError when the folder cannot be written to.
 */
export async function openEntityJsonl(
  folder: string,
  { withText = true }: Pick<RunDescription, 'withText'> = {},
): Promise<EntityWriter> {
  const file = await openOutputFile(folder, 'entities.jsonl');
  return {
    async write(note) {
      await file.write(`${JSON.stringify({ name: note.name, entities: entitiesOf(note, withText) })}\n`);
    },
    async fail(name, { code, message }) {
      await file.write(`${JSON.stringify({ name, error: { code, message } })}\n`);
    },
    async close() {
      return [await file.commit()];
    },
    discard: () => file.discard(),
  };
}

function entitiesOf(note: TaggedNote, withText: boolean): object[] {
  const sorted = note.spans.toSorted((a, b) => a.start - b.start || a.end - b.end);
  return sorted.map(({ start, end, label, fragments, confidence }) => ({
    start,
    end,
    label,
    ...(withText && { text: note.text.slice(start, end) }),
    confidence: roundedConfidence(confidence),
    ...(fragments && { fragments }),
  }));
}
