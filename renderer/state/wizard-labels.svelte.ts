/** The label map of a source in the wizard: its labels, what each stands for in the target, and what speaks for it. */
import type { CallOutput } from '../../electron/api/contract.ts';
import { suggestionsToAccept } from '../../electron/api/label-suggestions.ts';
import type { LabelMap } from '../../electron/api/setup-calls.ts';
import { callCore } from '../desk.svelte.ts';
import { type Action, newAction } from './action.svelte.ts';
import { newQuery } from './query.svelte.ts';
import { wizardOfPage } from './wizard.svelte.ts';
import type { ErrorRecord } from '../../worker/domain/errors.ts';
import type { Task } from '../../worker/domain/task-names.ts';

export type Suggestion = CallOutput<'labelMap.suggest'>['suggestions'][number];

export interface MapRow {
  readonly source: string;
  readonly spans: number;
  /** Null keeps the source label separate. */
  readonly target: string | null;
  /** Best first. */
  readonly suggestions: readonly Suggestion[];
}

export interface LabelMapStep {
  /** Whose labels they are. */
  readonly task: Task;
  /** Undefined until core has answered. */
  readonly rows: readonly MapRow[] | undefined;
  readonly sourceLabels: readonly string[];
  readonly targetLabels: readonly string[];
  readonly isSuggesting: boolean;
  readonly failure: ErrorRecord | null;
  readonly saving: Action<LabelMap>;
  /** The best suggestions that are at least this good and not accepted yet. */
  suggestedAbove(score: number): readonly Suggestion[];
  map(source: string, target: string | null): void;
  acceptAbove(score: number): void;
}

const changes = ['corpora.changed'] as const;

/** Call while the step is set up. */
export function newLabelMapStep(task: Task): LabelMapStep {
  const wizard = wizardOfPage();
  const saved = newQuery(() => callCore('labelMap.get', { source: task }), changes);
  const found = newQuery(() => callCore('labelMap.suggest', { source: task }), changes);
  const source = newQuery(() => callCore('corpora.labels', { role: task }), changes);
  /** Choices of this visit, over what core had; so that a row changes at once. */
  let chosen = $state.raw<LabelMap>({});

  const saving = newAction(async (map: LabelMap) => {
    chosen = (await callCore('labelMap.save', { source: task, map })).map;
    wizard.mapsChanged();
  });
  const rows = $derived.by((): readonly MapRow[] | undefined => {
    const [map, labels] = [saved.value?.map, source.value?.labels];
    return labels?.map(({ label, spans }) => ({
      source: label,
      spans,
      target: chosen[label] ?? (Object.hasOwn(chosen, label) ? null : (map?.[label] ?? null)),
      suggestions: (found.value?.suggestions ?? []).filter((suggestion) => suggestion.source === label),
    }));
  });

  function suggestedAbove(score: number): readonly Suggestion[] {
    const map = Object.fromEntries((rows ?? []).map((row) => [row.source, row.target]));
    return suggestionsToAccept(map, found.value?.suggestions ?? [], score);
  }

  return {
    task,
    get rows() {
      return saved.value === undefined ? undefined : rows;
    },
    get sourceLabels() {
      return rows?.map((row) => row.source) ?? [];
    },
    get targetLabels() {
      return saved.value?.targets ?? [];
    },
    get isSuggesting() {
      return found.isLoading;
    },
    get failure() {
      return saving.failure ?? saved.failure ?? source.failure ?? found.failure;
    },
    saving,
    suggestedAbove,
    map: (label, target) => void saving.run({ [label]: target }),
    acceptAbove: (score) =>
      void saving.run(Object.fromEntries(suggestedAbove(score).map((best) => [best.source, best.target]))),
  };
}
