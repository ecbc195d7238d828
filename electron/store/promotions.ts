/** Reviewed notes on their way into the training set: which documents hold their text already, and putting them there. */
import type { Span, Split } from '../../worker/domain/document.ts';
import type { ProjectDatabase } from './database.ts';
import { toTextColumn } from './token-blobs.ts';

/** A target document with the same text. */
export interface SameText {
  readonly document: number;
  readonly split: Split | null;
  /** The note it was promoted from; null for an imported one. */
  readonly note: number | null;
}

export interface PromotionStore {
  /** The target document that came from this note, else one with this text. */
  sameText(note: number, text: string): SameText | undefined;
  /** Whether the target has a document of this name. */
  isTaken(name: string): boolean;
  /** Say where a document came from. */
  setOrigin(document: number, note: number): void;
  /** Put these spans in place of a document's; its origin is the note from now on. */
  replaceSpans(document: number, note: number, spans: readonly Span[]): void;
}

/** Prepares the statements of this aggregate. */
export function promotionStore(database: ProjectDatabase): PromotionStore {
  const ofNote = database.statement<SameText>(
    'promotions.of-note',
    `SELECT id AS document, split, origin_note_id AS note FROM documents WHERE role = 'target' AND origin_note_id = $note LIMIT 1`,
  );
  const sameText = database.statement<SameText>(
    'promotions.same-text',
    `SELECT id AS document, split, origin_note_id AS note FROM documents
     WHERE role = 'target' AND length(text) = length($text) AND text = $text LIMIT 1`,
  );
  const named = database.statement<{ id: number }>(
    'promotions.named',
    `SELECT id FROM documents WHERE role = 'target' AND name = $name`,
  );
  const setOrigin = database.statement(
    'promotions.set-origin',
    'UPDATE documents SET origin_note_id = $note WHERE id = $document',
  );
  const removeSpans = database.statement('promotions.remove-spans', 'DELETE FROM spans WHERE document_id = $document');
  const addLabel = database.statement(
    'promotions.add-label',
    `INSERT INTO labels (role, name) VALUES ('target', $label) ON CONFLICT DO NOTHING`,
  );
  const addSpan = database.statement(
    'promotions.add-span',
    `INSERT INTO spans (document_id, position, label_id, start_offset, end_offset)
     VALUES ($document, $position, (SELECT id FROM labels WHERE role = 'target' AND name = $label), $start, $end)`,
  );

  return {
    sameText: (note, text) => ofNote.get({ note }) ?? sameText.get({ text: toTextColumn(text) }),
    isTaken: (name) => named.get({ name }) !== undefined,
    setOrigin: (document, note) => void setOrigin.run({ document, note }),
    replaceSpans: (document, note, spans) =>
      database.transaction(() => {
        setOrigin.run({ document, note });
        removeSpans.run({ document });
        for (const [position, { label, start, end }] of spans.entries()) {
          addLabel.run({ label });
          addSpan.run({ document, position, label, start, end });
        }
      }),
  };
}
