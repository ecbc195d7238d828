/** notegraft runs: every training run of a project with its scores. */
import type { Command } from 'commander';
import type { RunView, ScoreView } from '../../api/views.ts';
import { footnote } from '../score-text.ts';
import { duration, grouped, numbers, percent, table } from '../table.ts';
import { type CommonOptions, newCommand, withProject } from '../terminal.ts';

interface RunsOptions extends CommonOptions {
  readonly trials?: true;
}

export function runsCommand(): Command {
  return newCommand('runs', 'list the training runs')
    .argument('<project>')
    .option('--trials', 'the trials of studies, too')
    .action(async (project: string, options: RunsOptions) => {
      await withProject(project, 'read', options, async ({ core, print }) => {
        const { runs } = await core.call('runs.list', { trials: options.trials === true });
        print({ runs }, () => runsText(runs));
      });
    });
}

function runsText(runs: readonly RunView[]): string {
  if (runs.length === 0) return 'No runs yet. Train one with `notegraft train`.';
  const columns = [
    ...numbers('run'),
    { title: 'recipe' },
    { title: 'status' },
    ...numbers('seed', 'epochs', 'best', 'time', 'tokens/s', 'dev micro', 'test micro', 'test macro'),
    { title: 'settings' },
  ];
  const rows = runs.map((run) => [
    run.run,
    run.recipe,
    run.status,
    run.seed,
    run.epochs,
    run.bestEpoch ?? '',
    run.seconds === null ? '' : duration(run.seconds),
    run.tokensPerSecond === null ? '' : grouped(run.tokensPerSecond),
    microOf(run.dev),
    microOf(run.test),
    run.test === null ? '' : percent(run.test.strict.macro.f1),
    settingsOf(run),
  ]);
  const failures = runs.flatMap((run) => (run.error === null ? [] : [`Run ${run.run}: ${run.error.message}`]));
  const scored = runs.find((run) => run.dev !== null)?.dev;
  const notes = scored === undefined || scored === null ? [] : [`Strict F1. ${footnote(scored)}`];
  return [table(columns, rows), ...[...failures, ...notes].map((line) => `\n${line}`)].join('\n');
}

function microOf(score: ScoreView | null): string {
  return score === null ? '' : percent(score.strict.micro.f1);
}

function settingsOf(run: RunView): string {
  const share = run.targetFraction < 1 ? [`target ${percent(run.targetFraction)} %`] : [];
  return [...share, ...run.settings].join(' ');
}
