/** Asks the user for a file of word vectors, or a folder of token features. */
import { askShell } from '../desk.svelte.ts';

/** Its path; null where the user chose none. @throws AppError */
export async function chooseVectorFile(): Promise<string | null> {
  const { paths } = await askShell('dialog.openFiles', {
    title: 'Word vectors',
    kind: 'Word vectors',
    extensions: ['txt', 'vec', 'bin', 'gz'],
    many: false,
  });
  return paths[0] ?? null;
}

/** Its path; null where the user chose none. @throws AppError */
export async function chooseFeatureFolder(): Promise<string | null> {
  return (await askShell('dialog.openFolder', { title: 'Choose the folder of token features' })).path;
}
