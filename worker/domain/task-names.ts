/** The tasks of a training: the target, and beside it any number of sources, each with a name. */
import { z } from 'zod';

/** `target`, or a source's name. A weight's path begins with its task, or with `shared`. */
export type Task = string;

/** The source that has no other name; in a recipe whose sources are not chosen yet it stands for all there are. */
export const plainSource = 'source';

/** Names that cannot be a source's: a weight's path would say something else. */
const taken: readonly string[] = ['target', 'shared'];

/** What a source can be called: what fits into a weight's path, a file's name and an option's value. */
export const sourceNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'a source is named in lower-case letters, digits and hyphens, a letter first')
  .refine((name) => !taken.includes(name), 'a source cannot be called target or shared');

/** The sources among tasks, in their order. */
export function sourcesOf(tasks: readonly Task[]): Task[] {
  return tasks.filter((task) => task !== 'target');
}

/** A task as sentences name it: `target`, `source`, `source es`. */
export function taskText(task: Task): string {
  return task === 'target' || task === plainSource ? task : `source ${task}`;
}

/** The same at the start of a sentence or as a title: `Target`, `Source`, `Source es`. */
export function taskTitle(task: Task): string {
  const text = taskText(task);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A task as `--role` takes it: `target`, `source`, `source:es`. */
export function roleText(task: Task): string {
  return task === 'target' || task === plainSource ? task : `${plainSource}:${task}`;
}

/**
 * What {@link roleText} writes, read.
 * @returns null for what is no role.
 */
export function readRole(text: string): Task | null {
  const named = text.startsWith(`${plainSource}:`) ? text.slice(plainSource.length + 1) : null;
  if (named === null) return text === 'target' || text === plainSource ? text : null;
  return sourceNameSchema.safeParse(named).success ? named : null;
}
