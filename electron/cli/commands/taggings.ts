/** notegraft taggings: taggings kept in a project; start one, go on with one, write one out. */
import { Option, type Command } from 'commander';
import { resolve } from 'node:path';
import { AppError } from '../../../worker/domain/errors.ts';
import { taggingFormat, type TaggingView } from '../../api/tagging-calls.ts';
import {
  absolute,
  featuresFolder,
  type FeaturesOption,
  oneOrMoreOf,
  wholeNumber,
  withFeaturesOption,
} from '../options.ts';
import { counted, grouped, numbers, table } from '../table.ts';
import { type CommonOptions, newCommand, type Terminal, withProject } from '../terminal.ts';

interface TaggingsOptions extends CommonOptions, FeaturesOption {
  readonly run?: number;
  readonly resume?: number;
  readonly export?: number;
  readonly out?: string;
  readonly write: (typeof taggingFormat.options)[number][];
  readonly layer: 'raw' | 'reviewed';
  readonly text: boolean;
}

export function taggingsCommand(): Command {
  return withFeaturesOption(
    newCommand('taggings', 'notes tagged into the project: list, start with --run, --resume, --export'),
  )
    .argument('<project>')
    .argument('[paths...]', 'with --run: notes or folders')
    .option('--run <id>', 'tag these notes with this run; text and entities are kept in the project', wholeNumber(1))
    .option('--resume <tagging>', 'go on with the notes that are left', wholeNumber(1))
    .option('--export <tagging>', 'write its entities below --out', wholeNumber(1))
    .option('--out <folder>', 'where an export goes')
    .option('--write <formats>', `any of ${taggingFormat.options.join(',')}`, oneOrMoreOf(taggingFormat.options), [
      'xlsx',
      'csv',
    ])
    .addOption(
      new Option('--layer <layer>', 'as found, or as reviewed').choices(['raw', 'reviewed']).default('reviewed'),
    )
    .option('--no-text', 'write no words of the notes')
    .action(async (project: string, paths: string[], options: TaggingsOptions) => {
      const isWriting = options.run !== undefined || options.resume !== undefined;
      await withProject(project, isWriting ? 'write' : 'read', options, (terminal) => act(terminal, paths, options));
    });
}

async function act({ core, print }: Terminal, paths: readonly string[], options: TaggingsOptions): Promise<void> {
  const { run, resume, out } = options;
  if (run !== undefined) {
    if (paths.length === 0) throw new AppError('usage', 'Name the notes or folders to tag.');
    const result = await core.call('tagging.start', { run, paths: absolute(paths), ...featuresFolder(options) });
    print(result, () => taggingText(result));
  } else if (resume !== undefined) {
    const result = await core.call('tagging.resume', { tagging: resume });
    print(result, () => taggingText(result));
  } else if (options.export !== undefined) {
    if (out === undefined) throw new AppError('usage', 'Name the folder of the export with --out.');
    const { export: tagging, write: formats, layer, text } = options;
    const result = await core.call('taggings.export', { tagging, formats, outFolder: resolve(out), layer, text });
    print(result, () =>
      [`${counted(result.notes, 'note')}, ${counted(result.entities, 'entity', 'entities')}.`, ...result.files].join(
        '\n',
      ),
    );
  } else {
    const result = await core.call('taggings.list', {});
    print(result, () => listText(result.taggings));
  }
}

function taggingText(tagging: TaggingView): string {
  const failed = tagging.failed === 0 ? '' : `, ${grouped(tagging.failed)} failed`;
  return `Tagging ${tagging.tagging} ${tagging.status}: ${counted(tagging.done, 'note')}${failed}, ${counted(tagging.entities, 'entity', 'entities')}.`;
}

function listText(taggings: readonly TaggingView[]): string {
  if (taggings.length === 0) return 'Nothing has been tagged yet.';
  return table(
    [
      { title: 'tagging' },
      { title: 'run' },
      { title: 'status' },
      ...numbers('notes', 'failed', 'left', 'entities', 'reviewed'),
    ],
    taggings.map(({ tagging, run, recipe, status, done, failed, left, entities, reviewed }) => [
      ...[tagging, `${run} ${recipe}`, status, done, failed, left, entities, reviewed],
    ]),
  );
}
