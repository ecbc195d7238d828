/** notegraft train: train a recipe on a project. */
import type { Command } from 'commander';
import { resolve } from 'node:path';
import type { CallOutput, EventListener } from '../../api/contract.ts';
import { fraction, repeated, wholeNumber } from '../options.ts';
import { epochLine } from '../progress.ts';
import { footnote, shortScore } from '../score-text.ts';
import { counted, duration, grouped } from '../table.ts';
import { type CommonOptions, newCommand, type Terminal, withProject } from '../terminal.ts';

interface TrainOptions extends CommonOptions {
  readonly recipe: string;
  readonly seed: number;
  readonly epochs?: number;
  readonly targetFraction: number;
  readonly embeddings?: string;
  readonly set?: string[];
}

export function trainCommand(): Command {
  return newCommand('train', 'train a recipe; Ctrl-C stops and keeps the best model so far')
    .argument('<project>')
    .requiredOption('--recipe <name>', 'baseline, dtn, dtn-hs or ttn-XYZ with X, Y, Z each one of I, S, H')
    .option('--seed <number>', 'the same seed gives the same model', wholeNumber(0), 1)
    .option('--epochs <number>', 'at most this many; the same as --set training.epochs=…', wholeNumber(1))
    .option('--target-fraction <share>', 'train on this share of the target documents, 0 to 1', fraction, 1)
    .option('--embeddings <file>', 'word vectors, GloVe or word2vec text, plain or .gz')
    .option('--set <path=value>', 'change a key of the recipe; may be repeated', repeated)
    .action(async (project: string, options: TrainOptions) => {
      const epochs = options.epochs === undefined ? [] : [`training.epochs=${options.epochs}`];
      const work = async ({ core, print }: Terminal): Promise<void> => {
        const result = await core.call('training.train', {
          recipe: options.recipe,
          settings: [...(options.set ?? []), ...epochs],
          seed: options.seed,
          targetFraction: options.targetFraction,
          ...(options.embeddings === undefined ? {} : { embeddings: resolve(options.embeddings) }),
        });
        print(result, () => trainText(result));
      };
      await withProject(project, 'write', options, work, sayEpochs);
    });
}

/** An event says only that there is an epoch; the line is asked for. */
function sayEpochs({ core, say }: Terminal): EventListener {
  return (name, data) => {
    if (name !== 'run.epoch' || !('epoch' in data)) return;
    void core.call('runs.epochs', { run: data.run }).then(({ epochs }) => {
      const epoch = epochs.find((candidate) => candidate.epoch === data.epoch);
      if (epoch !== undefined) say(epochLine(epoch));
    });
  };
}

function trainText(result: CallOutput<'training.train'>): string {
  const lines = [
    `Run ${result.run}: ${result.recipe}, ${counted(result.epochs, 'epoch')} in ${duration(result.seconds)} (best: ${result.bestEpoch}), ${grouped(result.tokensPerSecond)} tokens/s`,
    '',
    shortScore('dev', result.dev),
  ];
  if (result.test === null) lines.push('', 'No test documents, so no test score.');
  else lines.push('', shortScore('test', result.test));
  return [...lines, '', footnote(result.dev)].join('\n');
}
