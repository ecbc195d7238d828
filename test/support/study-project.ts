/** A project of a few notes with a source, for studies whose trials take a moment. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { EventListener } from '../../electron/api/contract.ts';
import { type Core, createCore } from '../../electron/core/main.ts';
import { sampleNotes, writeBrat } from '../unit/core/brat-files.ts';
import { newProject, temporaryFolder } from '../unit/store/builders.ts';
import { quickSettings } from './trained-project.ts';

/** Two epochs of a tiny network. */
export const trialSettings: readonly string[] = [...quickSettings, 'training.epochs=2', 'training.batchesPerEpoch=3'];

/** One process at a time and one thread, which is quickest for trials so small. */
export const alone = { parallel: 1, engine: { backend: 'simd', threads: 1 } } as const;

/** The path of a project with 8 training, 3 dev and 4 test notes of the target and 6 of the source. */
export async function studyProject(t: TestContext): Promise<string> {
  const path = newProject(t);
  const core = createCore({ appVersion: '0.0.0' });
  await core.call('project.open', { path, access: 'write' });
  const folder = temporaryFolder(t);
  const add = async (role: 'source' | 'target', split: 'train' | 'dev' | 'test', count: number): Promise<void> => {
    const name = `${role}-${split}`;
    const paths = [writeBrat(join(folder, name), sampleNotes(count, name))];
    await core.call('corpora.import', { role, split, format: 'brat', paths });
  };
  await add('source', 'train', 6);
  await add('target', 'train', 8);
  await add('target', 'dev', 3);
  await add('target', 'test', 4);
  await core.close();
  return path;
}

/** A core over the project at `path`, closed after the test. */
export async function coreOver(t: TestContext, path: string, onEvent?: EventListener): Promise<Core> {
  const core = createCore({ appVersion: '0.0.0', ...(onEvent === undefined ? {} : { onEvent }) });
  t.after(() => core.close());
  await core.call('project.open', { path, access: 'write' });
  return core;
}
