/** A project with a quickly trained run, made once a test file and copied for each test: what reports, tagging and review start from. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { EventListener } from '../../electron/api/events.ts';
import { type Core, createCore } from '../../electron/core/main.ts';
import { createDatabase } from '../../electron/store/database.ts';
import { sampleNotes, writeBrat } from '../unit/core/brat-files.ts';
import { temporaryFolder } from '../unit/store/builders.ts';

/** A small network that learns the sample's few words in seconds. */
export const quickSettings: readonly string[] = [
  'characterEncoder.embeddingSize=6',
  'characterEncoder.hiddenSize=6',
  'wordEmbedding.size=10',
  'wordEncoder.hiddenSize=12',
  'decoder.hiddenSize=12',
  'decoder.tagEmbeddingSize=6',
  'training.batchSize=4',
  'training.batchesPerEpoch=10',
  'training.epochs=6',
  'training.learningRate=0.02',
];

/** Over the quick settings: enough to find most of the sample's entities. */
export const thoroughSettings: readonly string[] = [
  ...['wordEmbedding', 'characterEncoder', 'wordEncoder', 'decoder'].map((place) => `dropout.${place}=0`),
  'training.epochs=15',
];

/** Makes the project; `dispose` removes it. Source and target are notes of the same kind with the labels Drug and Sign. */
export async function trainProject(
  recipe: string,
  settings: readonly string[] = [],
): Promise<{ path: string; dispose: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'notegraft-trained-'));
  const path = join(folder, 'trained.ngr');
  createDatabase(path, '0.0.0');
  const core = createCore({ appVersion: '0.0.0' });
  await core.call('project.open', { path, access: 'write' });
  for (const role of ['source', 'target'] as const) {
    const notes = writeBrat(join(folder, role), sampleNotes(20, role));
    await core.call('corpora.import', { role, format: 'brat', paths: [notes] });
  }
  await core.call('corpora.split', { role: 'target', dev: 0.2, test: 0.2, seed: 1 });
  await core.call('training.train', { recipe, settings: [...quickSettings, ...settings], seed: 1, targetFraction: 1 });
  await core.close();
  return { path, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A core over a copy of the project, so that tests do not meet. */
export async function coreOverCopy(test: TestContext, path: string, onEvent?: EventListener): Promise<Core> {
  const copy = join(temporaryFolder(test), 'copy.ngr');
  copyFileSync(path, copy);
  const core = createCore({ appVersion: '0.0.0', ...(onEvent === undefined ? {} : { onEvent }) });
  test.after(() => core.close());
  await core.call('project.open', { path: copy, access: 'write' });
  return core;
}
