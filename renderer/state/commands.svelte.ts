/** What the application's commands do, whether they come from the menu, from a key or from a button. */
import { type CommandId, commandIds, commands } from '../../electron/api/commands.ts';
import type { ErrorRecord } from '../../worker/domain/errors.ts';
import { askShell, callCore } from '../desk.svelte.ts';
import { newAction } from './action.svelte.ts';
import { closeProject, openProject, openSample, project } from './project.svelte.ts';
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

/** The ways to a project and out of it; the Projects page shows whether they are under way and how they failed. */
export const projectActions = {
  create: newAction(async () => {
    const { path } = await askShell('dialog.saveFile', {
      title: 'New project',
      suggestedName: 'Untitled project.ngr',
      ...projectFiles,
    });
    if (path === null) return;
    await callCore('project.create', { path });
    await leaveFor((stopRunning) => openProject(path, stopRunning));
  }),
  open: newAction(async (path: string | undefined) => {
    const chosen = path ?? (await chooseProject());
    if (chosen !== null) await leaveFor((stopRunning) => openProject(chosen, stopRunning));
  }),
  openSample: newAction(() => leaveFor(openSample)),
  close: newAction(() => leaveFor(closeProject)),
};

type Leave = (stopRunning: boolean) => Promise<void>;
let wanted: Leave = () => Promise.resolve();

/** Leaves the open project, unless work on it is under way: then {@link leaving} asks. */
async function leaveFor(leave: Leave): Promise<void> {
  wanted = leave;
  await leave(false);
}

/** What keeps the user in the open project, and the two ways on. */
export const leaving = {
  /** Null while nothing does. */
  get busy(): ErrorRecord | null {
    const failures = Object.values(projectActions).map(({ failure }) => failure);
    return failures.find((failure) => failure?.code === 'project-busy') ?? null;
  },
  stay(): void {
    for (const action of Object.values(projectActions)) if (action.failure?.code === 'project-busy') action.clear();
  },
  stopping: newAction(async () => {
    await wanted(true);
    leaving.stay();
  }),
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
      if (project.current !== null) void projectActions.close.run();
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
