/** A model in words: what it is, what its tasks share, and the paper that it is of. */
import { type Component, components, type Recipe, type Sharing } from './recipe.ts';
import { sourcesOf } from './task-names.ts';

export interface ModelWords {
  /** What the model is, in a sentence. */
  readonly what: string;
  /** What its tasks share, in a sentence or two. */
  readonly shares: string;
  /** Null for a combination that is of no paper. */
  readonly paper: string | null;
}

/** The papers as they are cited. */
const papers = {
  transfer: 'P. Bhatia, K. Arumae and B. Celikkaya, “Dynamic Transfer Learning for Named Entity Recognition” (2018)',
  hierarchical:
    'Z. Yang, R. Salakhutdinov and W. W. Cohen, “Transfer Learning for Sequence Tagging with Hierarchical Recurrent Networks” (2017)',
  sharedCell:
    'P. Lu, T. Bai and P. Langlais, “SC-LSTM: Learning Task-Specific Representations in Multi-Task Learning for Sequence Labeling” (2019)',
  experts: 'X. Chen et al., “Multi-Source Cross-Lingual Model Transfer: Learning What to Share” (2019)',
} as const;

/** What each model of the papers is; those with a CRF at the end are the same but for that. */
const models: Readonly<Record<string, Pick<ModelWords, 'what' | 'paper'>>> = {
  baseline: {
    what: 'The tagger of one task that transfer is measured against: LSTMs read letters and words.',
    paper: papers.transfer,
  },
  ttn: {
    what: 'A Tunable Transfer Network: for each of three components it is set beforehand how the tasks relate.',
    paper: papers.transfer,
  },
  dtn: {
    what: 'The Dynamic Transfer Network: it learns word by word which copy of a component to believe.',
    paper: papers.transfer,
  },
  'dtn-hs': {
    what: 'The Dynamic Transfer Network without independent copies: smaller, with one gate a component.',
    paper: papers.transfer,
  },
  'yang-base': {
    what: 'Yang’s tagger of one task: two layers of GRUs read letters and words, a CRF decides the tags.',
    paper: papers.hierarchical,
  },
  'yang-t-a': { what: 'Yang’s transfer between tasks whose labels mean the same.', paper: papers.hierarchical },
  'yang-t-b': { what: 'Yang’s transfer between tasks with labels of their own.', paper: papers.hierarchical },
  'yang-t-c': {
    what: 'Yang’s transfer between languages that are written in the same letters.',
    paper: papers.hierarchical,
  },
  'sc-lstm': {
    what: 'The Shared-Cell LSTM: all tasks write one memory, and each decides what it reads from it.',
    paper: papers.sharedCell,
  },
  'lstm-s': {
    what: 'A model that SC-LSTM is compared with: one stack of LSTMs for all tasks, without gates of their own.',
    paper: papers.sharedCell,
  },
  'lstm-d': {
    what: 'A model that SC-LSTM is compared with: the tasks are decided at different heights of one stack of LSTMs.',
    paper: papers.sharedCell,
  },
  lstm: { what: 'The stack of LSTMs that SC-LSTM starts from, for one task.', paper: papers.sharedCell },
  'man-moe': {
    what: 'A variant of MAN-MoE, made from the paper’s abstract: an expert for each source, and a gate that asks at each word whom to believe.',
    paper: papers.experts,
  },
};

/** What is said of a recipe's model; of one with a name of its own only what it shares. */
export function modelWords({ name, ...recipe }: Recipe): ModelWords {
  const family = name
    .toLowerCase()
    .replace(/-crf$/, '')
    .replace(/^ttn-.*/, 'ttn');
  const { what, paper } = models[family] ?? { what: 'A combination of your own.', paper: null };
  return { what, shares: sharedWords(recipe), paper };
}

const componentTitles: Readonly<Record<Component, string>> = {
  characterEncoder: 'the character encoder (spelling)',
  wordEncoder: 'the word encoder (sentences)',
  decoder: 'the decoder (labels)',
};

/** What source and target share, component by component. */
function sharedWords({ tasks, sharing, decoder }: Omit<Recipe, 'name'>): string {
  const sources = sourcesOf(tasks).length;
  if (sources === 0) return 'It learns from the target’s notes alone: nothing is shared.';
  const alike = new Map<string, Component[]>();
  for (const component of components) {
    const key = JSON.stringify(sharing[component]);
    alike.set(key, [...(alike.get(key) ?? []), component]);
  }
  const parts = [...alike.values()].map((group) => relation(sharing[group[0] ?? 'decoder'], group));
  const mapped = decoder.labels === 'mapped' ? ' Source labels count as what the label map makes of them.' : '';
  return `Between target and ${sources === 1 ? 'source' : `${sources} sources`} ${parts.join('; ')}.${mapped}`;
}

/** How the tasks relate in these components, which are shared alike. */
function relation(sharing: Sharing, group: readonly Component[]): string {
  const names = listed(group.map((component) => componentTitles[component]));
  const isOne = group.length === 1;
  switch (sharing.kind) {
    case 'independent':
      return `${names} ${isOne ? 'is' : 'are'} each task’s own`;
    case 'soft':
      return `${names} ${isOne ? 'is a copy' : 'are copies'} a task, pulled towards each other`;
    case 'hard':
      return `${names} ${isOne ? 'is' : 'are'} shared whole`;
    case 'gated':
      return sharing.independent
        ? `${names} ${isOne ? 'has' : 'have'} a hard, a soft and an independent copy, weighed at each word`
        : `${names} ${isOne ? 'has' : 'have'} a hard and a soft copy, weighed at each word`;
    default:
      return withoutEnd(stackWords[sharing.kind]);
  }
}

/** Relations of the word encoder that the grid of relations does not offer, each as a sentence. */
export const stackWords: Readonly<Record<'shared-cell' | 'layered' | 'experts', string>> = {
  'shared-cell':
    'The word encoder is one stack of LSTMs, in whose top layer each task reads the memory through an output gate of its own.',
  layered: 'The word encoder is one stack of LSTMs: a source is decided from a lower layer, the target from the last.',
  experts:
    'The word encoder is there twice: one half is trained so that a critic cannot tell the tasks apart by it, the other is read by an expert for each source, weighed at each word.',
};

/** A sentence as a part of another. */
function withoutEnd(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1, -1);
}

function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
