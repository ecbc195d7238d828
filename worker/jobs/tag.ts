/** The tagging job: a folder of notes in, entity files out; one bad note never sinks the batch. */
import { formTable } from '../data/dataset.ts';
import { wordIndex } from '../data/vocabulary.ts';
import { tokenCount, type AnnotatedDocument, type PredictedSpan } from '../domain/document.ts';
import { AppError } from '../domain/errors.ts';
import { createTagger, disposeTagger, predict, type Tagger } from '../evaluate/tagger.ts';
import { discoverNotes } from '../formats/discover.ts';
import { openEntityWriters } from '../formats/write/entity-writers.ts';
import { decodeModel, networkOf, type LoadedModel } from '../model/checkpoint.ts';
import { disposeParameters } from '../model/parameters.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { JobEvents, JobResults } from '../protocol.ts';
import { engineFacts, openEngine } from './engine.ts';
import { featuresOfModel } from './features.ts';
import { taggedChunks } from './tagged-chunks.ts';

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
  const features = await featuresOfModel(model.recipe, job.features);
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
    for await (const { chunk, predicted } of taggedChunks(groups, tag.run, features)) {
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

/** Distinct forms after which the table of forms starts anew, so that memory does not grow with the archive. */
const keptForms = 100_000;

function noEntities(): AppError {
  return new AppError(
    'usage',
    'This model gives each token a class and finds no entities, so there is nothing to tag notes with.',
    {
      details: { nextStep: 'Score it with `notegraft evaluate`, or tag with a model that was trained on entities.' },
    },
  );
}

/** A model ready to tag. @throws AppError `usage` for one that gives each token a class. */
export function noteTagger(
  model: LoadedModel,
  beamWidth: number,
  endStep: () => void,
): { run: (documents: AnnotatedDocument[]) => Promise<PredictedSpan[][]>; dispose: () => void } {
  if (model.vocabulary.tags.target.classes) throw noEntities();
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
