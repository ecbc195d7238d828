/** A corpus of the wizard, a source or the target: the folder that is looked at, its import, and the imports that the project holds. */
import { onDestroy } from 'svelte';
import type { CallOutput } from '../../electron/api/contract.ts';
import type { ImportResult } from '../../electron/api/views.ts';
import type { FormatName, Split } from '../../worker/domain/document.ts';
import { taskText, type Task } from '../../worker/domain/task-names.ts';
import { askShell, callCore } from '../desk.svelte.ts';
import { type Action, newAction } from './action.svelte.ts';
import { type Job, jobs } from './jobs.svelte.ts';
import { refreshProject } from './project.svelte.ts';
import { newQuery, type Query } from './query.svelte.ts';
import { chosenFolderOf, type ChosenFolder, withChosenFolder } from './wizard-sources.ts';
import { wizardOfPage } from './wizard.svelte.ts';

export type FoundCorpus = CallOutput<'corpora.detect'>;
export type ImportEntry = CallOutput<'corpora.imports'>['imports'][number];
/** Where the documents of a folder go: a split, shared out later, or each folder inside into the split it is called after. */
export type Place = Split | 'later' | 'by-folder';

export interface CorpusStep {
  readonly role: Task;
  /** The folder that was chosen last; null before. */
  readonly chosen: ChosenFolder | null;
  /** What was found in the chosen folder; null while nobody has looked. */
  readonly found: FoundCorpus | null;
  place: Place;
  /** What the import that has just ended did, folder by folder. */
  readonly results: readonly ImportResult[];
  readonly imports: Query<readonly ImportEntry[]>;
  readonly labels: Query<CallOutput<'corpora.labels'>>;
  readonly look: Action<void>;
  readonly importing: Action<void>;
  readonly removing: Action<number>;
  /** The job that looks or imports now. */
  readonly job: Job | undefined;
  chooseFolder(): Promise<void>;
  chooseFormat(format: FormatName | 'auto'): void;
}

const changes = ['corpora.changed', 'job.ended'] as const;

/** Call while the step is set up. */
export function newCorpusStep(role: Task): CorpusStep {
  const wizard = wizardOfPage();
  let found = $state.raw<FoundCorpus | null>(null);
  let place = $state<Place>('later');
  let results = $state.raw<readonly ImportResult[]>([]);
  let isGone = false;
  onDestroy(() => (isGone = true));
  const chosen = $derived(chosenFolderOf(wizard.draft, role));

  const imports = newQuery(async () => {
    const answer = await callCore('corpora.imports', {});
    return answer.imports.filter((entry) => entry.role === role);
  }, changes);
  const labels = newQuery(() => callCore('corpora.labels', { role }), changes);

  const look = newAction(async () => {
    if (chosen === null) return;
    found = null;
    const answer = await callCore('corpora.detect', chosen);
    found = answer;
    place = role === 'target' && answer.parts.length > 0 ? 'by-folder' : 'later';
  });

  const importing = newAction(async () => {
    if (chosen === null) return;
    const { format } = chosen;
    look.clear();
    results = [];
    for (const { folder, split } of foldersOf(chosen.folder)) {
      const result = await callCore('corpora.import', {
        role,
        format,
        paths: [folder],
        ...(split === null ? {} : { split }),
      });
      results = [...results, result];
    }
    found = null;
    await refreshProject();
  });

  const removing = newAction(async (id: number) => {
    await callCore('corpora.remove', { import: id });
    results = [];
    await refreshProject();
  });

  function foldersOf(folder: string): readonly { folder: string; split: Split | null }[] {
    if (place === 'by-folder') return found?.parts ?? [];
    return [{ folder, split: place === 'later' ? null : place }];
  }

  const choose = (folder: ChosenFolder): void => wizard.change(withChosenFolder(wizard.draft, role, folder));

  return {
    role,
    get chosen() {
      return chosen;
    },
    get found() {
      return found;
    },
    get place() {
      return place;
    },
    set place(next) {
      place = next;
    },
    get results() {
      return results;
    },
    imports,
    labels,
    look,
    importing,
    removing,
    get job() {
      return jobs.running.find(({ call }) => call === 'corpora.detect' || call === 'corpora.import');
    },
    async chooseFolder() {
      const { path } = await askShell('dialog.openFolder', { title: `Folder of ${taskText(role)} notes` });
      if (path === null || isGone) return;
      choose({ folder: path, format: 'auto' });
      results = [];
      importing.clear();
      await look.run();
    },
    chooseFormat(format) {
      if (chosen === null) return;
      choose({ ...chosen, format });
      void look.run();
    },
  };
}
