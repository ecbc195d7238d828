/** notegraft bench: tokens a second of training and tagging, on two column files. */
import { Command } from 'commander';
import { resolve } from 'node:path';
import type { CallOutput } from '../../api/contract.ts';
import { type EngineOptions, engineWish, positive, repeated, wholeNumber, withEngine } from '../options.ts';
import { grouped } from '../table.ts';
import { type CommonOptions, newCommand, withTerminal } from '../terminal.ts';

interface BenchOptions extends CommonOptions, EngineOptions {
  readonly recipe: string;
  readonly source: string;
  readonly target: string;
  readonly seconds: number;
  readonly batch: number;
  readonly set?: string[];
}

export function benchCommand(): Command {
  return new Command('bench')
    .description('measure throughput')
    .addCommand(measuring('train', 'tokens a second in training, both tasks counted'))
    .addCommand(measuring('tag', 'tokens a second in tagging'));
}

function measuring(what: 'train' | 'tag', description: string): Command {
  return withEngine(newCommand(what, description))
    .requiredOption('--recipe <name>', 'see `notegraft recipes`')
    .requiredOption('--source <file>', 'column file of the source')
    .requiredOption('--target <file>', 'column file of the target')
    .option('--seconds <number>', 'how long to measure', positive, 20)
    .option('--batch <sentences>', 'sentences a training batch', wholeNumber(1), 16)
    .option('--set <path=value>', 'change a key of the recipe; may be repeated', repeated)
    .action(async (options: BenchOptions) => {
      await withTerminal(options, async ({ core, print }) => {
        const result = await core.call('bench.run', {
          what,
          recipe: options.recipe,
          settings: options.set ?? [],
          sourceFile: resolve(options.source),
          targetFile: resolve(options.target),
          seconds: options.seconds,
          batchSize: options.batch,
          engine: engineWish(options),
        });
        print(result, () => benchText(what, result));
      });
    });
}

function benchText(what: string, result: CallOutput<'bench.run'>): string {
  const { recipe, backend, threads, batch, tokensPerSecond } = result;
  const setting = `batches of ${batch}, ${backend}, ${threads === 1 ? '1 thread' : `${threads} threads`}`;
  return `${what} ${recipe}: ${grouped(tokensPerSecond)} tokens/s (${setting})`;
}
