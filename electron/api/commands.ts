/** The commands of the application's menu, their keys, and where they lead: the menu and the window's help show the same list. */

export const commandIds = [
  'project.new',
  'project.open',
  'project.close',
  'go.projects',
  'go.wizard',
  'go.runs',
  'go.tagging',
  'go.notes',
  'go.studies',
  'help.shortcuts',
] as const;
export type CommandId = (typeof commandIds)[number];

export interface Command {
  readonly title: string;
  /** In the notation of Electron's accelerators; CommandOrControl is Ctrl, on a Mac ⌘. */
  readonly keys: string;
}

export const commands: Readonly<Record<CommandId, Command>> = {
  'project.new': { title: 'New project…', keys: 'CommandOrControl+N' },
  'project.open': { title: 'Open project…', keys: 'CommandOrControl+O' },
  'project.close': { title: 'Close project', keys: 'CommandOrControl+Shift+W' },
  'go.projects': { title: 'Projects', keys: 'CommandOrControl+1' },
  'go.wizard': { title: 'Set-up wizard', keys: 'CommandOrControl+2' },
  'go.runs': { title: 'Runs', keys: 'CommandOrControl+3' },
  'go.tagging': { title: 'Tagging', keys: 'CommandOrControl+4' },
  'go.notes': { title: 'Notes & review', keys: 'CommandOrControl+5' },
  'go.studies': { title: 'Studies', keys: 'CommandOrControl+6' },
  'help.shortcuts': { title: 'Keyboard shortcuts', keys: 'F1' },
};
