/** The label map: which target label a source label stands for. Separate is the default; suggestions come from names and texts. */
import { taskText, type Task } from '../../worker/domain/task-names.ts';
import { AppError } from '../../worker/domain/errors.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { LabelMap } from '../api/setup-calls.ts';
import type { ProjectStore } from '../store/project-store.ts';
import { meantSource } from './sources.ts';
import { labelLikeness, normalisedSpan } from './label-similarity.ts';

/** A pair below this is not suggested. */
const leastScore = 0.15;
/** Suggestions a source label. */
const mostSuggestions = 3;
/** Documents whose texts are in memory at once. */
const chunkSize = 200;

/** Every label of a source with the target label it is mapped to; null where nothing was chosen, or the target lost the label. */
export function labelMapOf(store: ProjectStore, source: Task): LabelMap {
  const saved = store.setUp.labelMap(source);
  const targets = new Set(store.documentLists.labelNames('target'));
  const mapped = (label: string): string | null => {
    const target = saved.get(label) ?? null;
    return target !== null && targets.has(target) ? target : null;
  };
  return Object.fromEntries(store.documentLists.labelNames(source).map((label) => [label, mapped(label)]));
}

/** The label map with what it may map to. */
export function readLabelMap(store: ProjectStore, input: CheckedInput<'labelMap.get'>): CallOutput<'labelMap.get'> {
  const source = meantSource(store, input.source);
  return { source, map: labelMapOf(store, source), targets: store.documentLists.labelNames('target') };
}

/** Save choices; labels that are not named keep theirs. @throws AppError `label-invalid` for a label that the project does not hold. */
export function saveLabelMap(store: ProjectStore, input: CheckedInput<'labelMap.save'>): CallOutput<'labelMap.save'> {
  const task = meantSource(store, input.source);
  const known = {
    source: new Set(store.documentLists.labelNames(task)),
    target: new Set(store.documentLists.labelNames('target')),
  };
  for (const [source, target] of Object.entries(input.map)) {
    if (!known.source.has(source)) throw unknownLabel(task, source, known.source);
    if (target !== null && !known.target.has(target)) throw unknownLabel('target', target, known.target);
  }
  store.setUp.mapLabels(task, Object.entries(input.map));
  return { source: task, map: labelMapOf(store, task) };
}

/** Target labels that a source label may stand for, best first. Nothing is saved. */
export function suggestLabelMap(
  store: ProjectStore,
  input: CheckedInput<'labelMap.suggest'>,
): CallOutput<'labelMap.suggest'> {
  const task = meantSource(store, input.source);
  const source = markedTexts(store, task);
  const target = markedTexts(store, 'target');
  const suggestions = [...source].flatMap(([sourceLabel, sourceTexts]) =>
    [...target]
      .map(([targetLabel, targetTexts]) => ({
        source: sourceLabel,
        target: targetLabel,
        ...labelLikeness({ label: sourceLabel, texts: sourceTexts }, { label: targetLabel, texts: targetTexts }),
      }))
      .filter(({ score }) => score >= leastScore)
      // Of pairs whose texts say the same, the one of the same name, then of the more alike: classes such as NN and NNP share most of their words.
      .sort(
        (a, b) =>
          b.score - a.score ||
          Number(b.target === b.source) - Number(a.target === a.source) ||
          b.nameScore - a.nameScore,
      )
      .slice(0, mostSuggestions),
  );
  return { source: task, suggestions };
}

/** The normalised texts that each label of a role marks, with their counts. */
function markedTexts(store: ProjectStore, role: Task): Map<string, Map<string, number>> {
  const texts = new Map<string, Map<string, number>>();
  const ids = store.documents.list(role).map(({ id }) => id);
  for (let at = 0; at < ids.length; at += chunkSize) {
    for (const { text, spans } of store.documents.load(ids.slice(at, at + chunkSize))) {
      for (const { label, start, end } of spans) {
        const counts = texts.get(label) ?? new Map<string, number>();
        texts.set(label, counts);
        const marked = normalisedSpan(text.slice(start, end));
        counts.set(marked, (counts.get(marked) ?? 0) + 1);
      }
    }
  }
  return texts;
}

function unknownLabel(role: Task, label: string, known: ReadonlySet<string>): AppError {
  const names = [...known].join(', ');
  return new AppError('label-invalid', `The ${taskText(role)} has no label "${label}".`, {
    details: {
      nextStep: known.size === 0 ? `Import ${taskText(role)} documents first.` : `Choose one of: ${names}.`,
    },
  });
}
