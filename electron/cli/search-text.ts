/** A search as text: its trials by dev score with their values, the best one against the recipe's own values. */
import { figureWords } from '../../worker/domain/figures.ts';
import type { SearchResult, SearchTrialView } from '../api/search-calls.ts';
import { counted, numbers, percent, table, wrapped } from './table.ts';

/** Trials that are shown; `--json` tells all. */
const mostRows = 15;

/** One trial as it is said when it ends. */
export function searchTrialLine(result: SearchResult, trial: SearchTrialView): string {
  const dev = trial.dev === null ? 'no score' : `dev ${figureWords[result.figure].name} ${percent(trial.dev)}`;
  const outcome = {
    done: `${dev} after ${counted(trial.epochs, 'epoch')}`,
    stopped: `${dev}, stopped after epoch ${trial.stoppedAfter ?? 0}`,
    failed: `failed: ${trial.error?.message.replace(/\.$/, '') ?? ''}`,
    waiting: 'waits',
    running: 'runs',
  }[trial.status];
  const best = result.best === null ? '' : ` (best so far: trial ${result.best.trial})`;
  return `Trial ${trial.trial} of ${result.planned}: ${outcome}${best}.`;
}

/** What a search has found. */
export function searchText(result: SearchResult): string {
  const { trials, dimensions } = result;
  const ranked = trials.toSorted((a, b) => (b.dev ?? -1) - (a.dev ?? -1));
  const names = dimensions.map(({ name }) => name);
  const rows = ranked
    .slice(0, mostRows)
    .map((trial) => [
      trial.trial,
      trial.dev === null ? '' : percent(trial.dev),
      trial.test === null ? '' : percent(trial.test),
      trial.epochs,
      trial.status,
      ...names.map((name) => String(trial.values[name] ?? '')),
    ]);
  const { name } = figureWords[result.figure];
  const columns = [
    ...numbers('trial', `dev ${name}`, `test ${name}`, 'epochs'),
    { title: 'status' },
    ...names.map((name) => ({ title: shortName(name, names) })),
  ];
  return [headline(result), '', table(columns, rows), ...hidden(trials.length), '', ...outcome(result)].join('\n');
}

function headline({ study, recipe, method, trials, planned }: SearchResult): string {
  const count = (status: SearchTrialView['status']): number => trials.filter((trial) => trial.status === status).length;
  const parts = [
    `${count('done')} trained to the end`,
    `${count('stopped')} stopped early`,
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
  ];
  return `Study ${study}, ${method} search of ${recipe}: ${trials.length} of ${counted(planned, 'trial')}, ${parts.join(', ')}.`;
}

function hidden(trials: number): string[] {
  return trials > mostRows ? [`… and ${trials - mostRows} more; --json tells all.`] : [];
}

function outcome({ best, trials, statements }: SearchResult): string[] {
  const found = trials.find(({ trial }) => trial === best?.trial);
  if (found === undefined) return ['No trial was trained to its end yet.'];
  return [...statements.map(wrapped), `Its values: ${valuesText(found)}`];
}

function valuesText({ values }: SearchTrialView): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** The last part of a name, where that is enough to tell it from the others. */
function shortName(name: string, names: readonly string[]): string {
  const last = (full: string): string => full.split('.').at(-1) ?? full;
  return names.filter((other) => last(other) === last(name)).length === 1 ? last(name) : name;
}
