/** The tagging job: a folder of notes in, entity files out; one bad note never sinks the batch. */
import { formTable } from '../data/dataset.ts';
import { wordIndex } from '../data/vocabulary.ts';
import { tokenCount, type AnnotatedDocument, type ImportedDocument, type PredictedSpan } from '../domain/document.ts';
import { AppError, toErrorRecord, type ErrorRecord } from '../domain/errors.ts';
import { createTagger, predict, type Tagger } from '../evaluate/tagger.ts';
import { discoverNotes } from '../formats/discover.ts';
import type { FileGroup } from '../formats/format.ts';
import { readGroup } from '../formats/readers.ts';
import { openEntityWriters } from '../formats/write/entity-writers.ts';
import { decodeModel, networkOf, type LoadedModel } from '../model/checkpoint.ts';
import { disposeParameters } from '../model/parameters.ts';
import type { JobEvents, JobOf, JobResults } from '../protocol.ts';
import { engineFacts, openEngine } from './engine.ts';

/** Notes are tagged together until they have this many tokens: enough for even batches, little enough for memory. */
const chunkTokens = 30_000;

type Read = { name: string; document: ImportedDocument } | { name: string; error: ErrorRecord };

/**
 * Tag every note below the job's paths and write the asked-for files.
 * @throws AppError `model-damaged`, `file-not-found`, `folder-empty`, `disk-full`, `cancelled`, …
 */
export async function* tagJob(
  job: JobOf<'tag'>,
  signal: AbortSignal,
): AsyncGenerator<JobEvents['tag'], JobResults['tag']> {
  const model = decodeModel(job.model);
  const groups = discoverNotes(job.paths);
  const engine = await openEngine(job.engine);
  const started = performance.now();
  const tag = noteTagger(model, job.beamWidth ?? model.recipe.decoding.beamWidth, () => engine.endStep());
  const writer = await openEntityWriters(job.outFolder, job.write, {
    runLabel: job.runLabel,
    modelHash: model.hash,
    recipe: model.recipe.name,
    command: job.command,
    rows: Object.entries(model.facts),
  });
  const totals = { notes: 0, failed: 0, entities: 0, tokens: 0 };
  const speed = (): number => totals.tokens / ((performance.now() - started) / 1000);
  try {
    for await (const chunk of chunks(groups)) {
      const documents = chunk.flatMap((read) => ('document' in read ? [read.document] : []));
      const predicted = await tag.run(documents);
      for (const read of chunk) {
        if ('error' in read) {
          totals.failed++;
          await writer.fail(read.name, read.error);
          yield { kind: 'note-failed', ...read };
          continue;
        }
        const spans = predicted.shift() ?? [];
        const { name, document } = read;
        await writer.write({ name, text: document.text, tokens: document.tokens, spans });
        totals.notes++;
        totals.entities += spans.length;
        totals.tokens += tokenCount(document.tokens);
        yield { kind: 'note', name, hash: document.hash, tokens: tokenCount(document.tokens), spans };
      }
      yield {
        kind: 'progress',
        done: totals.notes,
        failed: totals.failed,
        total: groups.length,
        tokensPerSecond: speed(),
      };
      if (signal.aborted) throw new AppError('cancelled', 'The tagging was cancelled.');
    }
    const files = await writer.close();
    return { ...totals, tokensPerSecond: speed(), files, modelHash: model.hash, engine: engineFacts(engine) };
  } finally {
    await writer.discard();
    tag.dispose();
  }
}

/** Distinct forms after which the kept character encodings are dropped, so that memory does not grow with the archive. */
const keptForms = 100_000;

/** A model ready to tag. */
export function noteTagger(
  model: LoadedModel,
  beamWidth: number,
  endStep: () => void,
): { run(documents: AnnotatedDocument[]): Promise<PredictedSpan[][]>; dispose(): void } {
  const network = networkOf(model);
  const index = wordIndex(model.vocabulary);
  const fresh = (): Tagger =>
    createTagger(
      network,
      model.vocabulary.tags.target,
      formTable(index, model.recipe.characterEncoder.maxCharacters),
      beamWidth,
      endStep,
    );
  let tagger = fresh();
  return {
    run(documents) {
      if (tagger.encodings.length > keptForms) tagger = fresh();
      return predict(tagger, documents);
    },
    dispose() {
      disposeParameters(network.parameters);
    },
  };
}

/** Notes read and tokenised, in chunks. */
export async function* chunks(groups: readonly FileGroup[]): AsyncGenerator<Read[]> {
  let chunk: Read[] = [];
  let tokens = 0;
  for (const group of groups) {
    const read = await readNote(group);
    chunk.push(read);
    if ('document' in read) tokens += tokenCount(read.document.tokens);
    if (tokens < chunkTokens) continue;
    yield chunk;
    chunk = [];
    tokens = 0;
  }
  if (chunk.length > 0) yield chunk;
}

async function readNote(group: FileGroup): Promise<Read> {
  const { name } = group;
  try {
    const [read] = await readGroup(group, 'text');
    if (!read) throw new AppError('file-empty', 'The note is empty.', { details: { nextStep: 'Leave it out.' } });
    return { name, document: read.document };
  } catch (thrown) {
    return { name, error: toErrorRecord(thrown) };
  }
}
