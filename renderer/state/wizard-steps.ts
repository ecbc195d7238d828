/** The steps of the set-up wizard: what they are called, how complete each is, and whether one may go on from it. */
import type { wizardSteps, WizardDraft } from '../../electron/api/setup-calls.ts';
import type { ProjectInfo } from '../../electron/api/views.ts';
import type { Split } from '../../worker/domain/document.ts';
import { type Task, taskText } from '../../worker/domain/task-names.ts';
import { counted } from './amounts.ts';
import { chosenSources, sourcesIn, sourcesProblem } from './wizard-sources.ts';

export type StepId = (typeof wizardSteps)[number];

export interface StepState {
  readonly id: StepId;
  readonly title: string;
  readonly state: 'done' | 'open' | 'blocked' | 'problem';
  /** What was chosen, in a few words. */
  readonly summary: string;
  /** What keeps a training from starting; null where nothing does. */
  readonly missing: string | null;
  /** Whether one may go on before that is mended. */
  readonly mayWait: boolean;
}

export interface ChosenModel {
  readonly title: string;
  /** Whether it trains on the source too. */
  readonly needsSource: boolean;
  /** Whether it learns only what stands for a target label. */
  readonly needsMap: boolean;
  /** What core has against its settings, in a sentence. */
  readonly problem: string | null;
}

/** Everything that completeness depends on. */
export interface StepFacts {
  readonly draft: WizardDraft;
  readonly info: ProjectInfo;
  /** The chosen recipe with its settings; null while none is chosen, or core has not answered. */
  readonly model: ChosenModel | null;
  /** Labels of each source that stand for a target label; sources that are missing have not answered yet. */
  readonly labelsMapped: ReadonlyMap<Task, number>;
}

/** In their order. */
export function stepStates(facts: StepFacts): readonly StepState[] {
  const open = [
    sourceStep(facts),
    targetStep(facts),
    splitsStep(facts),
    labelsStep(facts),
    embeddingsStep(facts),
    modelStep(facts),
  ];
  const missing = open.find((step) => step.missing !== null)?.missing ?? null;
  const summary: StepState = {
    id: 'summary',
    title: 'Summary and start',
    state: missing === null ? 'open' : 'blocked',
    summary: '',
    missing,
    mayWait: false,
  };
  return [...open, summary];
}

function sourceStep({ draft, info, model }: StepFacts): StepState {
  const sources = sourcesIn(info);
  const documents = sources.reduce((sum, name) => sum + documentsOf(info, name), 0);
  const amount = `${sources.length > 1 ? `${sources.length} sources, ` : ''}${counted(documents, 'document')}`;
  const isMissing = model !== null && model.needsSource && documents === 0;
  return {
    id: 'source',
    title: 'Source notes',
    state: documents > 0 ? 'done' : isMissing ? 'problem' : 'open',
    summary: documents > 0 ? amount : draft.visited.includes('source') ? 'None' : '',
    missing: isMissing ? 'The chosen model learns from source notes too, and the project holds none.' : null,
    mayWait: true,
  };
}

function targetStep({ info }: StepFacts): StepState {
  const documents = documentsOf(info, 'target');
  return {
    id: 'target',
    title: 'Target notes',
    state: documents > 0 ? 'done' : 'open',
    summary: documents > 0 ? counted(documents, 'document') : '',
    missing: documents > 0 ? null : 'Import annotated target notes first.',
    mayWait: false,
  };
}

function splitsStep({ info }: StepFacts): StepState {
  const [train, dev, test] = (['train', 'dev', 'test'] as const).map((split) => documentsOf(info, 'target', split));
  const undivided = documentsOf(info, 'target', null);
  const isMissing = undivided > 0 || train === 0 || dev === 0;
  return {
    id: 'splits',
    title: 'Splits',
    state: documentsOf(info, 'target') === 0 ? 'blocked' : isMissing ? 'open' : 'done',
    summary: isMissing ? '' : `${train} train, ${dev} dev, ${test} test`,
    missing: !isMissing
      ? null
      : undivided > 0
        ? `${counted(undivided, 'target document')} ${undivided === 1 ? 'is' : 'are'} not in a split yet.`
        : 'Training needs target documents in train and in dev.',
    mayWait: false,
  };
}

function labelsStep({ draft, info, model, labelsMapped }: StepFacts): StepState {
  const sources = chosenSources(draft.learnsFrom, sourcesIn(info));
  const source = info.labels.filter(({ role }) => sources.includes(role)).length;
  const target = info.labels.filter(({ role }) => role === 'target').length;
  const isSeen = draft.visited.includes('labels');
  const mapped = sources.reduce((sum, name) => sum + (labelsMapped.get(name) ?? 0), 0);
  const unmapped = model?.needsMap && target > 0 ? sources.find((name) => labelsMapped.get(name) === 0) : undefined;
  return {
    id: 'labels',
    title: 'Label map',
    state: target === 0 ? 'blocked' : unmapped !== undefined ? 'problem' : isSeen ? 'done' : 'open',
    summary: !isSeen || source === 0 ? '' : `${mapped} of ${source} mapped`,
    missing:
      unmapped === undefined
        ? null
        : `The chosen model needs a label of the ${taskText(unmapped)} that stands for one of yours.`,
    mayWait: true,
  };
}

const vectorTitles = { none: 'Learned in training', own: 'From your own notes', file: 'From a file' } as const;

function embeddingsStep({ draft }: StepFacts): StepState {
  const isSeen = draft.visited.includes('embeddings') || draft.embeddings.kind !== 'none';
  return {
    id: 'embeddings',
    title: 'Word vectors',
    state: isSeen ? 'done' : 'open',
    summary: isSeen ? vectorTitles[draft.embeddings.kind] : '',
    missing: null,
    mayWait: false,
  };
}

function modelStep({ draft, info, model }: StepFacts): StepState {
  const unchosen = model?.needsSource ? sourcesProblem(draft.learnsFrom, sourcesIn(info)) : undefined;
  const problem = model?.problem ?? unchosen ?? null;
  return {
    id: 'model',
    title: 'Model',
    state: problem !== null ? 'problem' : draft.recipe === null ? 'open' : 'done',
    summary: model?.title ?? '',
    missing: draft.recipe === null ? 'Choose a model.' : problem,
    mayWait: false,
  };
}

/** Every split where none is asked for. */
function documentsOf(info: ProjectInfo, role: Task, split?: Split | null): number {
  return info.documents
    .filter((row) => row.role === role && (split === undefined || row.split === split))
    .reduce((sum, { documents }) => sum + documents, 0);
}
