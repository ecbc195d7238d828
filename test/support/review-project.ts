/** A project with tagged notes to review: some from a quickly trained model, and, where asked for, one very long note or very many. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCore } from '../../electron/core/main.ts';
import { openProject } from '../../electron/store/project-store.ts';
import type { PredictedSpan } from '../../worker/domain/document.ts';
import { sampleNotes } from '../unit/core/brat-files.ts';
import { thoroughSettings, trainProject } from './trained-project.ts';

/** Line breaks of two kinds, accents, an emoji of several code points before the entities. */
export const unusualNote = {
  name: 'visit-é',
  text: 'Señora 👩‍⚕️ Müller was seen today.\r\nGiven aspirin for nausea.\r\nDenies fever, café au lait spots.\r\n',
};

/** Trains, and tags a folder of six notes as tagging 1. `dispose` removes the project. */
export async function reviewProject(): Promise<{ path: string; dispose: () => void }> {
  const project = await trainProject('baseline', thoroughSettings);
  const folder = mkdtempSync(join(tmpdir(), 'notegraft-notes-'));
  const notes = join(folder, 'notes');
  mkdirSync(notes);
  for (const { name, text } of sampleNotes(5, 'new')) {
    writeFileSync(join(notes, `${name}.txt`), text.replaceAll('Patient', 'Patient number'));
  }
  writeFileSync(join(notes, `${unusualNote.name}.txt`), unusualNote.text);
  const core = createCore({ appVersion: '0.0.0' });
  await core.call('project.open', { path: project.path, access: 'write' });
  await core.call('tagging.start', { run: 1, paths: [notes] });
  await core.close();
  rmSync(folder, { recursive: true, force: true });
  return project;
}

/** One more tagging, of a note with `characters` and `entities`; its ids. The text is lines of about 60 characters. */
export function addLongNote(
  path: string,
  { characters, entities }: { characters: number; entities: number },
): { tagging: number; note: number } {
  const line = 'Given aspirin 100 mg for chest pain, then seen on the ward.\n';
  const text = line.repeat(Math.ceil(characters / line.length));
  const everyLines = Math.max(1, Math.floor(text.length / line.length / (entities / 2)));
  const spans = Array.from({ length: entities }, (_, index): PredictedSpan => {
    const start = Math.floor(index / 2) * everyLines * line.length + (index % 2 === 0 ? 6 : 25);
    const confidence = ((index * 37) % 100) / 100;
    return { start, end: start + (index % 2 === 0 ? 7 : 10), label: index % 2 === 0 ? 'Drug' : 'Sign', confidence };
  });
  return addNotes(path, [{ name: 'long', text, spans }]);
}

/** One more tagging, of `count` notes with two entities each; its id. */
export function addManyNotes(path: string, count: number): { tagging: number; note: number } {
  const notes = Array.from({ length: count }, (_, index) => {
    const text = `Patient ${index} was seen.\nGiven aspirin for nausea.\n`;
    const start = text.indexOf('aspirin');
    return {
      name: `note-${String(index).padStart(5, '0')}`,
      text,
      spans: [
        { start, end: start + 7, label: 'Drug', confidence: ((index * 37) % 100) / 100 },
        { start: start + 12, end: start + 18, label: 'Sign', confidence: 0.5 },
      ],
    };
  });
  return addNotes(path, notes);
}

function addNotes(
  path: string,
  notes: readonly { name: string; text: string; spans: readonly PredictedSpan[] }[],
): { tagging: number; note: number } {
  const store = openProject(path, { access: 'write' });
  const tagging = store.taggings.start({ run: 1, modelHash: 'test', beamWidth: null, features: null, inProject: true });
  store.transaction(() => {
    store.taggedNotes.queue(
      tagging,
      notes.map(({ name }) => ({ name, path: `/gone/${name}.txt` })),
    );
    for (const { name, text, spans } of notes) {
      const words = [...text.matchAll(/\S+/g)];
      store.taggedNotes.store(tagging, {
        name,
        spans,
        document: {
          ...{ name, text, spans: [], format: 'text', encoding: { encoding: 'utf-8', bom: false, newline: 'lf' } },
          hash: createHash('sha256').update(`${name}${text}`).digest('hex'),
          tokens: {
            starts: Int32Array.from(words, (word) => word.index),
            ends: Int32Array.from(words, (word) => word.index + word[0].length),
            sentenceEnds: Int32Array.of(words.length),
          },
        },
      });
    }
  });
  store.taggings.finish(tagging, 'done');
  const [note = 0] = store.taggedNotes.tagged(tagging, false);
  store.close();
  return { tagging, note };
}
