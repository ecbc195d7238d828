/** notegraft tag: entities of a folder of notes, by a run of a project or by a model file. */
import type { Command } from 'commander';
import { resolve } from 'node:path';
import { AppError } from '../../../worker/domain/errors.ts';
import type { CallInput, CallOutput } from '../../api/contract.ts';
import {
  absolute,
  type EngineOptions,
  engineWish,
  type FeaturesOption,
  featuresFolder,
  oneOrMoreOf,
  wholeNumber,
  withEngine,
  withFeaturesOption,
} from '../options.ts';
import { engineLine } from '../engine-text.ts';
import { counted, grouped } from '../table.ts';
import { type CommonOptions, newCommand, type Terminal, typedCommand, withProject, withTerminal } from '../terminal.ts';

const writable = ['xlsx', 'csv', 'brat', 'jsonl'] as const;

interface TagOptions extends CommonOptions, EngineOptions, FeaturesOption {
  readonly run?: number;
  readonly model?: string;
  readonly out: string;
  readonly write: (typeof writable)[number][];
  readonly beam?: number;
}

export function tagCommand(): Command {
  return withEngine(withFeaturesOption(newCommand('tag', 'tag notes and write what was found')))
    .usage(
      '<project> --run <id> --out <folder> <path...>\n       notegraft tag --model <file> --out <folder> <path...>',
    )
    .argument('<arguments...>', 'with --run the project and then notes or folders; with --model only these')
    .option('--run <id>', 'tag with this run of the project', wholeNumber(1))
    .option('--model <file>', 'tag with this model file, without a project')
    .requiredOption('--out <folder>', 'where the results go')
    .option('--write <formats>', `any of ${writable.join(',')}`, oneOrMoreOf(writable), ['xlsx', 'csv'])
    .option('--beam <width>', 'beam width; 1 is greedy; the recipe’s own when left out', wholeNumber(1))
    .action(async (words: string[], options: TagOptions) => {
      const { project, paths } = readArguments(words, options);
      const work = async ({ core, print }: Terminal): Promise<void> => {
        const result = await core.call('tagging.tag', tagInput(paths, options));
        print(result, () => tagText(result));
      };
      if (project === null) await withTerminal(options, work);
      else await withProject(project, 'write', options, work);
    });
}

function readArguments(words: readonly string[], options: TagOptions): { project: string | null; paths: string[] } {
  if ((options.run === undefined) === (options.model === undefined)) {
    throw new AppError('usage', 'Give either --run with a project, or --model.');
  }
  if (options.model !== undefined) {
    if (words[0]?.endsWith('.ngr') === true)
      throw new AppError('usage', 'With --model no project is named, only notes.');
    return { project: null, paths: absolute(words) };
  }
  const [project = '', ...paths] = words;
  if (paths.length === 0) throw new AppError('usage', 'Name the project first, then the notes or folders to tag.');
  return { project, paths: absolute(paths) };
}

function tagInput(paths: string[], options: TagOptions): CallInput<'tagging.tag'> {
  const { run, model, out, write, beam } = options;
  return {
    paths,
    outFolder: resolve(out),
    write,
    command: typedCommand(),
    engine: engineWish(options),
    ...featuresFolder(options),
    ...(run === undefined ? {} : { run }),
    ...(model === undefined ? {} : { modelFile: resolve(model) }),
    ...(beam === undefined ? {} : { beamWidth: beam }),
  };
}

function tagText(result: CallOutput<'tagging.tag'>): string {
  const failed = result.failed === 0 ? '' : `, ${grouped(result.failed)} failed (listed in the results)`;
  return [
    `${counted(result.notes, 'note')} tagged${failed}: ${counted(result.entities, 'entity', 'entities')} in ${grouped(result.tokens)} tokens, ${grouped(result.tokensPerSecond)} tokens/s.`,
    engineLine(result.engine),
    ...result.files,
  ].join('\n');
}
