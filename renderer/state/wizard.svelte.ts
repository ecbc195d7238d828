/** The wizard: what was chosen so far, saved by core as it changes, and the step that is shown. Created by the page, read by its steps. */
import { getContext, onDestroy, setContext } from 'svelte';
import { wizardSteps, type WizardDraft } from '../../electron/api/setup-calls.ts';
import { type ErrorRecord, toErrorRecord } from '../../worker/domain/errors.ts';
import type { Task } from '../../worker/domain/task-names.ts';
import { learnsFromSource } from '../../worker/domain/tasks.ts';
import { callCore } from '../desk.svelte.ts';
import { project } from './project.svelte.ts';
import { newQuery } from './query.svelte.ts';
import { chosenSources, sourcesIn } from './wizard-sources.ts';
import { type ChosenModel, type StepId, type StepState, stepStates } from './wizard-steps.ts';

/** Changes that follow each other this closely are saved together. */
const saveAfterMs = 200;

export interface Wizard {
  /** Read once `isReady`. */
  readonly draft: WizardDraft;
  readonly isReady: boolean;
  /** Why reading or saving failed. */
  readonly failure: ErrorRecord | null;
  /** Whether core has every choice. */
  readonly isSaved: boolean;
  /** The chosen recipe; null while none is chosen, or core has not answered. */
  readonly model: ChosenModel | null;
  /** The sources that hold documents. */
  readonly sources: readonly Task[];
  readonly steps: readonly StepState[];
  readonly step: StepState | undefined;
  /** For who saved a label map. */
  mapsChanged(): void;
  /** Changes choices and saves them. */
  change(choices: Partial<WizardDraft>): void;
  goTo(step: StepId): void;
  /** On to the next step unless something is missing here. */
  next(): void;
  back(): void;
}

const key = Symbol('wizard');

/** The wizard of the page around this component. */
export function wizardOfPage(): Wizard {
  return getContext<Wizard>(key);
}

/** Call while the page is set up. */
export function newWizard(): Wizard {
  let draft = $state.raw<WizardDraft | null>(null);
  let failure = $state.raw<ErrorRecord | null>(null);
  let isSaved = $state(true);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const sources = $derived(sourcesIn(project.info));
  const learned = $derived(chosenSources(draft?.learnsFrom ?? null, sources));
  /** As one text, so that the maps are asked for again only where other sources are learned from. */
  const learnedText = $derived(learned.join(' '));
  const labelsMapped = newQuery(async () => {
    const names = learnedText === '' ? [] : learnedText.split(' ');
    const maps = await Promise.all(names.map((source) => callCore('labelMap.get', { source })));
    return new Map(
      maps.map(({ source, map }) => [source, Object.values(map).filter((target) => target !== null).length]),
    );
  }, ['job.ended', 'corpora.changed']);
  const presets = newQuery(async () => (await callCore('recipes.form', {})).presets);
  const recipe = $derived(draft?.recipe ?? null);
  const settings = $derived(draft?.settings ?? []);
  const resolved = newQuery(async () =>
    recipe === null ? null : (await callCore('recipes.resolve', { recipe, settings: [...settings] })).recipe,
  );
  const model = $derived.by((): ChosenModel | null => {
    if (recipe === null || !resolved.value) return null;
    const { name } = resolved.value;
    const title = presets.value?.find((preset) => preset.recipe === name)?.title;
    return {
      title: title ?? (name === 'own-grid' ? 'Own combination' : name),
      needsSource: learnsFromSource(resolved.value),
      needsMap: resolved.value.decoder.labels === 'mapped',
      problem: resolved.failure?.message ?? null,
    };
  });
  const steps = $derived(
    draft === null || project.info === null
      ? []
      : stepStates({
          draft,
          info: project.info,
          model,
          labelsMapped: labelsMapped.value ?? new Map(),
        }),
  );
  const step = $derived(steps.find(({ id }) => id === draft?.step));

  callCore('wizard.get', {}).then(
    (saved) => (draft = saved.draft),
    (thrown: unknown) => (failure = toErrorRecord(thrown)),
  );
  onDestroy(() => void save());

  async function save(): Promise<void> {
    clearTimeout(timer);
    if (draft === null || isSaved) return;
    const sent = draft;
    try {
      await callCore('wizard.save', { draft: sent });
      failure = null;
      if (draft === sent) isSaved = true;
    } catch (thrown) {
      failure = toErrorRecord(thrown);
    }
  }

  function change(choices: Partial<WizardDraft>): void {
    if (draft === null) return;
    draft = { ...draft, ...choices };
    isSaved = false;
    clearTimeout(timer);
    timer = setTimeout(() => void save(), saveAfterMs);
  }

  function moveBy(places: 1 | -1): void {
    if (draft === null) return;
    const to = wizardSteps[wizardSteps.indexOf(draft.step) + places];
    if (to !== undefined) change({ step: to });
  }

  const wizard: Wizard = {
    get draft() {
      if (draft === null) throw new Error('The draft is read before it is there.');
      return draft;
    },
    get isReady() {
      return draft !== null && project.info !== null;
    },
    get failure() {
      return failure;
    },
    get isSaved() {
      return isSaved;
    },
    get model() {
      return model;
    },
    get sources() {
      return sources;
    },
    get steps() {
      return steps;
    },
    get step() {
      return step;
    },
    mapsChanged: () => labelsMapped.refresh(),
    change,
    goTo: (id) => change({ step: id }),
    next() {
      if (draft === null || step === undefined || (step.missing !== null && !step.mayWait)) return;
      if (!draft.visited.includes(draft.step)) change({ visited: [...draft.visited, draft.step] });
      moveBy(1);
    },
    back: () => moveBy(-1),
  };
  return setContext(key, wizard);
}
