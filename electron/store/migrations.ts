/** Brings a project's tables up to date, step by step, all or nothing. */
import type Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { AppError } from '../../worker/domain/errors.ts';
import { firstSchema } from './schema/0010-first.ts';
import { trainingSchema } from './schema/0020-training.ts';
import { windowSchema } from './schema/0030-window.ts';
import { scoreReportsSchema } from './schema/0040-score-reports.ts';
import { studiesSchema } from './schema/0050-studies.ts';
import { ownVectorsSchema } from './schema/0060-own-vectors.ts';
import { namedSourcesSchema } from './schema/0070-named-sources.ts';
import { tokenFeaturesSchema } from './schema/0080-token-features.ts';

/** One step of the schema. Versions go up by tens, so that a forgotten step finds room between. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** Every step, oldest first. */
export const migrations: readonly Migration[] = [
  firstSchema,
  trainingSchema,
  windowSchema,
  scoreReportsSchema,
  studiesSchema,
  ownVectorsSchema,
  namedSourcesSchema,
  tokenFeaturesSchema,
];

/** The `user_version` of an open database. */
export function schemaVersion(database: Database.Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

/**
 * Does the project need a step of `steps`?
 * @throws AppError `project-newer` when a later Notegraft wrote it.
 */
export function needsMigration(database: Database.Database, steps: readonly Migration[], path: string): boolean {
  const version = schemaVersion(database);
  const newest = steps.at(-1)?.version ?? 0;
  if (version > newest) {
    throw new AppError(
      'project-newer',
      `The project was written by a newer Notegraft (schema ${version}; this one knows ${newest}).`,
      {
        details: { file: path, nextStep: 'Open it with the newer version; nothing was changed.' },
      },
    );
  }
  return version < newest;
}

/**
 * Run the missing steps in one transaction: afterwards the project is either as before or wholly up to date. A project that
 * holds anything is copied first; the copy's path is returned, or null for a new project.
 */
export function migrate(database: Database.Database, steps: readonly Migration[], path: string): string | null {
  const from = schemaVersion(database);
  const backup = from === 0 ? null : backUp(database, path, from);
  const run = database.transaction(() => {
    for (const step of steps.filter((candidate) => candidate.version > from)) {
      database.exec(step.sql);
      database.pragma(`user_version = ${step.version}`);
    }
    if (database.pragma('foreign_key_check', { simple: true }) !== undefined)
      throw new Error('a migration left a row that refers to nothing');
  });
  // A step may make a table anew: with foreign keys on, dropping the old one would delete what refers to it.
  const enforced = database.pragma('foreign_keys', { simple: true }) === 1;
  database.pragma('foreign_keys = OFF');
  try {
    run.immediate();
  } finally {
    if (enforced) database.pragma('foreign_keys = ON');
  }
  return backup;
}

/** VACUUM INTO, not a file copy: it sees the write-ahead log, and closing a plain file handle would drop SQLite's POSIX locks. */
function backUp(database: Database.Database, path: string, version: number): string {
  let copy = `${path}.backup-v${version}`;
  for (let attempt = 2; existsSync(copy); attempt++) copy = `${path}.backup-v${version}-${attempt}`;
  database.prepare('VACUUM INTO ?').run(copy);
  return copy;
}
