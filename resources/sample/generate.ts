/** Writes the synthetic sample corpus: `node resources/sample/generate.ts [folder]`. The same files, bit for bit, each time. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deriveSeed } from '../../worker/domain/random.ts';
import { lexicon } from './lexicon.ts';
import { sourceFiles } from './source-corpus.ts';
import { targetFiles } from './target-corpus.ts';

const seed = 2151;

/** The folders that belong to the generator: it removes and writes them whole. */
export const generatedFolders = ['source', 'target', 'notes'] as const;

/** Every file of the sample: path relative to the sample's folder, with forward slashes, to content. */
export function sampleFiles(): Map<string, string> {
  const words = lexicon(deriveSeed(seed, 'lexicon'));
  return new Map([
    ...sourceFiles(words, deriveSeed(seed, 'source')),
    ...targetFiles(words, deriveSeed(seed, 'target')),
  ]);
}

/** Write the sample below `folder`, replacing what an earlier run wrote there. Returns the number of files. */
export function writeSample(folder: string): number {
  for (const name of generatedFolders) rmSync(join(folder, name), { recursive: true, force: true });
  const files = sampleFiles();
  for (const [path, content] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return files.size;
}

if (import.meta.main) {
  const folder = process.argv[2] ?? fileURLToPath(new URL('.', import.meta.url));
  console.log(`${writeSample(folder)} files written to ${folder}`);
}
