/** Corpora: import, split, audit and export of annotated documents. */
import type { AuditRow, ImportedDocument, Split } from '../../worker/domain/document.ts';
import { roleText, taskText, type Task } from '../../worker/domain/task-names.ts';
import { AppError, toErrorRecord } from '../../worker/domain/errors.ts';
import { deriveSeed, seededRandom, shuffled } from '../../worker/domain/random.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { DocumentEntry } from '../store/documents.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { CoreContext } from './context.ts';
import { chunkWriter, streamDocuments } from './streaming.ts';

/** Audit rows an import's result carries; the rest are asked for by page. */
const firstAuditRows = 20;

interface Arrival {
  readonly document?: ImportedDocument;
  readonly audit: readonly AuditRow[];
}

interface Tally {
  added: number;
  unchanged: number;
  conflicts: number;
  assigned: number;
}

/**
 * Read files and store what is new; documents are stored as they arrive, so an import that fails half-way can be repeated.
 * An import that changes nothing leaves no trace.
 */
export async function importCorpus(
  context: CoreContext,
  input: CheckedInput<'corpora.import'>,
): Promise<CallOutput<'corpora.import'>> {
  const store = context.project();
  const { role, format, paths, only } = input;
  const split = input.split ?? null;
  const importId = store.imports.start({ role, split, format });
  const tally: Tally = { added: 0, unchanged: 0, conflicts: 0, assigned: 0 };
  const arrivals = chunkWriter<Arrival>((items) =>
    store.transaction(() => {
      for (const item of items) storeArrival(store, { importId, role, split }, item, tally);
    }),
  );
  try {
    const result = await context.jobs.run<'import'>('corpora.import', (job) => ({
      job: { kind: 'import', format, paths, ...(only === undefined ? {} : { only }) },
      onEvent(event) {
        if (event.kind === 'progress') {
          context.emit('job.progress', { job, done: event.done, total: event.total });
        } else arrivals.add(event);
      },
    }));
    arrivals.flush();
    const audit = {
      rows: store.imports.auditKinds(importId).reduce((sum, { count }) => sum + count, 0),
      kinds: store.imports.auditKinds(importId),
      first: store.imports.audit(importId, { offset: 0, limit: firstAuditRows }),
    };
    const { added, unchanged, conflicts, assigned } = tally;
    const changedNothing = added + conflicts + assigned === 0 && unchanged > 0;
    if (changedNothing) store.imports.discard(importId);
    else store.imports.finish(importId, 'done', { ...result, ...tally });
    if (added + assigned > 0) context.emit('corpora.changed', { role });
    return { ...result, import: changedNothing ? null : importId, added, unchanged, conflicts, audit };
  } catch (thrown) {
    store.imports.finish(importId, toErrorRecord(thrown).code === 'cancelled' ? 'cancelled' : 'failed');
    throw thrown;
  }
}

interface Place {
  readonly importId: number;
  readonly role: Task;
  readonly split: Split | null;
}

function storeArrival(store: ProjectStore, place: Place, arrival: Arrival, tally: Tally): void {
  store.imports.addAudit(place.importId, arrival.audit);
  const { document } = arrival;
  if (document === undefined) return;
  const known = store.documents.find(place.role, document.name);
  const note = (status: 'note' | 'skipped', kind: string, reason: string): void =>
    store.imports.addAudit(place.importId, [{ file: document.name, status, kind, reason }]);
  if (known === undefined) {
    store.documents.add(document, { name: document.name, ...place });
    tally.added++;
  } else if (known.hash !== document.hash) {
    tally.conflicts++;
    note(
      'skipped',
      'document-conflict',
      'The project holds a document of this name with other content; that one was kept. Rename the file, or import into a new project.',
    );
  } else {
    tally.unchanged++;
    if (place.split === null || place.split === known.split) return;
    if (known.split === null) {
      store.documents.setSplit([known.id], place.split);
      tally.assigned++;
    } else {
      note('note', 'split-kept', `The document is in ${known.split} already and stays there.`);
    }
  }
}

