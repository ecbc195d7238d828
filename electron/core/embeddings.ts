/** Word vectors trained in the project: made by a worker from notes, kept in the project, written out, found again for a training. */
import { createHash } from 'node:crypto';
import { AppError } from '../../worker/domain/errors.ts';
import { recogniseVectors } from '../../worker/domain/vector-file.ts';
import { word2vecReader, type WordVector } from '../../worker/domain/word2vec.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { OwnVectors } from '../api/embeddings-calls.ts';
import type { OwnVectorsEntry } from '../store/embeddings.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { CoreContext } from './context.ts';
import { streamDocuments } from './streaming.ts';
import { describeVectorFile, type VectorFile } from './vector-file.ts';
import { requireFolder, writeWholeFile } from './whole-file.ts';

/** What a training takes: the fingerprint's row, and where the vectors are. */
export interface VectorsForTraining {
  readonly embeddingsId: number;
  readonly sha256: string;
  readonly source: VectorSource;
}
/** Vectors that nothing is stored of: `row` is theirs in the project, or the file that would become one. */
export interface FoundVectors extends Omit<VectorsForTraining, 'embeddingsId'> {
  readonly row: number | VectorFile;
}
/** A job's fields. */
export type VectorSource = { embeddingsFile: string } | { embeddings: { bytes: Uint8Array<ArrayBuffer> } };

/** Digits behind the point, as word2vec writes them. */
const decimals = 6;

/**
 * Train word vectors and keep them.
 * @throws AppError `usage` without notes and corpora; `file-not-found`, `folder-empty`, `data-missing`, `cancelled`, … of the job.
 */
export async function trainEmbeddings(
  context: CoreContext,
  input: CheckedInput<'embeddings.train'>,
): Promise<CallOutput<'embeddings.train'>> {
  const store = context.project();
  const { notes, corpora, settings, threads, outFile } = input;
  const documents = [...store.documents.sources(), 'target'].flatMap((task) => store.documents.list(task));
  if (notes.length === 0 && (!corpora || documents.length === 0)) throw nothingToRead(corpora);
  if (outFile !== undefined) requireFolder(outFile, what);
  const { vectors, facts, failures } = await context.jobs.run<'embeddings'>('embeddings.train', (job) => ({
    job: {
      kind: 'embeddings',
      paths: notes,
      corpora,
      settings,
      ...(threads === undefined ? {} : { engine: { backend: 'simd', threads } }),
    },
    documents: streamDocuments(store.documents, documents),
    onEvent: ({ kind: _kind, part: _part, ...progress }) => context.emit('job.progress', { job, ...progress }),
  }));
  const id = store.embeddings.keep({
    sha256: createHash('sha256').update(vectors).digest('hex'),
    dimensions: facts.settings.dimensions,
    words: facts.trainedWords + facts.composedWords,
    facts,
    bytes: vectors,
  });
  if (outFile !== undefined) exportEmbeddings(store, { embeddings: id, file: outFile });
  return { ...viewOf(findOwn(store, id)), file: outFile ?? null, failures };
}

/** Those trained in the project, oldest first. */
export function listEmbeddings(store: ProjectStore): OwnVectors[] {
  return store.embeddings.own().map(viewOf);
}

/** Write vectors of the project as word2vec text. @throws AppError `data-missing`, `file-not-found`, `file-unwritable`. */
export function exportEmbeddings(
  store: ProjectStore,
  { embeddings, file }: CheckedInput<'embeddings.export'>,
): CallOutput<'embeddings.export'> {
  const { id, words, dimensions } = findOwn(store, embeddings);
  const bytes = writeWholeFile(file, what, textLines(vectorsOf(store, id), words, dimensions));
  return { embeddings: id, file, words, bytes };
}

/**
 * Forget vectors of the project. Models trained with them are as they were: they hold their own copy.
 * @throws AppError `data-missing`; `embeddings-needed` where stopped runs or studies would go on with them, unless `force`.
 */
export function removeEmbeddings(
  store: ProjectStore,
  { embeddings, force }: CheckedInput<'embeddings.remove'>,
): CallOutput<'embeddings.remove'> {
  const entry = findOwn(store, embeddings);
  const needed = neededBy(store, entry);
  if (needed.length > 0 && !force) {
    throw new AppError(
      'embeddings-needed',
      `The word vectors ${entry.path} are needed to go on with ${needed.join(', ')}.`,
      {
        details: { nextStep: 'Go on with these first, or give --force: they can then not go on any more.' },
      },
    );
  }
  store.embeddings.remove(entry.id);
  return { embeddings: entry.id, words: entry.words };
}

