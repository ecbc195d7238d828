/** The sources of a project as the wizard sets them up: which are shown, what a new one may be called, which a training learns from. */
import type { WizardDraft } from '../../electron/api/setup-calls.ts';
import type { ProjectInfo } from '../../electron/api/views.ts';
import { plainSource, sourceNameSchema, sourcesOf, type Task } from '../../worker/domain/task-names.ts';
import { counted } from './amounts.ts';

export type ChosenFolder = NonNullable<WizardDraft['target']>;

/** The names that a draft keeps about sources. */
type Sources = Pick<WizardDraft, 'source' | 'sources'>;

/** The longest name of a source. */
const mostLetters = 32;

/** Names of the sources that hold a document: the one without a name of its own first, the others by name. */
export function sourcesIn(info: ProjectInfo | null): readonly Task[] {
  return inOrder(sourcesOf((info?.documents ?? []).map(({ role }) => role)));
}

/** The sources that are in the project or being set up, in the same order. The one without a name is there while there is no other. */
export function sourcesSetUp(draft: Sources, info: ProjectInfo | null): readonly Task[] {
  const names = [...sourcesIn(info), ...draft.sources.map(({ name }) => name)];
  if (draft.source !== null || names.length === 0) names.push(plainSource);
  return inOrder(names);
}

/** What a source holds, in a few words. */
export function sourceAmounts(info: ProjectInfo | null, name: Task): string {
  const documents = (info?.documents ?? [])
    .filter(({ role }) => role === name)
    .reduce((sum, row) => sum + row.documents, 0);
  const labels = (info?.labels ?? []).filter(({ role }) => role === name).length;
  return documents === 0 ? 'nothing yet' : `${counted(documents, 'document')}, ${counted(labels, 'label')}`;
}

/** Why a source cannot be called that, in a sentence; undefined where it can. `names` are those that there are. */
export function nameProblem(name: string, names: readonly Task[]): string | undefined {
  if (name === '') return 'Type a name.';
  if (name.length > mostLetters) return `A name has at most ${mostLetters} letters.`;
  if (names.includes(name)) return `There is a source called ${name} already.`;
  if (name === plainSource) return `“${plainSource}” is the source that has no name of its own. Choose another name.`;
  const problem = sourceNameSchema.safeParse(name).error?.issues[0]?.message;
  return problem === undefined ? undefined : `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`;
}

/** The folder that was chosen for the target or a source. */
export function chosenFolderOf(draft: WizardDraft, task: Task): ChosenFolder | null {
  if (task === 'target' || task === plainSource) return draft[task];
  return draft.sources.find(({ name }) => name === task)?.folder ?? null;
}

/** The choices in which a folder is chosen for the target or a source. */
export function withChosenFolder(draft: WizardDraft, task: Task, folder: ChosenFolder | null): Partial<WizardDraft> {
  if (task === 'target' || task === plainSource) return { [task]: folder };
  const others = draft.sources.filter(({ name }) => name !== task);
  return { sources: [...others, { name: task, folder }] };
}

/** The choices in which a source that holds no documents is not set up any more. */
export function withoutSource(draft: WizardDraft, task: Task): Partial<WizardDraft> {
  if (task === plainSource) return { source: null };
  return { sources: draft.sources.filter(({ name }) => name !== task) };
}

/** Of the sources that there are, those chosen; all where nothing was chosen. */
export function chosenSources(chosen: readonly Task[] | null, sources: readonly Task[]): readonly Task[] {
  return chosen === null ? sources : sources.filter((name) => chosen.includes(name));
}

/** The same as a call takes it: left out for all, and for a recipe that learns from no source. */
export function sourcesToSend(
  chosen: readonly Task[] | null,
  sources: readonly Task[],
  needsSource: boolean,
): { sources?: Task[] } {
  const names = chosenSources(chosen, sources);
  return !needsSource || names.length === sources.length ? {} : { sources: [...names] };
}

/** What keeps a training from starting: sources there are, and none of them is chosen. */
export function sourcesProblem(chosen: readonly Task[] | null, sources: readonly Task[]): string | undefined {
  const isNone = sources.length > 0 && chosenSources(chosen, sources).length === 0;
  return isNone ? 'Choose at least one source to learn from.' : undefined;
}

function inOrder(names: readonly Task[]): readonly Task[] {
  const place = (name: Task): string => (name === plainSource ? '' : name);
  return [...new Set(names)].sort((a, b) => (place(a) < place(b) ? -1 : 1));
}
