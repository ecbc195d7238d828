/** Export of a tagging from the project: raw or reviewed, with or without the notes' words. */
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { TaskDocument } from '../../worker/protocol.ts';
import { AppError } from '../../worker/domain/errors.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { ReviewSpan } from '../store/review.ts';
import type { CoreContext } from './context.ts';
import { findTagging } from './project-tagging.ts';

/** Notes that are in memory at once. */
const chunkSize = 50;

/** @throws AppError `data-missing` (no such tagging, or none of its notes to write), `usage`; the worker's own. */
export async function exportTagging(
  context: CoreContext,
  input: CheckedInput<'taggings.export'>,
): Promise<CallOutput<'taggings.export'>> {
  const store = context.project();
  const { tagging, formats, outFolder, layer, text, columns, onlyReviewed } = input;
  const entry = findTagging(store, tagging);
  const notes = store.taggedNotes
    .tagged(tagging, onlyReviewed)
    .filter((id) => store.taggedNotes.find(id) !== undefined);
  if (!entry.inProject || notes.length === 0) {
    throw new AppError('data-missing', `Tagging ${tagging} holds no notes to write.`, {
      details: { nextStep: onlyReviewed ? 'Mark notes as reviewed first, or export all.' : 'Resume it, or tag again.' },
    });
  }
  const failed = onlyReviewed ? [] : failedNotes(store, tagging);
  return context.jobs.run<'export-entities'>('taggings.export', (job) => ({
    job: {
      kind: 'export-entities',
      ...{ formats, outFolder, text, failed },
      ...(columns === undefined ? {} : { columns }),
      run: {
        runLabel: `run ${entry.run} (${entry.recipe})`,
        modelHash: entry.modelHash,
        recipe: entry.recipe,
        command: `export of tagging ${tagging}`,
        rows: [
          ['layer', layer === 'raw' ? 'as the model found them' : 'as they stand after review'],
          ['reviewed notes', entry.reviewed],
        ],
      },
    },
    documents: streamNotes(store, notes, layer),
    onEvent: ({ done }) => context.emit('job.progress', { job, done, total: notes.length }),
  }));
}

function* streamNotes(
  store: ProjectStore,
  notes: readonly number[],
  layer: 'raw' | 'reviewed',
): Generator<TaskDocument[]> {
  for (let at = 0; at < notes.length; at += chunkSize) {
    yield notes.slice(at, at + chunkSize).flatMap((id) => {
      const note = store.taggedNotes.find(id);
      const kept = store.taggedNotes.text(id);
      if (note === undefined || kept === undefined) return [];
      const spans = store.review.spans(id).flatMap((span) => spanOf(span, layer));
      return [{ name: note.name, text: kept.text, tokens: kept.tokens, spans, task: 'target', split: 'test' } as const];
    });
  }
}

function spanOf(span: ReviewSpan, layer: 'raw' | 'reviewed'): TaskDocument['spans'][number][] {
  const { start, end, label, confidence, predicted, state } = span;
  if (layer === 'raw') return predicted === null ? [] : [{ ...predicted, confidence: confidence ?? 1 }];
  if (state === 'rejected' || state === 'deleted') return [];
  // What the model was sure of was another span than a changed one.
  return [{ start, end, label, confidence: state === 'changed' ? 1 : (confidence ?? 1) }];
}

function failedNotes(store: ProjectStore, tagging: number): { name: string; message: string }[] {
  const total = store.taggedNotes.count({ tagging, status: 'failed' });
  return store.taggedNotes
    .page({ tagging, status: 'failed' }, 'journal', { offset: 0, limit: total })
    .map(({ name, error }) => ({
      name,
      message: [error?.message, error?.details.nextStep].filter((part) => part !== undefined).join(' '),
    }));
}
