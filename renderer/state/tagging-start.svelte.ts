/** What is about to be tagged, and with which model; kept while other pages are open. */
import { AppError } from '../../worker/domain/errors.ts';
import { askShell, pathOfDropped } from '../desk.svelte.ts';
import { newAction } from './action.svelte.ts';
import { startTagging } from './tagging-live.svelte.ts';
import { goTo } from './router.svelte.ts';

/** `run` is empty for the best one; `features` is for models that read token features. */
export const nextTagging = $state<{ paths: readonly string[]; run: string; features: string | null }>({
  paths: [],
  run: '',
  features: null,
});

export function forgetPath(path: string): void {
  nextTagging.paths = nextTagging.paths.filter((other) => other !== path);
}

/** The ways to name notes; the page shows how they failed. */
export const choosing = {
  folder: newAction(async () => {
    const { path } = await askShell('dialog.openFolder', { title: 'Choose a folder of notes' });
    if (path !== null) addPaths([path]);
  }),
  files: newAction(async () => {
    const { paths } = await askShell('dialog.openFiles', {
      title: 'Choose notes',
      kind: 'Text files',
      extensions: ['txt'],
      many: true,
    });
    addPaths(paths);
  }),
  drop: newAction(async (files: readonly File[]) => {
    const paths = files.map(pathOfDropped).filter((path) => path !== '');
    if (paths.length === 0) {
      throw new AppError('usage', 'What was dropped is neither a file nor a folder of this computer.', {
        details: { nextStep: 'Choose the folder with the button.' },
      });
    }
    addPaths(paths);
  }),
};

export const starting = newAction(
  async ({ run, readsFeatures }: { readonly run: number; readonly readsFeatures: boolean }) => {
    const { paths, features } = nextTagging;
    const given = readsFeatures && features !== null ? { features } : {};
    const tagging = await startTagging({ run, paths: [...paths], ...given });
    nextTagging.paths = [];
    goTo('tagging', tagging);
  },
);

function addPaths(paths: readonly string[]): void {
  starting.clear();
  nextTagging.paths = [...new Set([...nextTagging.paths, ...paths])];
}
