/** What was tagged into the project: lists of notes and entities by page, and one note with its spans. */
import { AppError } from '../../worker/domain/errors.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { NoteSpanView } from '../api/tagging-calls.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { ReviewSpan } from '../store/review.ts';
import type { NoteLine, NoteText } from '../store/tagged-notes.ts';
import { cutContext } from './context-text.ts';
import { findTagging, taggingView } from './project-tagging.ts';
import { sentenceOffsets } from './sentence-offsets.ts';

/** Every tagging, newest first. */
export function listTaggings(store: ProjectStore): CallOutput<'taggings.list'> {
  return { taggings: store.taggings.list().reverse().map(taggingView) };
}

/** Delete a tagging. @throws AppError `data-missing`. */
export function removeTagging(store: ProjectStore, tagging: number): CallOutput<'taggings.remove'> {
  const { notes, failed, waiting, status } = findTagging(store, tagging);
  if (status === 'running') {
    throw new AppError('usage', 'This tagging is running.', { details: { nextStep: 'Pause it first.' } });
  }
  store.taggings.remove(tagging);
  return { notes: notes + failed + waiting };
}

/** A page of a tagging's notes. @throws AppError `data-missing`. */
export function listNotes(store: ProjectStore, input: CheckedInput<'taggings.notes'>): CallOutput<'taggings.notes'> {
  const { offset, limit, order, ...filter } = input;
  findTagging(store, filter.tagging);
  return {
    total: store.taggedNotes.count(filter),
    notes: store.taggedNotes.page(filter, order, { offset, limit }).map(noteView),
  };
}

/** A page of a tagging's spans with what stands around them. @throws AppError `data-missing`. */
export function listEntities(
  store: ProjectStore,
  input: CheckedInput<'taggings.entities'>,
): CallOutput<'taggings.entities'> {
  const { offset, limit, order, ...filter } = input;
  findTagging(store, filter.tagging);
  const lines = store.taggedNotes.entities(filter, order, { offset, limit });
  const texts = new Map<number, string>();
  const textOf = (note: number): string => {
    const known = texts.get(note) ?? store.taggedNotes.text(note)?.text ?? '';
    texts.set(note, known);
    return known;
  };
  return {
    total: store.taggedNotes.countEntities(filter),
    entities: lines.map((line) => {
      const { left, span, right } = cutContext(textOf(line.note), line.start, line.end);
      return { ...line, left, text: span, right };
    }),
  };
}

/** One note with its text and its spans as they stand. @throws AppError `data-missing`. */
export function readNote(store: ProjectStore, id: number): CallOutput<'taggings.note'> {
  const note = findNote(store, id);
  const { text, tokens } = requireText(store, note);
  return {
    ...noteView(note),
    tagging: note.tagging,
    text,
    spans: store.review
      .spans(id)
      .filter(({ state }) => state !== 'deleted')
      .map(spanView),
    sentences: sentenceOffsets(tokens),
    ...store.review.can(id),
  };
}

/** @throws AppError `data-missing`. */
export function findNote(store: ProjectStore, id: number): NoteLine {
  const found = store.taggedNotes.find(id);
  if (found !== undefined) return found;
  throw new AppError('data-missing', `There is no note ${id} in this project.`, {
    details: { nextStep: 'Open the list of notes again; the tagging may have been removed.' },
  });
}

/** @throws AppError `data-missing` for a note whose text is not in the project. */
export function requireText(store: ProjectStore, note: NoteLine): NoteText {
  const text = store.taggedNotes.text(note.note);
  if (text !== undefined) return text;
  const [why, nextStep] =
    note.status === 'waiting'
      ? ['has not been tagged yet', 'Resume the tagging.']
      : note.status === 'failed'
        ? ['could not be tagged', 'See what is said of it in the list of notes.']
        : ['was tagged into files only, so its text is not in the project', 'Tag it into the project.'];
  throw new AppError('data-missing', `This note ${why}.`, { details: { nextStep } });
}

function noteView({ tagging: _tagging, ...note }: NoteLine): CallOutput<'taggings.notes'>['notes'][number] {
  return note;
}

export function spanView({ surface: _surface, ...span }: ReviewSpan): NoteSpanView {
  return span;
}
