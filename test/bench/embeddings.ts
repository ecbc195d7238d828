/** Measures the training of word vectors on this machine, gensim's on the same text in turns with ours where it is installed. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { wordCollector, type CorpusWords } from '../../worker/data/corpus-words.ts';
import { subwordsOf } from '../../worker/data/subwords.ts';
import { embeddingSettingsSchema } from '../../worker/domain/embeddings.ts';
import { JobQueue } from '../../worker/engine/simd/jobs.ts';
import { applyMode, chooseKernels } from '../../worker/engine/simd/kernel-modes.ts';
import { discoverNotes } from '../../worker/formats/discover.ts';
import { readGroup } from '../../worker/formats/readers.ts';
import { trainSkipGram } from '../../worker/train/skip-gram.ts';
import { median, root } from './measure.ts';
import { alignedRow, columnWidths, whole, type Table } from './tables.ts';

const { values: options } = parseArgs({
  options: {
    notes: { type: 'string', multiple: true },
    /** Write the text there, for gensim_anchor.py, and measure nothing. */
    text: { type: 'string' },
    model: { type: 'string', multiple: true, default: ['word2vec', 'fasttext'] },
    threads: { type: 'string', multiple: true, default: ['1', '2'] },
    epochs: { type: 'string', default: '1' },
    repeats: { type: 'string', default: '3' },
  },
});
const settings = embeddingSettingsSchema.parse({ epochs: Number(options.epochs) });
const python = process.env['NOTEGRAFT_PYTHON'] ?? 'python3';
const sharedNotes = ['mtsamples-notes', 'chia-i2b2-2010/txt', 'maccrobat-brat'].map((name) =>
  join(root, '../shared/data', name),
);

const folder = mkdtempSync(join(os.tmpdir(), 'notegraft-bench-'));
try {
  const corpus = await readCorpus(options.notes ?? sharedNotes.filter((path) => existsSync(path)));
  if (options.text === undefined) await compare(corpus);
  else writeFileSync(options.text, sentencesOf(corpus));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Ours and gensim's in turns, so that both see the same quiet and busy minutes. */
async function compare(corpus: CorpusWords): Promise<void> {
  const text = join(folder, 'text.txt');
  writeFileSync(text, sentencesOf(corpus));
  const { mode } = await chooseKernels();
  const hasGensim = spawnSync(python, ['-c', 'import gensim'], { stdio: 'ignore' }).status === 0;
  console.log(
    `${whole(corpus.tokens)} tokens, ${whole(corpus.words.length)} words, 100 dimensions, ${settings.epochs} epochs, window 5, negatives 5, kernels ${mode}.`,
  );
  if (!hasGensim)
    console.log(`Without gensim beside it: ${python} has no module gensim (NOTEGRAFT_PYTHON names another Python).`);
  const columns = ['model', 'threads', 'tokens/s', 'gensim', 'ratio', 'load'];
  const table: Table = { title: 'Word vectors', columns, rows: [] };
  console.log(alignedRow(columns, columnWidths(table)));
  for (const model of options.model) {
    for (const threads of options.threads.map(Number)) {
      const pairs = [];
      for (let i = 0; i < Number(options.repeats); i++) {
        const ours = await measureOurs(corpus, model, threads, mode);
        pairs.push({ ours, anchor: hasGensim ? measureGensim(text, model, threads) : NaN });
      }
      const cells = [
        ...[model, String(threads), whole(median(pairs.map(({ ours }) => ours)))],
        hasGensim ? whole(median(pairs.map(({ anchor }) => anchor))) : '-',
        hasGensim ? median(pairs.map(({ ours, anchor }) => ours / anchor)).toFixed(1) : '-',
        (os.loadavg()[0] ?? 0).toFixed(1),
      ];
      console.log(alignedRow(cells, columnWidths(table)));
    }
  }
}

async function readCorpus(paths: readonly string[]): Promise<CorpusWords> {
  if (paths.length === 0) throw new RangeError('name folders of notes with --notes');
  const collector = wordCollector();
  for (const group of discoverNotes(paths)) {
    const reads = await readGroup(group, 'text').catch(() => []);
    for (const { document } of reads) collector.add(document.text, document.tokens);
  }
  return collector.finish(settings.minCount);
}

/** The text that we train on, a sentence a line. */
function sentencesOf({ words, text }: CorpusWords): string {
  return Array.from(text, (number) => (number === -1 ? '\n' : `${words[number] ?? ''} `)).join('');
}

async function measureOurs(
  corpus: CorpusWords,
  model: string,
  threads: number,
  mode: Parameters<typeof applyMode>[0],
): Promise<number> {
  const queue = new JobQueue(applyMode(mode));
  await queue.useThreads(threads);
  const subwords = model === 'fasttext' && settings.subwords ? subwordsOf(corpus.words, settings.subwords) : null;
  const training = trainSkipGram(queue, corpus, subwords, settings);
  let step = await training.next();
  while (!step.done) step = await training.next();
  await queue.close();
  return step.value.tokensPerSecond;
}

function measureGensim(text: string, model: string, threads: number): number {
  const program = join(root, 'test/bench/gensim_anchor.py');
  const words = [program, text, model, String(threads), String(settings.epochs), String(settings.subsample)];
  const { status, stdout } = spawnSync(python, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`gensim ended with code ${status}`);
  return (JSON.parse(stdout) as { tokensPerSecond: number }).tokensPerSecond;
}
