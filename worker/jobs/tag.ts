/** The tagging job: a folder of notes in, entity files out; one bad note never sinks the batch. */
import { formTable } from '../data/dataset.ts';
import { wordIndex } from '../data/vocabulary.ts';
import { tokenCount, type AnnotatedDocument, type ImportedDocument, type PredictedSpan } from '../domain/document.ts';
import { AppError, toErrorRecord, type ErrorRecord } from '../domain/errors.ts';
import { startEngine } from '../engine/start.ts';
import { createTagger, disposeTagger, predict, type Tagger } from '../evaluate/tagger.ts';
import { discoverNotes } from '../formats/discover.ts';
import type { FileGroup } from '../formats/format.ts';
import { readGroup } from '../formats/readers.ts';
import { openEntityWriters } from '../formats/write/entity-writers.ts';
import { decodeModel, networkOf, type LoadedModel } from '../model/checkpoint.ts';
import { disposeParameters } from '../model/parameters.ts';
import type { JobEvents, JobOf, JobResults } from '../protocol.ts';

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
  const engine = await startEngine();
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
  const tagged = taggedChunks(groups, tag.run);
  let next = tagged.next();
  try {
    for (;;) {
      const { value, done } = await next;
      if (done) break;
      const { chunk, predicted } = value;
      // The next chunk is tagged while this one is written.
      next = tagged.next();
      next.catch(() => undefined);
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
    return { ...totals, tokensPerSecond: speed(), files, modelHash: model.hash };
  } finally {
    await writer.discard();
    await Promise.allSettled([next]);
    tag.dispose();
  }
}

/** Distinct forms after which the table of forms starts anew, so that memory does not grow with the archive. */
const keptForms = 100_000;

/** A model ready to tag. */
function noteTagger(
  model: LoadedModel,
  beamWidth: number,
  endStep: () => void,
): { run: (documents: AnnotatedDocument[]) => Promise<PredictedSpan[][]>; dispose: () => void } {
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
      if (tagger.forms.words.length > keptForms) {
        disposeTagger(tagger);
        tagger = fresh();
      }
      return predict(tagger, documents);
    },
    dispose() {
      disposeTagger(tagger);
      disposeParameters(network.parameters);
    },
  };
}

interface TaggedChunk {
  readonly chunk: readonly Read[];
  /** Spans of each note that could be read, in order. */
  readonly predicted: PredictedSpan[][];
}

async function* taggedChunks(
  groups: readonly FileGroup[],
  tag: (documents: AnnotatedDocument[]) => Promise<PredictedSpan[][]>,
): AsyncGenerator<TaggedChunk, void> {
  for await (const chunk of chunks(groups))
    yield { chunk, predicted: await tag(chunk.flatMap((read) => ('document' in read ? [read.document] : []))) };
}

/** Notes whose files are read ahead, so that reading goes on while others are tagged. */
const readAhead = 64;

/** Notes read and tokenised, in chunks and in their order. */
async function* chunks(groups: readonly FileGroup[]): AsyncGenerator<Read[]> {
  let chunk: Read[] = [];
  let tokens = 0;
  const reading: Promise<Read>[] = [];
  for (let next = 0; next < groups.length || reading.length > 0;) {
    while (reading.length < readAhead && next < groups.length) reading.push(readNote(groups[next++] as FileGroup));
    const read = (await reading.shift()) as Read;
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
