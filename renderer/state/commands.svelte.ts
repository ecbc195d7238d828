/** What the application's commands do, whether they come from the menu, from a key or from a button. */
import { type CommandId, commandIds, commands } from '../../electron/api/commands.ts';
import { askShell } from '../desk.svelte.ts';
import { newAction } from './action.svelte.ts';
import { closeProject, createProject, openProject, openSample, project } from './project.svelte.ts';
import { goTo } from './router.svelte.ts';
import type { ShortcutGroup } from './shortcuts.svelte.ts';

const projectFiles = { kind: 'Notegraft project', extension: 'ngr' } as const;

let isHelpOpen = $state(false);

export const help = {
  get isOpen(): boolean {
    return isHelpOpen;
  },
  set isOpen(next: boolean) {
    isHelpOpen = next;
  },
};

/** The ways to a project; the Projects page shows whether they are under way and how they failed. */
export const projectActions = {
  create: newAction(async () => {
    const { path } = await askShell('dialog.saveFile', {
      title: 'New project',
      suggestedName: 'Untitled project.ngr',
      ...projectFiles,
    });
    if (path !== null) await createProject(path);
  }),
  open: newAction(async (path: string | undefined) => {
    const chosen = path ?? (await chooseProject());
    if (chosen !== null) await openProject(chosen);
  }),
  openSample: newAction(openSample),
};

export function runCommand(id: CommandId): void {
  switch (id) {
    case 'project.new':
      goTo('projects');
      void projectActions.create.run();
      break;
    case 'project.open':
      goTo('projects');
      void projectActions.open.run(undefined);
      break;
    case 'project.close':
      if (project.current !== null) void closeProject();
      break;
    case 'go.projects':
      goTo('projects');
      break;
    case 'go.wizard':
      goTo('wizard');
      break;
    case 'go.runs':
      goTo('runs');
      break;
    case 'go.tagging':
      goTo('tagging');
      break;
    case 'go.notes':
      goTo('notes');
      break;
    case 'go.studies':
      goTo('studies');
      break;
    case 'help.shortcuts':
      isHelpOpen = true;
      break;
  }
}

/** The same keys as in the menu: what is caught here does not reach it. */
export const commandShortcuts: ShortcutGroup = {
  title: 'Everywhere',
  shortcuts: [
    ...commandIds.map((id) => ({ ...commands[id], run: () => runCommand(id) })),
    // Electron has no keys of its own for this; with Alt and an arrow the note page moves the border of an entity.
    { keys: 'CommandOrControl+[', title: 'Back to the page before', run: () => window.history.back() },
  ],
};

async function chooseProject(): Promise<string | null> {
  const { paths } = await askShell('dialog.openFiles', {
    title: 'Open project',
    kind: projectFiles.kind,
    extensions: [projectFiles.extension],
    many: false,
  });
  return paths[0] ?? null;
}
