/** A project over the sample's fictional notes, with both models of the demo trained, for what shows the window as users see it. */
import { join } from 'node:path';
import { createCore } from '../../electron/core/main.ts';
import { createDatabase } from '../../electron/store/database.ts';
import { sampleFolder } from './sample-wizard.ts';

/** Networks small enough for ten notes; `epochs` decides how well they learn them. */
export function sampleSettings(epochs: number): string[] {
  return [
    'characterEncoder.hiddenSize=32',
    'wordEmbedding.size=64',
    'wordEncoder.hiddenSize=64',
    'decoder.hiddenSize=48',
    'decoder.tagEmbeddingSize=16',
    ...['wordEmbedding', 'characterEncoder', 'wordEncoder', 'decoder'].map((place) => `dropout.${place}=0.3`),
    'training.batchSize=8',
    'training.batchesPerEpoch=50',
    'training.learningRate=0.005',
    `training.epochs=${epochs}`,
  ];
}

/** Run 1 is a baseline, run 2 a dtn-hs. */
export async function trainSample(path: string, epochs: number): Promise<void> {
  createDatabase(path, '0.0.0');
  const core = createCore({ appVersion: '0.0.0' });
  await core.call('project.open', { path, access: 'write' });
  await core.call('corpora.import', { role: 'source', format: 'auto', paths: [join(sampleFolder, 'source')] });
  for (const split of ['train', 'dev', 'test'] as const) {
    const paths = [join(sampleFolder, 'target', split)];
    await core.call('corpora.import', { role: 'target', split, format: 'auto', paths });
  }
  await core.call('labelMap.save', { map: { problem: 'Symptom', treatment: 'Drug', test: 'LabTest' } });
  for (const recipe of ['baseline', 'dtn-hs']) {
    await core.call('training.train', { recipe, settings: sampleSettings(epochs), seed: 1, targetFraction: 1 });
  }
  await core.close();
}
