/** The ground of every command: a core, its progress on stderr, one result on stdout, Ctrl-C. */
import { resolve } from 'node:path';
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { commandText } from '../core/command-text.ts';
import { createCore, type Core } from '../core/main.ts';
import type { EventListener } from '../api/events.ts';
import { openProgress, type Progress } from './progress.ts';

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: true;
  readonly quiet?: true;
  readonly verbose?: true;
}

/** What a command's action works with. */
export interface Terminal {
  readonly core: Core;
  /** The command's one result: `json` as one document with --json, else `text`. */
  readonly print: (json: unknown, text: () => string) => void;
  /** A line on stderr, unless --quiet. */
  readonly say: (text: string) => void;
}

/** A second Ctrl-C after this long ends the command at once; before, it may be the same key press arriving by two ways. */
const impatienceMs = 1000;

export const appVersion = readVersion();

/** A command with the options all have. */
export function newCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--json', 'print one JSON document on stdout')
    .option('--quiet', 'no progress on stderr')
    .option('--verbose', 'log calls and slow statements on stderr')
    .showHelpAfterError(false)
    .allowExcessArguments(false);
}

/**
 * Run one command with a core of its own. Ctrl-C cancels its jobs; the command then fails with `cancelled`.
 * `onEvent` hears core's events after the progress display.
 */
export async function withTerminal(
  options: CommonOptions,
  work: (terminal: Terminal) => Promise<void>,
  onEvent: (terminal: Terminal) => EventListener = () => () => undefined,
): Promise<void> {
  const progress = openProgress(options.quiet === true);
  const jobs = new Set<string>();
  let isStopping = false;
  const core = createCore({
    appVersion,
    onEvent: (name, data) => {
      if (name === 'job.started' && 'job' in data) {
        jobs.add(data.job);
        if (isStopping) stopJobs();
      }
      progress.onEvent(name, data);
      hear(name, data);
    },
    log: (entry) => {
      if (options.verbose === true) process.stderr.write(`${JSON.stringify(entry)}\n`);
    },
  });
  const terminal = openTerminal(core, progress, options);
  const hear = onEvent(terminal);
  const stopJobs = (): void => {
    for (const job of jobs) void core.call('jobs.cancel', { job });
  };
  const stopListening = onInterrupt(() => {
    isStopping = true;
    terminal.say('Stopping …');
    stopJobs();
  });
  try {
    await work(terminal);
  } finally {
    progress.stop();
    await core.close();
    stopListening();
  }
}

/** {@link withTerminal} with a project open. */
export async function withProject(
  project: string,
  access: 'read' | 'write',
  options: CommonOptions,
  work: (terminal: Terminal) => Promise<void>,
  onEvent?: (terminal: Terminal) => EventListener,
): Promise<void> {
  await withTerminal(
    options,
    async (terminal) => {
      await terminal.core.call('project.open', { path: resolve(project), access });
      await work(terminal);
    },
    onEvent,
  );
}

/** The command as it was typed. */
export function typedCommand(): string {
  return commandText(...process.argv.slice(2));
}

function openTerminal(core: Core, progress: Progress, options: CommonOptions): Terminal {
  return {
    core,
    print(json, text) {
      progress.stop();
      process.stdout.write(`${options.json === true ? JSON.stringify(json, null, 2) : text()}\n`);
    },
    say(text) {
      progress.stop();
      if (options.quiet !== true) process.stderr.write(`${text}\n`);
    },
  };
}

function onInterrupt(cancel: () => void): () => void {
  let firstAt: number | null = null;
  const hear = (signal: NodeJS.Signals): void => {
    if (firstAt === null) {
      firstAt = Date.now();
      cancel();
    } else if (Date.now() - firstAt > impatienceMs) {
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }
  };
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, hear);
  return () => {
    for (const signal of signals) process.off(signal, hear);
  };
}

function readVersion(): string {
  const description = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return description.version;
}