/**
 * Share out the documents that have no split yet, chosen by the seed. Shares are of their number; train gets the rest.
 * @throws AppError `data-missing` (no documents), `split-conflict` (all have a split), `split-impossible` (too few, or shares too large).
 */
export function splitCorpus(store: ProjectStore, input: CheckedInput<'corpora.split'>): CallOutput<'corpora.split'> {
  const { role } = input;
  const all = store.documents.list(role);
  const free = all.filter((document) => document.split === null);
  if (all.length === 0) throw noDocuments(role);
  if (free.length === 0) {
    throw new AppError('split-conflict', `Every ${taskText(role)} document has a split already; none is moved.`, {
      details: { nextStep: 'Split before training, in a project whose documents were imported without --split.' },
    });
  }
  const shares = shareOut(free, input);
  store.transaction(() => {
    for (const split of ['train', 'dev', 'test'] as const) store.documents.setSplit(shares[split], split);
  });
  const { train, dev, test } = shares;
  return { train: train.length, dev: dev.length, test: test.length, kept: all.length - free.length };
}

/**
 * Ids of the documents by split, chosen by the seed; the same documents, shares and seed give the same.
 * @throws AppError `split-impossible` when they are too few, or the shares too large.
 */
export function shareOut(
  documents: readonly DocumentEntry[],
  shares: { readonly dev: number; readonly test: number; readonly seed: number },
): Record<Split, number[]> {
  const dev = shareOf(documents.length, shares.dev);
  const test = shareOf(documents.length, shares.test);
  if (dev + test >= documents.length) {
    throw new AppError(
      'split-impossible',
      `${documents.length} documents cannot be shared out into train, ${dev} dev and ${test} test.`,
      { details: { nextStep: 'Choose smaller shares, or import more documents.' } },
    );
  }
  const random = seededRandom(deriveSeed(shares.seed, 'split'));
  const ids = shuffled(documents, random).map((document) => document.id);
  return { dev: ids.slice(0, dev), test: ids.slice(dev, dev + test), train: ids.slice(dev + test) };
}

/** At least one document where a share is asked for at all. */
function shareOf(documents: number, share: number): number {
  return share === 0 ? 0 : Math.max(1, Math.round(documents * share));
}

/** Every import with what became of its annotations, counted. */
export function listImports(store: ProjectStore): CallOutput<'corpora.imports'> {
  return {
    imports: store.imports.list().map(({ id, counts: _counts, ...entry }) => ({
      import: id,
      ...entry,
      kinds: store.imports.auditKinds(id),
    })),
  };
}

/**
 * Write a role's gold documents in another format.
 * @throws AppError `data-missing` when there are none; the worker's own.
 */
export async function exportCorpus(
  context: CoreContext,
  input: CheckedInput<'corpora.export'>,
): Promise<CallOutput<'corpora.export'>> {
  const store = context.project();
  const { role, split, format, outFolder } = input;
  const entries = store.documents.list(role).filter((entry) => split === undefined || entry.split === split);
  if (entries.length === 0) throw noDocuments(role, split);
  return context.jobs.run<'export'>('corpora.export', (job) => ({
    job: { kind: 'export', format, outFolder },
    documents: streamDocuments(store.documents, entries),
    onEvent: ({ done }) => context.emit('job.progress', { job, done, total: entries.length }),
  }));
}

/** The error of a role, or a split of it, that holds no document. */
export function noDocuments(role: Task, split?: Split): AppError {
  const where = split === undefined ? '' : ` in ${split}`;
  return new AppError('data-missing', `The project holds no ${taskText(role)} documents${where}.`, {
    details: {
      nextStep: `Import some with \`notegraft import … --role ${roleText(role)}${split ? ` --split ${split}` : ''}\`.`,
    },
  });
}
