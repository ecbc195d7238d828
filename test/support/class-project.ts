/** A project whose target gives each token a class: a tiny corpus in which a word's class depends on the word alone, some seen in test only. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Core } from '../../electron/core/main.ts';
import { newProject, temporaryFolder } from '../unit/store/builders.ts';
import { coreOver } from './study-project.ts';
import { quickSettings } from './trained-project.ts';

/** A training that takes a moment. */
export const classSettings: readonly string[] = [...quickSettings, 'training.epochs=1', 'training.batchesPerEpoch=3'];

export async function classProject(t: TestContext): Promise<{ path: string; core: Core }> {
  const path = newProject(t);
  const core = await coreOver(t, path);
  for (const [split, nouns] of [
    ['train', ['nurse', 'ward', 'pulse', 'dose']],
    ['dev', ['nurse', 'chart', 'dose']],
    ['test', ['pulse', 'valve', 'stent', 'ward']],
  ] as const)
    await importSentences(t, core, 'target', split, nouns);
  return { path, core };
}

/** A source of the same classes, parts of it held out, its classes mapped to themselves. */
export async function addClassSource(t: TestContext, core: Core): Promise<void> {
  for (const split of ['train', 'dev', 'test'] as const)
    await importSentences(t, core, 'source', split, ['lamp', 'chair', split]);
  const { map } = await core.call('labelMap.get', {});
  await core.call('labelMap.save', { map: Object.fromEntries(Object.keys(map).map((label) => [label, label])) });
}

async function importSentences(
  t: TestContext,
  core: Core,
  role: 'source' | 'target',
  split: 'train' | 'dev' | 'test',
  nouns: readonly string[],
): Promise<void> {
  const file = join(temporaryFolder(t), `${role}-${split}.tsv`);
  const sentences = Array.from({ length: 16 }, (_, index) => sentence(nouns[index % nouns.length] ?? '', index));
  writeFileSync(file, sentences.join('\n'));
  await core.call('corpora.import', { role, split, format: 'conll', paths: [file] });
}

function sentence(noun: string, index: number): string {
  const verb = ['rises', 'falls', 'stays'][index % 3] ?? '';
  return `The\tDT\n${noun}\tNN\n${verb}\tVBZ\n.\t.\n`;
}
