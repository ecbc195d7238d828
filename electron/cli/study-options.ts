/** Options that the commands of studies share, and how a study is followed on stderr. */
import { type Command, InvalidArgumentError } from 'commander';
import { AppError } from '../../worker/domain/errors.ts';
import type { Task } from '../../worker/domain/task-names.ts';
import type { CallInput } from '../api/contract.ts';
import type { EventListener } from '../api/events.ts';
import {
  type EngineOptions,
  engineWish,
  featuresFolder,
  type FeaturesOption,
  repeated,
  sourcesOption,
  vectorsReference,
  wholeNumber,
  withEngine,
  withFeaturesOption,
} from './options.ts';
import { recipeChoice } from './recipe-file.ts';
import { trialLine } from './study-text.ts';
import type { CommonOptions, Terminal } from './terminal.ts';

/** How a study is run. */
export interface HowOptions extends CommonOptions, EngineOptions {
  readonly parallel?: number;
}

export interface StudyOptions extends HowOptions, FeaturesOption {
  readonly recipes: string[];
  readonly seeds: number[];
  readonly epochs?: number;
  readonly set?: string[];
  readonly sources?: Task[];
  readonly embeddings?: string;
  readonly keepModels?: true;
  readonly again?: true;
  readonly dryRun?: true;
}

/** Adds --parallel, --backend and --threads. */
export function withHow(command: Command): Command {
  return withEngine(
    command.option('--parallel <number>', 'trials at a time; as many as cores when left out', wholeNumber(1)),
    'cores of each trial; the cores shared out among the parallel ones when left out',
  );
}

/** Adds what curve and sweep have in common. */
export function withStudy(command: Command, recipes: string, seeds: string): Command {
  return withHow(
    withFeaturesOption(command)
      .argument('<project>')
      .requiredOption('--recipes <names>', recipes, words)
      .option('--seeds <number or list>', seeds, seedList, [1])
      .option('--epochs <number>', 'at most this many a trial; the same as --set training.epochs=…', wholeNumber(1))
      .option('--set <path=value>', 'change a key of every recipe; may be repeated', repeated)
      .addOption(sourcesOption())
      .option('--embeddings <file>', 'word vectors: a file, or `project` for those trained in the project')
      .option('--keep-models', 'keep the model of every trial in the project (tens of megabytes each)')
      .option('--again', 'begin a new study even where the same one is there')
      .option('--dry-run', 'say what would be trained, and about how long, and train nothing'),
  );
}

/** What a specification takes from the options, whatever its kind. */
export function specOptions(options: StudyOptions): {
  recipes: string[];
  ownRecipes?: Record<string, Record<string, unknown>>;
  seeds: number[];
  settings: string[];
  sources?: Task[];
  embeddings?: string;
  features?: string;
  keepModels: boolean;
} {
  const epochs = options.epochs === undefined ? [] : [`training.epochs=${options.epochs}`];
  return {
    ...namedRecipes(options.recipes),
    seeds: options.seeds,
    settings: [...(options.set ?? []), ...epochs],
    keepModels: options.keepModels === true,
    ...(options.sources === undefined ? {} : { sources: options.sources }),
    ...(options.embeddings === undefined ? {} : { embeddings: vectorsReference(options.embeddings) }),
    ...featuresFolder(options),
  };
}

/**
 * Recipes as a study takes them: names, and beside them whole what is read from files.
 * @throws AppError as `readJson`, `recipe-invalid` where two files hold recipes of one name.
 */
export function namedRecipes(words: readonly string[]): {
  recipes: string[];
  ownRecipes?: Record<string, Record<string, unknown>>;
} {
  const ownRecipes: Record<string, Record<string, unknown>> = {};
  const recipes = words.map((word) => {
    const choice = recipeChoice(word);
    if (typeof choice === 'string') return choice;
    const name = typeof choice['name'] === 'string' ? choice['name'] : word;
    if (name in ownRecipes)
      throw new AppError('recipe-invalid', `Two of the files hold a recipe called "${name}".`, {
        details: { file: word, nextStep: 'Give one of them another name: `"name"` in its file.' },
      });
    ownRecipes[name] = choice;
    return name;
  });
  return { recipes, ...(Object.keys(ownRecipes).length === 0 ? {} : { ownRecipes }) };
}

/** `--parallel` and the engine as core takes them. */
export function howOf(options: HowOptions): Pick<CallInput<'studies.resume'>, 'parallel' | 'engine'> {
  return {
    engine: engineWish(options),
    ...(options.parallel === undefined ? {} : { parallel: options.parallel }),
  };
}

/** A line for each trial that ends. An event says only that it has; the line is asked for. */
export function sayTrials({ core, say }: Terminal): EventListener {
  return (name, data) => {
    if (name === 'study.started' && 'study' in data) say(`Study ${data.study}.`);
    if (name !== 'study.trial' || !('trial' in data)) return;
    void core.call('studies.trial', { study: data.study, trial: data.trial }).then((trial) => {
      if (trial.status !== 'waiting') say(trialLine(trial));
    });
  };
}

/** Words separated by commas. */
function words(text: string): string[] {
  const found = text.split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()]));
  if (found.length > 0) return found;
  throw new InvalidArgumentError('Name at least one.');
}

/** `3` means the seeds 1, 2 and 3; a list means itself. */
function seedList(text: string): number[] {
  const given = text.split(',').map(wholeNumber(0));
  const [count = 1] = given;
  if (given.length > 1) return given;
  if (count >= 1 && count <= 50) return Array.from({ length: count }, (_, i) => i + 1);
  throw new InvalidArgumentError('Give how many seeds, 1 to 50, or a list of them such as 4,8,15.');
}

/** Shares above 0 up to 1, separated by commas. */
export function fractionList(text: string): number[] {
  const given = text.split(',').map(Number);
  if (given.every((value) => value > 0 && value <= 1)) return given;
  throw new InvalidArgumentError('They must be numbers above 0 and up to 1, separated by commas, such as 0.1,0.5,1.');
}
