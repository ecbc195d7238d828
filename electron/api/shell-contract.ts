/** What the window may ask of the shell: native dialogs, recent projects, settings. Never data of a project; that is core's contract. */
import { z } from 'zod';
import { commandIds } from './commands.ts';
import { errorRecord, path } from './views.ts';

const nothing = z.strictObject({});
const title = z.string().min(1);

export const themes = ['system', 'light', 'dark'] as const;
export const theme = z.enum(themes);
export type Theme = z.infer<typeof theme>;

/** A project that was open before. Its name is its file's, without `.ngr`. */
export const recentProject = z.object({ name: z.string(), path, openedAt: z.string(), isThere: z.boolean() });
export type RecentProject = z.infer<typeof recentProject>;

/** Running, being started again after a crash, or given up after several. */
export const coreState = z.enum(['running', 'restarting', 'stopped']);
export type CoreState = z.infer<typeof coreState>;

export const shellCalls = {
  'shell.info': {
    input: nothing,
    output: z.object({ version: z.string(), platform: z.string(), core: coreState }),
  },
  /** Asks for a port to core; it arrives as a message of the window (see bridge.ts). */
  'core.connect': { input: nothing, output: nothing },
  'core.restart': { input: nothing, output: nothing },

  'dialog.openFolder': { input: z.strictObject({ title }), output: z.object({ path: path.nullable() }) },
  'dialog.openFiles': {
    input: z.strictObject({
      title,
      /** What the files are, in words, and their extensions without the dot; any file when empty. */
      kind: z.string(),
      extensions: z.array(z.string()),
      many: z.boolean(),
    }),
    output: z.object({ paths: z.array(path) }),
  },
  'dialog.saveFile': {
    input: z.strictObject({ title, suggestedName: z.string(), kind: z.string(), extension: z.string() }),
    output: z.object({ path: path.nullable() }),
  },
  /** Shows a file or folder in the system's file manager. */
  'file.reveal': { input: z.strictObject({ path }), output: nothing },
  'clipboard.write': { input: z.strictObject({ text: z.string() }), output: nothing },

  'recents.list': { input: nothing, output: z.object({ projects: z.array(recentProject) }) },
  'recents.remember': { input: z.strictObject({ path }), output: nothing },
  'recents.forget': { input: z.strictObject({ path }), output: nothing },

  'settings.get': { input: nothing, output: z.object({ theme }) },
  'settings.set': { input: z.strictObject({ theme }), output: nothing },

  /** The bundled corpus and where its project lies or will lie. */
  'sample.find': {
    input: nothing,
    output: z.object({ corpus: path, project: path, isThere: z.boolean() }),
  },
};

export const shellEvents = {
  'menu.command': z.object({ command: z.enum(commandIds) }),
  'core.state': z.object({ state: coreState }),
};

export type ShellCallName = keyof typeof shellCalls;
export type ShellCallInput<K extends ShellCallName> = z.input<(typeof shellCalls)[K]['input']>;
export type ShellCallOutput<K extends ShellCallName> = z.output<(typeof shellCalls)[K]['output']>;
export type ShellEventName = keyof typeof shellEvents;
export type ShellEventData<K extends ShellEventName> = z.output<(typeof shellEvents)[K]>;

/** What answers the shell's calls: electron's main process, or a stand-in where there is none. */
export type ShellHandlers = {
  readonly [K in ShellCallName]: (
    input: z.output<(typeof shellCalls)[K]['input']>,
  ) => ShellCallOutput<K> | Promise<ShellCallOutput<K>>;
};

/** How a call to the shell ends; an error cannot cross the bridge as such. */
export const shellAnswer = z.union([z.object({ output: z.unknown() }), z.object({ error: errorRecord })]);
export type ShellAnswer = z.infer<typeof shellAnswer>;
