/** Sharing out documents again: another seed or other shares, seen before it is done. */
import type { Split } from '../../worker/domain/document.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { CoreContext } from './context.ts';
import { noDocuments, shareOut } from './corpora.ts';

/**
 * Share out a role's documents anew, by the same rule and seed as the first time: the same seed gives the same split. Where every
 * document keeps its split, nothing moves.
 * @throws AppError `data-missing` (no documents), `split-impossible` (too few, or shares too large).
 */
export function resplitCorpus(
  context: CoreContext,
  input: CheckedInput<'corpora.resplit'>,
): CallOutput<'corpora.resplit'> {
  const store = context.project();
  const { role } = input;
  const documents = store.documents.list(role);
  if (documents.length === 0) throw noDocuments(role);
  const fixed = input.all ? new Set<number>() : store.documentLists.fixed(role);
  const free = documents.filter(({ id }) => !fixed.has(id));
  const shares = free.length === 0 ? { train: [], dev: [], test: [] } : shareOut(free, input);
  const splits = new Map<number, Split | null>(documents.map(({ id, split }) => [id, split]));
  for (const split of ['train', 'dev', 'test'] as const) for (const id of shares[split]) splits.set(id, split);
  if (!input.preview) {
    store.transaction(() => {
      for (const split of ['train', 'dev', 'test'] as const) store.documents.setSplit(shares[split], split);
    });
    context.emit('corpora.changed', { role });
  }
  const inSplit = (wanted: Split): number => [...splits.values()].filter((split) => split === wanted).length;
  return {
    train: inSplit('train'),
    dev: inSplit('dev'),
    test: inSplit('test'),
    kept: fixed.size,
    labels: labelShares(store, input.role, splits),
    runs: store.runs.list().length,
  };
}

function labelShares(
  store: ProjectStore,
  role: CheckedInput<'corpora.resplit'>['role'],
  splits: ReadonlyMap<number, Split | null>,
): CallOutput<'corpora.resplit'>['labels'] {
  const labels = new Map<string, { train: number; dev: number; test: number }>();
  for (const { document, label, spans } of store.documentLists.spansByDocument(role)) {
    const split = splits.get(document);
    const counts = labels.get(label) ?? { train: 0, dev: 0, test: 0 };
    labels.set(label, counts);
    if (split) counts[split] += spans;
  }
  return [...labels]
    .map(([label, counts]) => ({ label, ...counts }))
    .sort((a, b) => b.train + b.dev + b.test - (a.train + a.dev + a.test) || (a.label < b.label ? -1 : 1));
}
