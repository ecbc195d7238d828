/** The model that the wizard sets up: preset or grid, advanced settings over it, and what it would cost on this machine. */
import type { CallInput, CallOutput } from '../../electron/api/contract.ts';
import type { GridChoice, RecipeField } from '../../electron/api/setup-calls.ts';
import { type Component, components } from '../../worker/domain/recipe.ts';
import { learnsFromSource } from '../../worker/domain/tasks.ts';
import { callCore } from '../desk.svelte.ts';
import { type Action, newAction } from './action.svelte.ts';
import { type Job, jobs } from './jobs.svelte.ts';
import { project } from './project.svelte.ts';
import { newQuery, type Query } from './query.svelte.ts';
import { gridChoiceOf, numberAt, pathOf, withSetting } from './recipe-settings.ts';
import { sourcesToSend } from './wizard-sources.ts';
import { type Wizard, wizardOfPage } from './wizard.svelte.ts';

export type RecipeForm = CallOutput<'recipes.form'>;
type Resolved = CallOutput<'recipes.resolve'>;
/** What decides the tags of a sentence. */
export type Decider = NonNullable<CallInput<'recipes.grid'>['decides']>;
type Estimate = CallOutput<'training.estimate'>;

export interface ModelStep {
  readonly form: Query<RecipeForm>;
  /** The recipe with all settings; its failure says what core refuses. */
  readonly resolved: Query<Resolved | null>;
  /** Null where no transfer model is chosen, or a relation that the grid does not offer. */
  readonly grid: Readonly<Record<Component, GridChoice | null>>;
  /** Null for a model that comes with one decoder alone. */
  readonly decider: Decider | null;
  readonly advanced: readonly string[];
  readonly choosing: Action<Partial<Record<Component, GridChoice>>>;
  /** With the decider that is chosen, where the preset has both. */
  choosePreset(preset: RecipeForm['presets'][number]): void;
  chooseDecider(decider: Decider): void;
  /** What a field says without a setting over it. */
  defaultOf(field: RecipeField): number;
  valueOf(field: RecipeField): number;
  setValue(field: RecipeField, value: number): void;
  resetAdvanced(): void;
}

/** Relations that the grid begins with when it is left from the baseline. */
const firstGrid: Readonly<Record<Component, GridChoice>> = {
  characterEncoder: 'gated-hs',
  wordEncoder: 'gated-hs',
  decoder: 'gated-hs',
};

/** Call while the step is set up. */
export function newModelStep(): ModelStep {
  const wizard = wizardOfPage();
  const form = newQuery(() => callCore('recipes.form', {}));
  const paths = $derived(new Set(form.value?.fields.map(({ path }) => path)));
  const recipe = $derived(wizard.draft.recipe);
  const settings = $derived(wizard.draft.settings);
  const advanced = $derived(settings.filter((setting) => paths.has(pathOf(setting))));
  const sharing = $derived(settings.filter((setting) => !paths.has(pathOf(setting))));
  const resolved = newQuery(() => resolve(recipe, settings));
  const plain = newQuery(() => resolve(recipe, sharing));

  const grid = $derived.by((): Record<Component, GridChoice | null> => {
    const base = plain.value?.recipe;
    const choiceOf = (component: Component): GridChoice | null =>
      base && learnsFromSource(base) ? gridChoiceOf(base.sharing[component]) : null;
    return Object.fromEntries(components.map((component) => [component, choiceOf(component)])) as Record<
      Component,
      GridChoice | null
    >;
  });

  const decider = $derived.by((): Decider | null => {
    const kind = plain.value?.recipe.decoder.kind;
    return (plain.value?.twin ?? null) === null || kind === 'softmax' ? null : (kind ?? null);
  });

  const choosing = newAction(async (choice: Partial<Record<Component, GridChoice>>) => {
    const chosen = Object.fromEntries(
      components.map((component) => [component, choice[component] ?? grid[component] ?? firstGrid[component]]),
    ) as Record<Component, GridChoice>;
    const model = await callCore('recipes.grid', { ...chosen, decides: decider ?? 'crf' });
    wizard.change({ recipe: model.recipe, settings: [...model.settings, ...advanced] });
  });

  const defaultOf = (field: RecipeField): number =>
    (plain.value ? numberAt(plain.value.recipe, field.path) : undefined) ?? field.default;

  return {
    form,
    resolved,
    get grid() {
      return grid;
    },
    get advanced() {
      return advanced;
    },
    choosing,
    get decider() {
      return decider;
    },
    choosePreset({ recipe: first, twin }) {
      const chosen = decider === 'tag-lstm' && twin !== null ? twin : first;
      wizard.change({ recipe: chosen, settings: [...advanced] });
    },
    chooseDecider(wanted) {
      const twin = plain.value?.twin ?? null;
      if (twin !== null && wanted !== decider) wizard.change({ recipe: twin });
    },
    defaultOf,
    valueOf(field) {
      const setting = advanced.find((entry) => pathOf(entry) === field.path);
      return setting === undefined ? defaultOf(field) : Number(setting.slice(field.path.length + 1));
    },
    setValue(field, value) {
      const kept = value === defaultOf(field) ? null : value;
      wizard.change({ settings: withSetting(settings, field.path, kept) });
    },
    resetAdvanced: () => wizard.change({ settings: [...sharing] }),
  };
}

async function resolve(recipe: string | null, settings: readonly string[]): Promise<Resolved | null> {
  return recipe === null ? null : callCore('recipes.resolve', { recipe, settings: [...settings] });
}

export interface EstimateOfDraft {
  /** Of the choices as they are; null until they have been measured. */
  readonly estimate: Estimate | null;
  readonly measuring: Action<void>;
  readonly job: Job | undefined;
}

/** What was measured for a shape of training, kept while the application runs; core keeps it in the project as well. */
let measured = $state.raw<{ readonly of: string; readonly estimate: Estimate } | null>(null);

/** Call while a component is set up. */
export function newEstimate(): EstimateOfDraft {
  const wizard = wizardOfPage();
  const wanted = $derived(trainingOf(wizard));
  const wantedKey = $derived(JSON.stringify([project.current?.path, wanted]));
  const measuring = newAction(async () => {
    const [input, of] = [wanted, wantedKey];
    if (input !== null) measured = { of, estimate: await callCore('training.estimate', input) };
  });
  return {
    get estimate() {
      return measured?.of === wantedKey ? measured.estimate : null;
    },
    measuring,
    get job() {
      return jobs.running.find(({ call }) => call === 'training.estimate');
    },
  };
}

/** What the draft asks of a training; null while no recipe is chosen. */
export function trainingOf({ draft, model, sources }: Wizard) {
  const { recipe, settings, seed, targetFraction, learnsFrom } = draft;
  if (recipe === null) return null;
  return {
    ...{ recipe, settings, seed, targetFraction },
    ...sourcesToSend(learnsFrom, sources, model?.needsSource ?? false),
    ...vectorsToSend(vectorsOf(draft), draft.features),
  };
}

/** The word vectors of a draft, as a training takes them; null for none. */
export function vectorsOf({ embeddings }: Pick<Wizard['draft'], 'embeddings'>): string | null {
  if (embeddings.kind === 'none') return null;
  return embeddings.kind === 'file' ? embeddings.path : embeddings.reference;
}

/** Word vectors and the folder of token features, where there are some. */
export function vectorsToSend(
  embeddings: string | null,
  features: string | null,
): { embeddings?: string; features?: string } {
  return { ...(embeddings === null ? {} : { embeddings }), ...(features === null ? {} : { features }) };
}
