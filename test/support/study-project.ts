/** A project of a few notes with a source, for studies whose trials take a moment. */
import type { TestContext } from 'node:test';
import type { EventListener } from '../../electron/api/events.ts';
import { type Core, createCore } from '../../electron/core/main.ts';
import { openProject } from '../../electron/store/project-store.ts';
import type { Role, Split } from '../../worker/domain/document.ts';
import { sampleNotes } from '../unit/core/brat-files.ts';
import { addDocument, document, newProject } from '../unit/store/builders.ts';
import { quickSettings } from './trained-project.ts';

/** Two epochs of a tiny network. */
export const trialSettings: readonly string[] = [...quickSettings, 'training.epochs=2', 'training.batchesPerEpoch=3'];

/** One process at a time and one thread, which is quickest for trials so small. */
export const alone = { parallel: 1, engine: { backend: 'simd', threads: 1 } } as const;

/** The path of a project with 8 training, 3 dev and 4 test notes of the target and 6 of the source. */
export function studyProject(t: TestContext): string {
  const path = newProject(t);
  const store = openProject(path, { access: 'write' });
  const add = (role: Role, split: Split, count: number): void => {
    for (const { name, text, entities } of sampleNotes(count, `${role}-${split}`)) {
      // Words apart by spaces, as the builder cuts them.
      const spaced = text.replaceAll('.', ' .').replaceAll('\n', ' ');
      const spans = entities.map(([label, surface]) => {
        const start = spaced.indexOf(surface);
        return { start, end: start + surface.length, label };
      });
      addDocument(store, document(name, spaced, spans), { role, split });
    }
  };
  store.transaction(() => {
    add('source', 'train', 6);
    add('target', 'train', 8);
    add('target', 'dev', 3);
    add('target', 'test', 4);
  });
  store.close();
  return path;
}

/** A core over the project at `path`, closed after the test. */
export async function coreOver(t: TestContext, path: string, onEvent?: EventListener): Promise<Core> {
  const core = createCore({ appVersion: '0.0.0', ...(onEvent === undefined ? {} : { onEvent }) });
  t.after(() => core.close());
  await core.call('project.open', { path, access: 'write' });
  return core;
}
