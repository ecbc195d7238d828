/** Builders for the tests of writers: notes whose spans are named by their words, and folders that vanish after a test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { tokenTable } from '../../../../worker/data/tokenize.ts';
import type { PredictedSpan, Span } from '../../../../worker/domain/document.ts';
import type { GoldDocument } from '../../../../worker/formats/write/gold-writer.ts';
import type { RunDescription, TaggedNote } from '../../../../worker/formats/write/tagged-note.ts';

export const run: RunDescription = {
  runLabel: 'run 7',
  modelHash: 'ab12'.repeat(16),
  recipe: 'ttn-HIS',
  command: 'notegraft tag --model m.ngm notes',
  rows: [['beam width', 1]],
};

/** An empty folder, removed after the test. */
export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'notegraft-write-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A tagged note; each span is the first place where its words stand. */
export function taggedNote(
  text: string,
  spans: readonly (readonly [words: string, label: string, confidence?: number])[],
  name = 'note',
): TaggedNote {
  const predicted = spans.map(([words, label, confidence]): PredictedSpan => {
    return { ...spanOf(text, words, label), confidence: confidence ?? 0.5 };
  });
  return { name, text, tokens: tokenTable(text), spans: predicted };
}

/** An annotated document of the target's training part. */
export function goldDocument(text: string, spans: readonly Span[], name = 'note'): GoldDocument {
  return { name, text, tokens: tokenTable(text), spans, task: 'target', split: 'train' };
}

/** The first place where `words` stand in `text`. */
export function spanOf(text: string, words: string, label: string): Span {
  const start = text.indexOf(words);
  if (start < 0) throw new RangeError('the words are not in the text');
  return { start, end: start + words.length, label };
}
