/** The one error type that crosses module and process borders: a code, a plain sentence, and a next step. */

/** Every failure a user can meet. A code is stable: scripts may match on it. */
export const errorCodes = [
  'usage',
  'file-not-found',
  'file-unreadable',
  'file-unwritable',
  'file-empty',
  'folder-empty',
  'partner-missing',
  'encoding-unknown',
  'format-unknown',
  'format-invalid',
  'annotation-invalid',
  'label-invalid',
  'project-exists',
  'project-not-found',
  'project-damaged',
  'project-newer',
  'project-locked',
  'project-busy',
  'project-not-a-project',
  'disk-full',
  'split-conflict',
  'split-impossible',
  'document-conflict',
  'data-missing',
  'recipe-unknown',
  'recipe-invalid',
  'embeddings-invalid',
  'features-invalid',
  'embeddings-needed',
  'run-not-found',
  'run-without-model',
  'run-not-resumable',
  'run-not-running',
  'runs-not-comparable',
  'study-not-found',
  'study-not-running',
  'study-not-resumable',
  'study-impossible',
  'model-damaged',
  'model-newer',
  'engine-unavailable',
  'memory-exhausted',
  'worker-crashed',
  'core-crashed',
  'search-space-invalid',
  'cancelled',
  'paused',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** Where and what: shown to the user beside the message. Never note text, never tokens. */
export interface ErrorDetails {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** What the user can do next, one imperative sentence. */
  readonly nextStep?: string;
  readonly [key: string]: string | number | boolean | undefined;
}

/** A failure with a plain sentence. `message` names the problem; `details.nextStep` says what to do. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** The plain-data form in which an error crosses a process border or is printed by `--json`. */
export interface ErrorRecord {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

/** Turn anything thrown into a record; what is not an AppError becomes `internal` (or a named system failure). */
export function toErrorRecord(thrown: unknown): ErrorRecord {
  if (thrown instanceof AppError) return { code: thrown.code, message: thrown.message, details: thrown.details };
  const system = systemCode(thrown);
  if (system === 'ENOSPC' || system === 'SQLITE_FULL') {
    return {
      code: 'disk-full',
      message: 'The disk is full.',
      details: { nextStep: 'Free some space and run the command again; what was stored before is intact.' },
    };
  }
  if (thrown instanceof RangeError && /memory|allocation/i.test(thrown.message)) {
    return {
      code: 'memory-exhausted',
      message: 'Not enough memory for this job.',
      details: { nextStep: 'Close other programs or choose a smaller batch size.' },
    };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'internal', message: `Unexpected failure: ${message}`, details: {} };
}

/** The inverse of {@link toErrorRecord}. */
export function fromErrorRecord(record: ErrorRecord): AppError {
  return new AppError(record.code, record.message, { details: record.details });
}

/** The `code` of a Node or SQLite error (`ENOENT`, `SQLITE_FULL`, …), or undefined. */
export function systemCode(thrown: unknown): string | undefined {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && typeof thrown.code === 'string')
    return thrown.code;
  return undefined;
}