/** Runs and studies that are not done and take these vectors. */
function neededBy(store: ProjectStore, { id, sha256 }: OwnVectorsEntry): string[] {
  const last = store.embeddings.own().at(-1)?.id;
  const names = [`project:${id}`, sha256, ...(last === id ? ['project'] : [])];
  const runs = store.runs
    .list()
    .filter(({ status, embeddings }) => status !== 'done' && embeddings === sha256)
    .map((run) => `run ${run.id}`);
  const studies = store.studies
    .list()
    .filter(({ status, spec }) => status !== 'done' && names.includes(spec.embeddings ?? ''))
    .map((study) => `study ${study.id}`);
  return [...runs, ...studies];
}

/**
 * The vectors that `reference` means: `project` (the last trained in the project), `project:ID`, the fingerprint of vectors that the
 * project knows, or a file.
 * @throws AppError `data-missing` for vectors the project does not have, else as {@link describeVectorFile}.
 */
export async function findVectors(store: ProjectStore, reference: string): Promise<FoundVectors> {
  const [, , id] = /^project(:(\d+))?$/.exec(reference) ?? [null];
  if (reference === 'project' || id !== undefined) {
    const own = findOwn(store, id === undefined ? undefined : Number(id));
    return { row: own.id, sha256: own.sha256, source: { embeddings: { bytes: vectorsOf(store, own.id) } } };
  }
  const known = store.embeddings.list().find(({ sha256 }) => sha256 === reference);
  const kept = known && store.embeddings.vectors(known.id);
  if (known && kept) return { row: known.id, sha256: known.sha256, source: { embeddings: { bytes: kept } } };
  const file = await describeVectorFile(known?.path ?? reference);
  return { row: file, sha256: file.sha256, source: { embeddingsFile: file.path } };
}

/** The same, with a row in the project for a run to name. @throws AppError as {@link findVectors}. */
export async function vectorsForTraining(store: ProjectStore, reference: string): Promise<VectorsForTraining> {
  const { row, ...found } = await findVectors(store, reference);
  return { ...found, embeddingsId: typeof row === 'number' ? row : store.embeddings.remember(row) };
}

const what = 'the word vectors';

function* textLines(bytes: Uint8Array, words: number, dimensions: number): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(`${words} ${dimensions}\n`);
  for (const { word, values } of entriesOf(bytes)) {
    yield encoder.encode(`${word} ${Array.from(values, (value) => value.toFixed(decimals)).join(' ')}\n`);
  }
}

/** Vectors of a project in parts, so that they are never all in memory twice. */
function* entriesOf(bytes: Uint8Array): Generator<WordVector> {
  const found = recogniseVectors(bytes, what);
  if (found.kind !== 'binary') return;
  const reader = word2vecReader(found.header.dimensions);
  for (let at = found.start; at < bytes.length; at += partBytes) yield* reader.push(bytes.subarray(at, at + partBytes));
}
const partBytes = 1 << 20;

function vectorsOf(store: ProjectStore, id: number): Uint8Array<ArrayBuffer> {
  const bytes = store.embeddings.vectors(id);
  if (bytes === undefined) throw new Error('vectors are listed and not kept');
  return bytes;
}

/** The last where no id is given. */
function findOwn(store: ProjectStore, id: number | undefined): OwnVectorsEntry {
  const all = store.embeddings.own();
  const found = id === undefined ? all.at(-1) : all.find((entry) => entry.id === id);
  if (found !== undefined) return found;
  const missing =
    id === undefined ? 'No word vectors were trained in this project.' : `This project keeps no word vectors ${id}.`;
  throw new AppError('data-missing', missing, {
    details: {
      nextStep:
        all.length === 0
          ? 'Train some with `notegraft embeddings train`.'
          : `Choose one of: ${all.map((entry) => entry.path).join(', ')}.`,
    },
  });
}

function viewOf({ id, path, ...rest }: OwnVectorsEntry): OwnVectors {
  return { embeddings: id, reference: path, ...rest };
}

function nothingToRead(corpora: boolean): AppError {
  const message = corpora ? 'The project holds no documents yet.' : 'No notes were named to train word vectors on.';
  return new AppError('usage', message, {
    details: { nextStep: 'Name folders of notes (--notes), or use the project’s own documents (--corpora).' },
  });
}
