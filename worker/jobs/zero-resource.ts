/** Training without the target's labels, where a recipe has experts of its sources: what is read as text alone, and what epochs are chosen by. */
import type { AnnotatedDocument, Split } from '../domain/document.ts';
import { expertsOf } from '../domain/experts.ts';
import type { Recipe } from '../domain/recipe.ts';
import { sourcesOf, type Task } from '../domain/task-names.ts';
import type { TaskDocument } from '../protocol.ts';

/** The documents as the recipe reads them: the target's training documents without spans where their labels are to be ignored. */
export function withIgnoredLabels(recipe: Recipe, documents: readonly TaskDocument[]): readonly TaskDocument[] {
  if (expertsOf(recipe)?.targetLabels !== 'ignored') return documents;
  return documents.map((document) =>
    document.task === 'target' && document.split === 'train' ? { ...document, spans: [] } : document,
  );
}

/** Documents that tell a better epoch from a worse one: the target's dev documents, or the sources' where those have no annotation. */
export interface DevDocuments {
  readonly from: 'target' | 'sources';
  readonly documents: readonly TaskDocument[];
}

/** Only experts do without the target's: their sources are tagged by the same weights. */
export function devDocuments(recipe: Recipe, select: (task: Task, split: Split) => TaskDocument[]): DevDocuments {
  const ofTarget = select('target', 'dev');
  if (expertsOf(recipe) === null || hasSpans(ofTarget)) return { from: 'target', documents: ofTarget };
  return { from: 'sources', documents: sourcesOf(recipe.tasks).flatMap((source) => select(source, 'dev')) };
}

/** Has any of the documents an annotation? */
export function hasSpans(documents: readonly AnnotatedDocument[]): boolean {
  return documents.some(({ spans }) => spans.length > 0);
}
