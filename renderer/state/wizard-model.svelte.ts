/** The model that the wizard sets up: preset or grid, advanced settings over it, and what it would cost on this machine. */
import type { CallOutput } from '../../electron/api/contract.ts';
import type { GridChoice, RecipeField } from '../../electron/api/recipe-calls.ts';
import { stackWords } from '../../worker/domain/model-words.ts';
import { type Component, components, type DecoderKind } from '../../worker/domain/recipe.ts';
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
export type Preset = RecipeForm['presets'][number];
type Resolved = CallOutput<'recipes.resolve'>;
type Estimate = CallOutput<'training.estimate'>;

export interface ModelStep {
  readonly form: Query<RecipeForm>;
  /** The recipe with all settings; its failure says what core refuses. */
  readonly resolved: Query<Resolved | null>;
  /** Null where no transfer model is chosen, or a relation that the grid does not offer. */
  readonly grid: Readonly<Record<Component, GridChoice | null>>;
  /** What a relation that the grid does not offer does, in words; null for one that it offers, and where nothing is chosen. */
  beyondGrid(component: Component): string | null;
  /** What may decide the tags of the chosen model; one, where it comes with one decoder alone. */
  readonly deciders: readonly DecoderKind[];
  readonly decider: DecoderKind | null;
  /** The preset that is chosen, under either of its names; null for a grid of one's own. */
  readonly preset: Preset | null;
  readonly advanced: readonly string[];
  readonly choosing: Action<Partial<Record<Component, GridChoice>>>;
  /** With a decider that was chosen against the one before's first, where the preset has it too. */
  choosePreset(preset: Preset): void;
  chooseDecider(decider: DecoderKind): void;
  /** What a field says without a setting over it. */
  defaultOf(field: RecipeField): number;
  valueOf(field: RecipeField): number;
  setValue(field: RecipeField, value: number): void;
  resetAdvanced(): void;
}

/** As they are offered. */
const deciderOrder: readonly DecoderKind[] = ['crf', 'tag-lstm', 'softmax'];

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

  const ways = $derived(plain.value?.ways ?? []);
  const decider = $derived(plain.value?.recipe.decoder.kind ?? null);
  const preset = $derived(
    sharing.length > 0 || recipe === null
      ? null
      : (form.value?.presets.find((one) => one.ways.some((way) => way.recipe === recipe)) ?? null),
  );

  const choosing = newAction(async (choice: Partial<Record<Component, GridChoice>>) => {
    const chosen = Object.fromEntries(
      components.map((component) => [component, choice[component] ?? grid[component] ?? firstGrid[component]]),
    ) as Record<Component, GridChoice>;
    const model = await callCore('recipes.grid', { ...chosen, decides: decider === 'tag-lstm' ? decider : 'crf' });
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
    beyondGrid(component) {
      const kind = plain.value?.recipe.sharing[component].kind;
      return kind === 'shared-cell' || kind === 'layered' || kind === 'experts' ? stackWords[kind] : null;
    },
    get advanced() {
      return advanced;
    },
    choosing,
    get deciders() {
      return deciderOrder.filter((kind) => ways.some(({ decides }) => decides === kind));
    },
    get decider() {
      return decider;
    },
    get preset() {
      return preset;
    },
    choosePreset(next) {
      const isOwnChoice = decider !== (preset?.ways[0]?.decides ?? 'crf');
      const kept = isOwnChoice ? next.ways.find(({ decides }) => decides === decider) : undefined;
      wizard.change({ recipe: (kept ?? next).recipe, settings: [...advanced] });
    },
    chooseDecider(wanted) {
      const way = ways.find(({ decides }) => decides === wanted);
      if (way !== undefined) wizard.change({ recipe: way.recipe });
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
