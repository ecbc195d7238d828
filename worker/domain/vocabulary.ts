/** Which words, characters and labels a model knows; saved with it. */
import type { TagSet } from './tags.ts';
import type { Task } from './task-names.ts';

/** Index 0 of words and of characters stands for the unknown. */
export const unknown = 0;

/** Everything that turns text into numbers; saved with the model. */
export interface Vocabulary {
  /** words[0] is the unknown word; all lower-cased. */
  readonly words: readonly string[];
  /** characters[0] is the unknown character; single code points. */
  readonly characters: readonly string[];
  /** Tag sets by task; a saved model has the target's alone. */
  readonly tags: OfTasks<TagSet>;
}

/** Something of the target, and of each source by its name. */
export interface OfTasks<T> {
  readonly target: T;
  readonly [source: Task]: T;
}

/** The tag set of a task. @throws Error for a task that the vocabulary was not made for. */
export function tagsOf({ tags }: Vocabulary, task: Task): TagSet {
  const found = tags[task];
  if (!found) throw new Error(`no tags of task ${task}`);
  return found;
}
