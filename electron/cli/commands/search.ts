/** notegraft search: look for settings of a recipe that do better on dev. */
import { type Command, Option } from 'commander';
import { AppError } from '../../../worker/domain/errors.ts';
import type { Task } from '../../../worker/domain/task-names.ts';
import type { CallInput } from '../../api/contract.ts';
import type { EventListener } from '../../api/events.ts';
import {
  featuresFolder,
  type FeaturesOption,
  fraction,
  repeated,
  sourcesOption,
  vectorsReference,
  wholeNumber,
  withFeaturesOption,
} from '../options.ts';
import { readJson, requireFolderOf, writeRecipe } from '../recipe-file.ts';
import { searchText, searchTrialLine } from '../search-text.ts';
import { howOf, namedRecipes, type HowOptions, withHow } from '../study-options.ts';
import { newCommand, type Terminal, withProject } from '../terminal.ts';

interface SearchOptions extends HowOptions, FeaturesOption {
  readonly recipe: string;
  readonly trials: number;
  readonly space?: string;
  readonly sharing?: true;
  readonly random?: true;
  readonly seed: number;
  readonly epochs?: number;
  readonly set?: string[];
  readonly sources?: Task[];
  readonly targetFraction: number;
  readonly embeddings?: string;
  /** False with --no-early-stop. */
  readonly earlyStop: boolean;
  readonly firstRung?: number;
  readonly rungFactor?: number;
  readonly again?: true;
  readonly keepModels?: true;
  readonly out?: string;
}

type Spec = Extract<CallInput<'studies.start'>['spec'], { kind: 'search' }>;

const description =
  "search a recipe's settings for those that do best on dev, by a Gaussian process over the trials so far; the first trial is the recipe as it is; the same command goes on after a stop";

export function searchCommand(): Command {
  const command = newCommand('search', description)
    .argument('<project>')
    .requiredOption('--recipe <name>', 'the recipe to begin with, see `notegraft recipes`; or a .json file of a recipe')
    .option('--trials <number>', 'trainings in all', wholeNumber(1), 25)
    .option('--space <file>', 'JSON: what to search, and from where to where; see docs/command-line.md')
    .addOption(
      new Option('--sharing', "without --space: search also each component's relation between the tasks").conflicts(
        'space',
      ),
    )
    .option('--random', 'draw at random instead, to compare with')
    .option('--seed <number>', 'of the trainings and of the search', wholeNumber(0), 1)
    .option('--epochs <number>', 'at most this many a trial; the same as --set training.epochs=…', wholeNumber(1))
    .option(
      '--set <path=value>',
      'change a key of every trial and leave it out of the search; may be repeated',
      repeated,
    )
    .addOption(sourcesOption())
    .option('--target-fraction <share>', 'train on this share of the target documents, above 0 up to 1', fraction, 1)
    .option('--embeddings <file>', 'word vectors: a file, or `project` for those trained in the project')
    .option('--no-early-stop', 'train every trial to its end, also the hopeless')
    .option(
      '--first-rung <epochs>',
      'trials are compared after this many epochs first (3 when left out)',
      wholeNumber(1),
    )
    .option(
      '--rung-factor <number>',
      'of those compared, one in so many goes on, to so many times the epochs (3 when left out)',
      wholeNumber(2),
    )
    .option('--out <file>', 'write the best recipe as JSON, for --recipe of train')
    .option('--keep-models', 'keep the model of every trial in the project (tens of megabytes each)')
    .option('--again', 'begin a new search even where the same one is there');
  return withHow(withFeaturesOption(command)).action(async (project: string, options: SearchOptions) => {
    const spec = specOf(options);
    const { out } = options;
    if (out !== undefined) requireFolderOf(out);
    const work = async ({ core, print, say }: Terminal): Promise<void> => {
      const { study } = await core.call('studies.start', { spec, again: options.again === true, ...howOf(options) });
      const result = await core.call('search.result', { study });
      if (out !== undefined && result.best !== null) {
        writeRecipe(out, result.best.recipe);
        say(`The best recipe is in ${out}. Train it with --recipe ${out}.`);
      }
      print(result, () => searchText(result));
    };
    await withProject(project, 'write', options, work, saySearchTrials);
  });
}

function specOf(options: SearchOptions): Spec {
  const { firstRung, rungFactor, earlyStop, space, embeddings, epochs } = options;
  if (!earlyStop && (firstRung !== undefined || rungFactor !== undefined))
    throw new AppError('usage', '--no-early-stop leaves no rungs: give one or the other.');
  const rungs = {
    ...(firstRung === undefined ? {} : { leastEpochs: firstRung }),
    ...(rungFactor === undefined ? {} : { factor: rungFactor }),
  };
  const {
    recipes: [recipe = options.recipe],
    ownRecipes,
  } = namedRecipes([options.recipe]);
  const given = space === undefined ? undefined : readJson(space, 'search space');
  return {
    kind: 'search',
    recipe,
    ...(ownRecipes === undefined ? {} : { ownRecipes }),
    trials: options.trials,
    seed: options.seed,
    targetFraction: options.targetFraction,
    search: {
      method: options.random === true ? 'random' : 'bayesian',
      space: given ?? (options.sharing === true ? 'with-sharing' : 'own'),
      halving: earlyStop ? rungs : null,
    },
    settings: [...(options.set ?? []), ...(epochs === undefined ? [] : [`training.epochs=${epochs}`])],
    keepModels: options.keepModels === true,
    ...(options.sources === undefined ? {} : { sources: options.sources }),
    ...(embeddings === undefined ? {} : { embeddings: vectorsReference(embeddings) }),
    ...featuresFolder(options),
  };
}

/** A line for each trial that ends. An event says only that it has; the line is asked for. */
function saySearchTrials({ core, say }: Terminal): EventListener {
  return (name, data) => {
    if (name === 'study.started' && 'study' in data) say(`Study ${data.study}.`);
    if (name !== 'study.trial' || !('trial' in data)) return;
    void core.call('search.result', { study: data.study }).then((result) => {
      const trial = result.trials.find((candidate) => candidate.trial === data.trial);
      if (trial !== undefined && trial.status !== 'waiting') say(searchTrialLine(result, trial));
    });
  };
}
