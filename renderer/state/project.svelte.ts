/** The open project: its name and what is inside, reopened when core had to be started again. */
import type { CallOutput } from '../../electron/api/contract.ts';
import type { ProjectInfo } from '../../electron/api/views.ts';
import type { Role, Split } from '../../worker/domain/document.ts';
import { toErrorRecord } from '../../worker/domain/errors.ts';
import { askShell, callCore, onConnect, onCoreEvent } from '../desk.svelte.ts';
import { goTo } from './router.svelte.ts';
import { say } from './toasts.svelte.ts';

type OpenProject = CallOutput<'project.open'>;

let open = $state.raw<OpenProject | null>(null);
let info = $state.raw<ProjectInfo | null>(null);

export const project = {
  /** Null while none is open. */
  get current(): OpenProject | null {
    return open;
  },
  /** Its file's name without `.ngr`. */
  get name(): string {
    return open === null ? '' : projectName(open.path);
  },
  /** Documents, labels and counts; null until core has answered. */
  get info(): ProjectInfo | null {
    return info;
  },
};

/** With `stopRunning`, what is under way in the open project is stopped. @throws AppError `project-busy` without. */
export async function openProject(path: string, stopRunning: boolean): Promise<void> {
  open = await callCore('project.open', { path, access: 'write', stopRunning });
  info = null;
  await Promise.all([refreshProject(), askShell('recents.remember', { path })]);
}

/** As {@link openProject}. */
export async function closeProject(stopRunning: boolean): Promise<void> {
  await callCore('project.close', { stopRunning });
  open = null;
  info = null;
  goTo('projects');
}

/** Ask again what the project holds. @throws AppError */
export async function refreshProject(): Promise<void> {
  if (open !== null) info = await callCore('project.info', {});
}

/** Opens the sample project; the first time it is made from the bundled corpus. As {@link openProject}. */
export async function openSample(stopRunning: boolean): Promise<void> {
  const { corpus, project: path, isThere } = await askShell('sample.find', {});
  if (!isThere) await callCore('project.create', { path });
  await openProject(path, stopRunning);
  const { imports } = await callCore('corpora.imports', {});
  for (const part of sampleParts) {
    const isThereAlready = imports.some(
      ({ role, split, status }) => role === part.role && split === part.split && status === 'done',
    );
    if (!isThereAlready) await importPart(corpus, part);
  }
  await refreshProject();
}

/** Once, at the start. */
export function watchProject(): void {
  // A core that ends before it answers is started again, and asked again.
  onConnect(() => void reopen().catch(() => undefined));
  onCoreEvent((name) => {
    // What a job stored shows when it ends; a failure to ask shows where the user asks next.
    if (name === 'job.ended') refreshProject().catch(() => undefined);
  });
}

interface SamplePart {
  readonly folder: string;
  readonly role: Role;
  readonly split: Split | null;
}

const sampleParts: readonly SamplePart[] = [
  { folder: 'source', role: 'source', split: null },
  { folder: 'target/train', role: 'target', split: 'train' },
  { folder: 'target/dev', role: 'target', split: 'dev' },
  { folder: 'target/test', role: 'target', split: 'test' },
];

async function importPart(corpus: string, { folder, role, split }: SamplePart): Promise<void> {
  await callCore('corpora.import', {
    role,
    format: 'auto',
    paths: [`${corpus}/${folder}`],
    ...(split === null ? {} : { split }),
  });
}

/** After a crash the window still knows which project was open; a window that was loaded anew asks core. */
async function reopen(): Promise<void> {
  if (open === null) return takeOver();
  try {
    await callCore('project.open', { path: open.path, access: 'write' });
    await refreshProject();
    say('Notegraft’s background process had stopped. It runs again and your project is open.', 'warning');
  } catch (thrown) {
    open = null;
    info = null;
    goTo('projects');
    say(toErrorRecord(thrown).message, 'warning');
  }
}

async function takeOver(): Promise<void> {
  const { project: shown } = await callCore('project.current', {});
  if (shown === null || open !== null) return;
  open = shown;
  await refreshProject();
}

function projectName(path: string): string {
  return (path.split(/[\\/]/).at(-1) ?? path).replace(/\.ngr$/i, '');
}
