/** notegraft train: train a recipe on a project. */
import type { Command } from 'commander';
import type { Figure } from '../../../worker/domain/figures.ts';
import { AppError } from '../../../worker/domain/errors.ts';
import type { Task } from '../../../worker/domain/task-names.ts';
import type { CallInput, CallOutput } from '../../api/contract.ts';
import type { EventListener } from '../../api/events.ts';
import { engineLine } from '../engine-text.ts';
import {
  type EngineOptions,
  engineWish,
  type FeaturesOption,
  featuresFolder,
  fraction,
  repeated,
  sourcesOption,
  vectorsReference,
  wholeNumber,
  withEngine,
  withFeaturesOption,
} from '../options.ts';
import { epochLine } from '../progress.ts';
import { recipeChoice } from '../recipe-file.ts';
import { footnote, shortScore } from '../score-text.ts';
import { counted, duration, grouped } from '../table.ts';
import { type CommonOptions, newCommand, type Terminal, withProject } from '../terminal.ts';

interface TrainOptions extends CommonOptions, EngineOptions, FeaturesOption {
  readonly recipe?: string;
  readonly resume?: number;
  readonly seed: number;
  readonly epochs?: number;
  readonly targetFraction: number;
  readonly labelRate?: number;
  readonly embeddings?: string;
  readonly sources?: Task[];
  readonly set?: string[];
  readonly force?: true;
}

/** What only a new run takes: a run that goes on has them already. */
const ofNewRuns = ['recipe', 'seed', 'epochs', 'targetFraction', 'labelRate', 'embeddings', 'sources', 'set'];

export function trainCommand(): Command {
  const command = newCommand('train', 'train a recipe; Ctrl-C stops, and --resume goes on after the last whole epoch')
    .argument('<project>')
    .option(
      '--recipe <name>',
      'baseline, dtn, dtn-hs or ttn-XYZ with X, Y, Z each one of I, S, H, or another of `notegraft recipes`; or a .json file of a recipe',
    )
    .option('--resume <run>', 'go on with a run that was stopped, instead of a new one', wholeNumber(1))
    .option('--seed <number>', 'the same seed gives the same model', wholeNumber(0), 1)
    .option('--epochs <number>', 'at most this many; the same as --set training.epochs=…', wholeNumber(1))
    .option('--target-fraction <share>', 'train on this share of the target documents, 0 to 1', fraction, 1)
    .option(
      '--label-rate <share>',
      'learn from this share of their sentences, 0 to 1; the same as --set training.labelRate=…',
      fraction,
    )
    .option(
      '--embeddings <file>',
      'word vectors: GloVe, word2vec (text or binary) or fastText .vec, plain or .gz; or project, project:ID',
      vectorsReference,
    )
    .addOption(sourcesOption())
    .option('--set <path=value>', 'change a key of the recipe; may be repeated', repeated)
    .option('--force', 'start even where memory is expected not to do');
  return withEngine(withFeaturesOption(command)).action(
    async (project: string, options: TrainOptions, given: Command) => {
      const { resume: run, recipe } = options;
      const both = ofNewRuns.find((name) => given.getOptionValueSource(name) === 'cli');
      if (run !== undefined && both !== undefined)
        throw new AppError(
          'usage',
          'A run that goes on keeps its recipe and settings: give --resume alone (with --features where it reads some).',
        );
      const how = { ...featuresFolder(options), engine: engineWish(options), force: options.force === true };
      // Misuse is said before the project is opened.
      const begin = run === undefined ? newRun(options, recipe) : { run };
      const work = async ({ core, print }: Terminal): Promise<void> => {
        const result =
          'run' in begin
            ? await core.call('training.resume', { ...begin, ...how })
            : await core.call('training.train', { ...begin, ...how });
        print(result, () => trainText(result));
      };
      await withProject(project, 'write', options, work, sayEpochs);
    },
  );
}

function newRun(options: TrainOptions, recipe: string | undefined): CallInput<'training.train'> {
  if (recipe === undefined)
    throw new AppError('usage', 'Give --recipe for a new run, or --resume for one that was stopped.');
  const epochs = options.epochs === undefined ? [] : [`training.epochs=${options.epochs}`];
  const rate = options.labelRate === undefined ? [] : [`training.labelRate=${options.labelRate}`];
  return {
    recipe: recipeChoice(recipe),
    settings: [...(options.set ?? []), ...epochs, ...rate],
    seed: options.seed,
    targetFraction: options.targetFraction,
    ...(options.embeddings === undefined ? {} : { embeddings: options.embeddings }),
    ...(options.sources === undefined ? {} : { sources: options.sources }),
  };
}

/** An event says only that there is an epoch; the line is asked for. */
function sayEpochs({ core, say }: Terminal): EventListener {
  let figure: Figure = 'f1';
  return (name, data) => {
    if (name === 'run.prepared' && 'figure' in data) ({ figure } = data);
    if (name !== 'run.epoch' || !('epoch' in data)) return;
    void core.call('runs.epochs', { run: data.run }).then(({ epochs }) => {
      const epoch = epochs.find((candidate) => candidate.epoch === data.epoch);
      if (epoch !== undefined) say(epochLine(epoch, figure));
    });
  };
}

function trainText(result: CallOutput<'training.train'>): string {
  const lines = [
    `Run ${result.run}: ${result.recipe}, ${counted(result.epochs, 'epoch')} in ${duration(result.seconds)} (best: ${result.bestEpoch}), ${grouped(result.tokensPerSecond)} tokens/s`,
    engineLine(result.engine),
    ...result.engine.changes.map(({ reason, afterEpoch }) => `After epoch ${afterEpoch}: ${reason}`),
    '',
    shortScore(
      result.devFrom === 'target' ? 'dev' : 'dev (of the sources: the target’s has no annotation)',
      result.dev,
    ),
  ];
  if (result.test === null) lines.push('', 'No test documents, so no test score.');
  else lines.push('', shortScore('test', result.test));
  return [...lines, '', footnote(result.dev)].join('\n');
}
