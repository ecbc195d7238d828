/** The benchmark for a machine with a GPU: the webgpu backend at several batch sizes, and PyTorch on CUDA for the same work in the same run. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const shared = join(root, '../shared/bench');

const { values: options } = parseArgs({
  options: {
    recipe: { type: 'string', multiple: true, default: ['baseline', 'dtn-hs'] },
    batch: { type: 'string', multiple: true, default: ['16', '64', '256'] },
    source: { type: 'string', default: join(shared, 'iob/chia-train.tsv') },
    target: { type: 'string', default: join(shared, 'iob/maccrobat-train.tsv') },
    seconds: { type: 'string', default: '10' },
    backend: { type: 'string', default: 'webgpu' },
    torch: { type: 'string', default: 'cuda' },
  },
});

interface Outcome {
  readonly tokensPerSecond: number | null;
  /** Why there is no number. */
  readonly reason: string;
}

for (const file of [options.source, options.target]) {
  if (!existsSync(file)) throw new Error(`${file} is not there: name column files with --source and --target`);
}
console.log('recipe    batch  Notegraft tokens/s  PyTorch tokens/s  ratio');
for (const recipe of options.recipe) {
  for (const batch of options.batch) {
    const words = ['train', '--recipe', recipe, '--batch', batch, '--seconds', options.seconds];
    words.push('--source', options.source, '--target', options.target);
    const ours = measure(process.execPath, [
      join(root, 'electron/cli/notegraft.mjs'),
      'bench',
      ...words,
      '--backend',
      options.backend,
      '--json',
      '--quiet',
    ]);
    const torch = measure(process.env['NOTEGRAFT_PYTHON'] ?? 'python3', [
      join(root, 'test/bench/torch_cuda.py'),
      join(shared, 'torch_anchor.py'),
      ...words,
    ]);
    console.log(row(recipe, batch, ours, torch));
    for (const { reason } of [ours, torch]) if (reason !== '') console.log(`    ${reason}`);
  }
}

/** Runs a program whose last line is one JSON object. */
function measure(program: string, words: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(program, words, {
    encoding: 'utf8',
    cwd: root,
    env: { ...process.env, NOTEGRAFT_TORCH_DEVICE: options.torch },
  });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (status !== 0)
    return { tokensPerSecond: null, reason: stderr.trim().split('\n').at(-1) ?? 'ended without a word' };
  return { tokensPerSecond: (JSON.parse(last) as { tokensPerSecond: number }).tokensPerSecond, reason: '' };
}

function row(recipe: string, batch: string, ours: Outcome, torch: Outcome): string {
  const shown = ({ tokensPerSecond }: Outcome, width: number): string =>
    (tokensPerSecond?.toLocaleString('en') ?? '-').padStart(width);
  const ratio = ours.tokensPerSecond && torch.tokensPerSecond ? ours.tokensPerSecond / torch.tokensPerSecond : null;
  return `${recipe.padEnd(9)} ${batch.padStart(5)} ${shown(ours, 19)} ${shown(torch, 17)} ${(ratio?.toFixed(2) ?? '-').padStart(6)}`;
}
