/** From review into training: corrected notes become target documents of the train split, each text once. */
import type { ImportedDocument, Span } from '../../worker/domain/document.ts';
import { AppError } from '../../worker/domain/errors.ts';
import type { CallOutput } from '../api/contract.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { NoteLine } from '../store/tagged-notes.ts';
import type { CoreContext } from './context.ts';
import { findNote, requireText } from './tagging-lists.ts';

type Promoted = { kind: 'added' | 'updated'; document: number } | { kind: 'skipped'; reason: string };

/**
 * Promote reviewed notes. They are recorded as an import of format `review`, so that they can be taken back as one.
 * @throws AppError `data-missing` for a note that does not exist; then nothing is promoted.
 */
export function promoteNotes(context: CoreContext, ids: readonly number[]): CallOutput<'review.promote'> {
  const store = context.project();
  const notes = [...new Set(ids)].map((id) => findNote(store, id));
  const result: CallOutput<'review.promote'> = { added: 0, updated: 0, skipped: [], documents: [] };
  store.transaction(() => {
    const importId = store.imports.start({ role: 'target', split: 'train', format: 'review' });
    for (const note of notes) {
      const outcome = promote(store, importId, note);
      if (outcome.kind === 'skipped') result.skipped.push({ note: note.note, reason: outcome.reason });
      else {
        result[outcome.kind]++;
        result.documents.push(outcome.document);
      }
    }
    if (result.added === 0) store.imports.discard(importId);
    else store.imports.finish(importId, 'done', { added: result.added });
  });
  for (const { tagging, note } of notes) context.emit('note.changed', { tagging, note });
  if (result.documents.length > 0) context.emit('corpora.changed', { role: 'target' });
  return result;
}

function promote(store: ProjectStore, importId: number, note: NoteLine): Promoted {
  if (!note.reviewed) return { kind: 'skipped', reason: 'It is not marked as reviewed.' };
  const kept = requireText(store, note);
  const spans = standingSpans(store, note.note);
  const same = store.promotions.sameText(note.note, kept.text);
  if (same === undefined) {
    const document: ImportedDocument = {
      ...{ name: note.name, text: kept.text, tokens: kept.tokens, encoding: kept.encoding, hash: kept.hash },
      format: 'text',
      spans,
    };
    const name = freeName(store, note.name);
    const id = store.documents.add(document, { name, role: 'target', split: 'train', importId });
    store.promotions.setOrigin(id, note.note);
    return { kind: 'added', document: id };
  }
  if (same.split === 'dev' || same.split === 'test') {
    return {
      kind: 'skipped',
      reason: `Its text is among the ${same.split} documents; training on it would spoil the score.`,
    };
  }
  if (same.note === null) {
    return { kind: 'skipped', reason: 'Its text is among the imported training documents already.' };
  }
  store.promotions.replaceSpans(same.document, note.note, spans);
  return { kind: 'updated', document: same.document };
}

/** What stands after review, as gold. */
function standingSpans(store: ProjectStore, note: number): Span[] {
  return store.review
    .spans(note)
    .filter(({ state }) => state !== 'rejected' && state !== 'deleted')
    .map(({ start, end, label }) => ({ start, end, label }));
}

/** Document names are unique within a role. */
function freeName(store: ProjectStore, name: string): string {
  if (!store.promotions.isTaken(name)) return name;
  for (let number = 2; number < 100_000; number++) {
    const candidate = `${name} (${number})`;
    if (!store.promotions.isTaken(candidate)) return candidate;
  }
  throw new AppError('document-conflict', 'Too many target documents have this name.');
}
