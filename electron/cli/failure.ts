/** How the command line fails: a sentence, where, what to do; one JSON document with --json; 2 for misuse, 1 for the rest. */
import { CommanderError } from 'commander';
import { type ErrorCode, type ErrorRecord, toErrorRecord } from '../../worker/domain/errors.ts';

const misuse: readonly ErrorCode[] = ['usage', 'recipe-unknown', 'recipe-invalid', 'search-space-invalid'];

/** What to print and how to exit. */
export interface Failure {
  readonly exitCode: 0 | 1 | 2;
  /** Null where commander has said everything (help, version). */
  readonly error: ErrorRecord | null;
}

/** Reads what a command threw. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof CommanderError) {
    if (thrown.exitCode === 0) return { exitCode: 0, error: null };
    const message = thrown.message.replace(/^error: /, '');
    const isHelp = thrown.code === 'commander.help';
    return {
      exitCode: 2,
      error: {
        code: 'usage',
        message: isHelp ? 'A command is missing.' : sentence(message),
        details: { nextStep: 'Run `notegraft --help`, or a command with --help.' },
      },
    };
  }
  const error = toErrorRecord(thrown);
  return { exitCode: misuse.includes(error.code) ? 2 : 1, error };
}

/** The lines for a terminal. */
export function failureText({ message, details }: ErrorRecord): string {
  const place = [
    details.file,
    details.line === undefined ? undefined : `line ${details.line}`,
    details.column === undefined ? undefined : `column ${details.column}`,
  ].filter((part) => part !== undefined);
  const lines = [`notegraft: ${message}`];
  if (place.length > 0) lines.push(`  ${place.join(', ')}`);
  if (details.nextStep !== undefined) lines.push(`  ${details.nextStep}`);
  return lines.join('\n');
}

function sentence(message: string): string {
  const opened = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?)]$/.test(opened) ? opened : `${opened}.`;
}
