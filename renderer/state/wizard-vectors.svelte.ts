/** Word vectors trained in the wizard: the folders of notes, the training under way, and what the project keeps. */
import type { OwnVectors } from '../../electron/api/embeddings-calls.ts';
import type { CallOutput } from '../../electron/api/contract.ts';
import { askShell, callCore } from '../desk.svelte.ts';
import { type Action, newAction } from './action.svelte.ts';
import { type Job, jobs } from './jobs.svelte.ts';
import { newQuery, type Query } from './query.svelte.ts';
import { wizardOfPage } from './wizard.svelte.ts';

export interface VectorsStep {
  readonly folders: readonly string[];
  /** Whether the text of the project's documents is trained on too. */
  corpora: boolean;
  dimensions: number;
  /** What the project keeps, oldest first. */
  readonly kept: Query<readonly OwnVectors[]>;
  /** The vectors that are chosen, once they are known. */
  readonly chosen: OwnVectors | undefined;
  readonly training: Action<void>;
  /** What the training that has just ended made. */
  readonly made: CallOutput<'embeddings.train'> | null;
  readonly job: Job | undefined;
  addFolder(): Promise<void>;
  removeFolder(folder: string): void;
  choose(reference: string): void;
}

/** Call while the step is set up. */
export function newVectorsStep(): VectorsStep {
  const wizard = wizardOfPage();
  let folders = $state.raw<readonly string[]>([]);
  let corpora = $state(true);
  let dimensions = $state(100);
  let made = $state.raw<CallOutput<'embeddings.train'> | null>(null);
  const kept = newQuery(async () => (await callCore('embeddings.list', {})).embeddings, ['job.ended']);
  const reference = $derived(wizard.draft.embeddings.kind === 'own' ? wizard.draft.embeddings.reference : null);

  const choose = (wanted: string): void => wizard.change({ embeddings: { kind: 'own', reference: wanted } });

  const training = newAction(async () => {
    made = null;
    made = await callCore('embeddings.train', { notes: [...folders], corpora, settings: { dimensions } });
    choose(made.reference);
  });

  return {
    get folders() {
      return folders;
    },
    get corpora() {
      return corpora;
    },
    set corpora(next) {
      corpora = next;
    },
    get dimensions() {
      return dimensions;
    },
    set dimensions(next) {
      dimensions = next;
    },
    kept,
    get chosen() {
      return kept.value?.find((entry) => entry.reference === reference);
    },
    training,
    get made() {
      return made;
    },
    get job() {
      return jobs.running.find(({ call }) => call === 'embeddings.train');
    },
    async addFolder() {
      const { path } = await askShell('dialog.openFolder', { title: 'Folder of notes' });
      if (path !== null && !folders.includes(path)) folders = [...folders, path];
    },
    removeFolder(folder) {
      folders = folders.filter((other) => other !== folder);
    },
    choose,
  };
}
