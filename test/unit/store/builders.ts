/** Builders for the tests of store and core: temporary projects, documents, runs. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createDatabase } from '../../../electron/store/database.ts';
import { openProject, type ProjectStore } from '../../../electron/store/project-store.ts';
import type { NewRun } from '../../../electron/store/runs.ts';
import type { ImportedDocument, Span, Split } from '../../../worker/domain/document.ts';
import type { Task } from '../../../worker/domain/task-names.ts';
import type { Score } from '../../../worker/domain/scores.ts';
import { baseline } from '../../../worker/domain/zoo.ts';

/** A folder that is gone after the test. */
export function temporaryFolder(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'notegraft-test-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The path of a new, empty project. */
export function newProject(test: TestContext): string {
  const path = join(temporaryFolder(test), 'project.ngr');
  createDatabase(path, '0.0.0');
  return path;
}

/** A new project, open for writing until the test ends. */
export function openNewProject(test: TestContext): ProjectStore {
  const store = openProject(newProject(test), { access: 'write' });
  test.after(() => store.close());
  return store;
}

/** A document of words separated by single spaces, in one sentence. */
export function document(name: string, text: string, spans: readonly Span[] = []): ImportedDocument {
  const words = [...text.matchAll(/\S+/g)];
  return {
    name,
    text,
    spans,
    tokens: {
      starts: Int32Array.from(words, (word) => word.index),
      ends: Int32Array.from(words, (word) => word.index + word[0].length),
      sentenceEnds: Int32Array.of(words.length),
    },
    format: 'brat',
    hash: createHash('sha256').update(text).digest('hex'),
    encoding: { encoding: 'utf-8', bom: false, newline: 'none' },
  };
}

/** Store a document as an import would; its id. */
export function addDocument(
  store: ProjectStore,
  added: ImportedDocument,
  place: { role?: Task; split?: Split | null } = {},
): number {
  const { role = 'target', split = null } = place;
  const importId = store.imports.start({ role, split, format: 'brat' });
  const id = store.documents.add(added, { name: added.name, role, split, importId });
  store.imports.finish(importId, 'done');
  return id;
}

/** What a run starts with, baseline unless told. */
export function newRun(changes: Partial<NewRun> = {}): NewRun {
  return {
    recipe: baseline(),
    seed: 1,
    targetFraction: 1,
    settings: [],
    embeddingsId: null,
    features: null,
    targetDocuments: 1,
    sourceDocuments: 0,
    documents: null,
    pid: process.pid,
    appVersion: '0.0.0',
    study: null,
    ...changes,
  };
}

/** A score whose strict micro F1 is `f1`. */
export function scoreOf(f1: number): Score {
  const ratios = { precision: f1, recall: f1, f1 };
  const averages = { micro: ratios, macro: ratios };
  const counts = { truePositives: 1, falsePositives: 0, falseNegatives: 0 };
  const label = {
    label: 'Drug',
    support: 1,
    predicted: 1,
    strict: { ...ratios, ...counts },
    lenient: { ...ratios, ...counts },
  };
  return {
    convention: 'strict = same label and boundaries',
    documents: 1,
    goldSpans: 1,
    predictedSpans: 1,
    strict: averages,
    lenient: averages,
    perLabel: [label],
  };
}
