/** notegraft labels: the label map between source and target, as it is, as it could be, or read from a file. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { AppError, systemCode } from '../../../worker/domain/errors.ts';
import type { Task } from '../../../worker/domain/task-names.ts';
import { suggestionsToAccept } from '../../api/label-suggestions.ts';
import type { LabelMap } from '../../api/setup-calls.ts';
import { percentage, sourceOption } from '../options.ts';
import { counted, numbers, percent, table } from '../table.ts';
import { type CommonOptions, newCommand, withProject } from '../terminal.ts';

interface LabelsOptions extends CommonOptions {
  readonly suggest?: true;
  readonly accept?: number;
  readonly map?: string;
  readonly source?: Task;
}

export function labelsCommand(): Command {
  return newCommand('labels', 'show the label map, suggest one, or take one from a file')
    .argument('<project>')
    .option('--suggest', 'what each source label may stand for, and why; nothing is saved')
    .option(
      '--accept <percent>',
      'save the best suggestion of each source label that is still separate, where its score is at least this',
      percentage,
    )
    .addOption(sourceOption())
    .option('--map <file>', 'JSON: {"source label": "target label", "another": null}; null keeps it separate')
    .action(async (project: string, options: LabelsOptions) => {
      const { suggest, accept, map: file } = options;
      if (suggest === true && (accept !== undefined || file !== undefined))
        throw new AppError('usage', '--suggest saves nothing: leave it out, or --accept and --map.');
      const access = accept === undefined && file === undefined ? 'read' : 'write';
      await withProject(project, access, options, async ({ core, print, say }) => {
        const source = options.source === undefined ? {} : { source: options.source };
        if (suggest === true) {
          const result = await core.call('labelMap.suggest', source);
          print(result, () => suggestionsText(result.suggestions));
          return;
        }
        if (file !== undefined) await core.call('labelMap.save', { ...source, map: readMap(file) });
        if (accept !== undefined) {
          const { map } = await core.call('labelMap.get', source);
          const { suggestions } = await core.call('labelMap.suggest', source);
          const taken = suggestionsToAccept(map, suggestions, accept / 100);
          const separate = Object.values(map).filter((target) => target === null).length;
          say(`${taken.length} of ${counted(separate, 'separate label')} mapped.`);
          await core.call('labelMap.save', {
            ...source,
            map: Object.fromEntries(taken.map((best) => [best.source, best.target])),
          });
        }
        const result = await core.call('labelMap.get', source);
        print(result, () => mapText(result.map));
      });
    });
}

function readMap(file: string): LabelMap {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    const isMissing = systemCode(thrown) === 'ENOENT';
    throw new AppError(isMissing ? 'file-not-found' : 'file-unreadable', 'The label map cannot be read.', {
      details: { file, nextStep: 'Check the path given to --map.' },
      cause: thrown,
    });
  }
  try {
    return JSON.parse(text) as LabelMap;
  } catch (thrown) {
    throw new AppError('format-invalid', 'The label map is not JSON.', {
      details: { file, nextStep: 'Write {"source label": "target label"}.' },
      cause: thrown,
    });
  }
}

function mapText(map: LabelMap): string {
  const rows = Object.entries(map).map(([source, target]) => [source, target ?? '(separate)']);
  return rows.length === 0
    ? 'The project has no source labels.'
    : table([{ title: 'source' }, { title: 'target' }], rows);
}

function suggestionsText(
  suggestions: readonly { source: string; target: string; score: number; reason: string }[],
): string {
  if (suggestions.length === 0) return 'Nothing speaks for any pair of labels.';
  return table(
    [{ title: 'source' }, { title: 'target' }, ...numbers('score'), { title: 'why' }],
    suggestions.map(({ source, target, score, reason }) => [source, target, percent(score), reason]),
  );
}
