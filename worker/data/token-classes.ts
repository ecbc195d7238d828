/** Tasks that give every token a class (parts of speech) instead of marking spans. */
import type { AnnotatedDocument } from '../domain/document.ts';
import type { Recipe } from '../domain/recipe.ts';
import type { Task } from '../domain/task-names.ts';

/**
 * The tasks whose training documents have a span over each token and no other: their tags are classes. Where the sources' labels stand for
 * the target's, all tasks are as the target is.
 */
export function classTasks(
  { tasks, decoder }: Recipe,
  training: ReadonlyMap<Task, readonly AnnotatedDocument[]>,
): Task[] {
  const isOfClasses = (task: Task): boolean => {
    const documents = training.get(task) ?? [];
    return documents.length > 0 && documents.every(hasClasses);
  };
  return tasks.filter((task) => isOfClasses(decoder.labels === 'mapped' ? 'target' : task));
}

/** Is every token of the document one span? */
function hasClasses({ tokens, spans }: AnnotatedDocument): boolean {
  if (spans.length !== tokens.starts.length) return false;
  return spans.every(({ start, end }, i) => start === tokens.starts[i] && end === tokens.ends[i]);
}
