/** notegraft studies: the learning curves, sweeps and searches of a project; show one, go on with one, remove one. */
import { extname, resolve as absolute } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../../../worker/domain/errors.ts';
import { studyFormats } from '../../api/study-calls.ts';
import { wholeNumber } from '../options.ts';
import { searchText } from '../search-text.ts';
import { howOf, type HowOptions, sayTrials, withHow } from '../study-options.ts';
import { studiesText, studyText } from '../study-text.ts';
import { newCommand, type Terminal, withProject } from '../terminal.ts';

interface StudiesOptions extends HowOptions {
  readonly show?: number;
  readonly resume?: number;
  readonly remove?: number;
  readonly retry?: true;
  readonly out?: string;
}

export function studiesCommand(): Command {
  const command = newCommand('studies', 'list the studies; --show one, go on with one by --resume, --remove one')
    .argument('<project>')
    .option('--show <study>', 'its table, and what it says', wholeNumber(1))
    .option('--out <file>', 'with --show: write it to this file, .xlsx, .csv (a file a table) or .json')
    .option('--resume <study>', 'train the trials that are missing; those that are done are kept', wholeNumber(1))
    .option('--retry', 'with --resume: try the failed trials again, too')
    .option('--remove <study>', 'forget it with its trials and their runs', wholeNumber(1));
  return withHow(command).action(async (project: string, options: StudiesOptions) => {
    const isWriting = options.resume !== undefined || options.remove !== undefined;
    const work = (terminal: Terminal): Promise<void> => act(terminal, options);
    await withProject(project, isWriting ? 'write' : 'read', options, work, sayTrials);
  });
}

async function act({ core, print }: Terminal, options: StudiesOptions): Promise<void> {
  const { show, resume, remove, retry, out } = options;
  const asked = [show, resume, remove].filter((study) => study !== undefined);
  if (asked.length > 1) throw new AppError('usage', 'Give one of --show, --resume and --remove.');
  if (out !== undefined && show === undefined) throw new AppError('usage', '--out needs --show: which study to write.');
  if (resume !== undefined) {
    const study = await core.call('studies.resume', { study: resume, retry: retry === true, ...howOf(options) });
    print(study, () => studyText(study));
  } else if (remove !== undefined) {
    const removed = await core.call('studies.remove', { study: remove });
    print(removed, () => `Study ${remove} is removed.`);
  } else if (show !== undefined && out !== undefined) {
    const written = await core.call('studies.export', { study: show, format: formatOf(out), file: absolute(out) });
    print(written, () => written.files.join('\n'));
  } else if (show !== undefined) {
    const study = await core.call('studies.get', { study: show });
    if (study.kind !== 'search') return print(study, () => studyText(study));
    const result = await core.call('search.result', { study: show });
    print(result, () => searchText(result));
  } else {
    const { studies } = await core.call('studies.list', {});
    print({ studies }, () => studiesText(studies));
  }
}

function formatOf(file: string): (typeof studyFormats)[number] {
  const format = studyFormats.find((name) => extname(file).toLowerCase() === `.${name}`);
  if (format !== undefined) return format;
  throw new AppError(
    'usage',
    `The ending of --out says what is written: ${studyFormats.map((name) => `.${name}`).join(', ')}.`,
  );
}
