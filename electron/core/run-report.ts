/** Reports on runs: scores by label, runs beside each other, confusion, errors with their places, gates. */
import { figureOf } from '../../worker/domain/figures.ts';
import { AppError } from '../../worker/domain/errors.ts';
import { groupGates } from '../../worker/domain/gate-export.ts';
import type { PairKind } from '../../worker/domain/inspection.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { ScoreView } from '../api/views.ts';
import type { Inspection, ScoredSplit } from '../store/inspections.ts';
import type { ProjectStore } from '../store/project-store.ts';
import { cutContext } from './context-text.ts';
import type { CoreContext } from './context.ts';
import { sharedLabels } from './gate-export.ts';
import { modelOfRun } from './models.ts';
import { streamDocuments } from './streaming.ts';
import { findRun } from './training.ts';

/** A run's score on a split. @throws AppError `run-not-found`; `data-missing` where it was never scored. */
export function runLabels(store: ProjectStore, run: number, split: ScoredSplit): ScoreView {
  findRun(store, run);
  const score = store.runs.scores(run)[split];
  if (score !== null) return score;
  throw new AppError('data-missing', `Run ${run} has no ${split} score.`, {
    details: { nextStep: `Score it with \`notegraft evaluate --run ${run} --split ${split}\`.` },
  });
}

/** F1 by label of several runs, and how far each is from the first. @throws as {@link runLabels}. */
export function compareRuns(store: ProjectStore, input: CheckedInput<'runs.compare'>): CallOutput<'runs.compare'> {
  const scores = input.runs.map((run) => runLabels(store, run, input.split));
  const labels = [...new Set(scores.flatMap(({ perLabel }) => perLabel.map(({ label }) => label)))];
  const values = (label: string | null): ({ strict: number; lenient: number } | null)[] =>
    scores.map((score) => {
      if (label === null) return { strict: figureOf(score), lenient: score.lenient.micro.f1 };
      const found = score.perLabel.find((entry) => entry.label === label);
      return found === undefined ? null : { strict: found.strict.f1, lenient: found.lenient.f1 };
    });
  const support = (label: string | null): number =>
    Math.max(
      ...scores.map(({ goldSpans, perLabel }) =>
        label === null ? goldSpans : (perLabel.find((entry) => entry.label === label)?.support ?? 0),
      ),
    );
  return {
    runs: input.runs.map((run) => {
      const { recipe, seed, targetFraction } = findRun(store, run);
      return { run, recipe: recipe.name, seed, targetFraction };
    }),
    documents: scores[0]?.documents ?? 0,
    labels: [null, ...labels].map((label) => {
      const row = values(label);
      const first = row[0] ?? { strict: 0, lenient: 0 };
      return {
        label,
        support: support(label),
        runs: row.map((value) => {
          if (value === null) return null;
          const { strict, lenient } = value;
          return { strict, lenient, strictDelta: strict - first.strict, lenientDelta: lenient - first.lenient };
        }),
      };
    }),
  };
}

/** Pairs that only an overlap makes; with equal boundaries asked for they are a missed and a spurious span. */
const looseKinds: readonly PairKind[] = ['boundary', 'both'];

/** Gold label by predicted label. @throws AppError `run-not-found`; `data-missing` where the run is not inspected. */
export function confusion(store: ProjectStore, input: CheckedInput<'runs.confusion'>): CallOutput<'runs.confusion'> {
  const { run, split, match } = input;
  requireInspection(store, run, split);
  const cells = new Map<string, { gold: string | null; predicted: string | null; count: number }>();
  const add = (gold: string | null, predicted: string | null, count: number): void => {
    const key = JSON.stringify([gold, predicted]);
    const cell = cells.get(key) ?? { gold, predicted, count: 0 };
    cells.set(key, cell);
    cell.count += count;
  };
  for (const { kind, gold, predicted, count } of store.inspections.counts(run, split)) {
    if (match === 'exact' && looseKinds.includes(kind)) {
      add(gold, null, count);
      add(null, predicted, count);
    } else add(gold, predicted, count);
  }
  const found = [...cells.values()];
  const labels = new Set(found.flatMap(({ gold, predicted }) => [gold, predicted]).filter((label) => label !== null));
  return { labels: [...labels].sort(), cells: found };
}

/** A page of a run's errors, each with its place. @throws as {@link confusion}. */
export function listErrors(store: ProjectStore, input: CheckedInput<'runs.errors'>): CallOutput<'runs.errors'> {
  const { offset, limit, ...filter } = input;
  requireInspection(store, filter.run, filter.split);
  const kinds = new Map<Exclude<PairKind, 'correct'>, number>();
  for (const { kind, count } of store.inspections.counts(filter.run, filter.split)) {
    if (kind !== 'correct') kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  }
  const pairs = store.inspections.errors(filter, { offset, limit });
  const loaded = store.documents.load([...new Set(pairs.map(({ document }) => document))]);
  const texts = new Map(loaded.map(({ id, text }) => [id, text]));
  return {
    total: store.inspections.countErrors(filter),
    kinds: [...kinds].map(([kind, count]) => ({ kind, count })),
    errors: pairs.flatMap(({ id, kind, gold, predicted, document, name }) => {
      if (kind === 'correct') return [];
      const start = Math.min(gold?.start ?? Infinity, predicted?.start ?? Infinity);
      const end = Math.max(gold?.end ?? 0, predicted?.end ?? 0);
      const context = cutContext(texts.get(document) ?? '', start, end);
      return [{ error: id, kind, document, name, gold, predicted, ...context }];
    }),
  };
}

/** Mean gates by component and gold label. @throws as {@link confusion}. */
export function runGates(store: ProjectStore, run: number, split: ScoredSplit): CallOutput<'runs.gates'> {
  const { gates } = requireInspection(store, run, split);
  return {
    components: gates.map(({ component, labels }) => ({ component, labels: [...labels] })),
    groups: groupGates(gates, new Set(sharedLabels(store))),
  };
}

/** The gates of one sentence. @throws AppError `run-not-found`, `run-without-model`, `data-missing`; the worker's own. */
export async function tokenGates(
  context: CoreContext,
  { run, document: id, sentence }: CheckedInput<'runs.tokenGates'>,
): Promise<CallOutput<'runs.tokenGates'>> {
  const store = context.project();
  const model = modelOfRun(store, run);
  const entries = store.documents.list('target').filter((entry) => entry.id === id);
  const [document] = store.documents.load([id]);
  if (document === undefined || entries.length === 0) {
    throw new AppError('data-missing', `There is no target document ${id} in this project.`);
  }
  const found = await context.jobs.run<'token-gates'>('runs.tokenGates', (job) => ({
    job: { kind: 'token-gates', model, sentence },
    documents: streamDocuments(store.documents, entries),
    onEvent: ({ done, total }) => context.emit('job.progress', { job, done, total }),
  }));
  return {
    ...found,
    tokens: found.tokens.map((token) => ({ ...token, text: document.text.slice(token.start, token.end) })),
  };
}

function requireInspection(store: ProjectStore, run: number, split: ScoredSplit): Inspection {
  findRun(store, run);
  const found = store.inspections.find(run, split);
  if (found !== undefined) return found;
  throw new AppError('data-missing', `Run ${run} was not inspected on ${split} yet.`, {
    details: { nextStep: `Inspect it with \`notegraft errors … --run ${run}\`; it takes some seconds.` },
  });
}
