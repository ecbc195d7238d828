/** A project with two named sources, notes of the same kind as the target's, and a run that learned from both. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Core } from '../../electron/core/main.ts';
import { sampleNotes, writeBrat } from '../unit/core/brat-files.ts';
import { newProject, temporaryFolder } from '../unit/store/builders.ts';
import { coreOver } from './study-project.ts';
import { quickSettings } from './trained-project.ts';

/** Sources es and fr, of fr's 15 documents 3 held out for testing; Drug of es and Sign of fr are mapped. Run 1 is of ttn-HHI-crf. */
export async function trainOnTwoSources(t: TestContext): Promise<{ path: string; core: Core }> {
  const path = newProject(t);
  const core = await coreOver(t, path);
  for (const [role, count] of [
    ['es', 10],
    ['fr', 15],
    ['target', 10],
  ] as const) {
    const paths = [writeBrat(join(temporaryFolder(t), role), sampleNotes(count, role))];
    await core.call('corpora.import', { role, format: 'brat', paths });
    if (role !== 'es') await core.call('corpora.resplit', { role, dev: 0.2, test: 0.2, seed: 1 });
  }
  await core.call('labelMap.save', { source: 'es', map: { Drug: 'Drug' } });
  await core.call('labelMap.save', { source: 'fr', map: { Sign: 'Sign' } });
  const settings = [...quickSettings, 'training.epochs=1'];
  await core.call('training.train', { recipe: 'ttn-HHI-crf', settings, seed: 1, targetFraction: 1 });
  return { path, core };
}
