/** Looking into a trained model: its predictions beside the gold, the means of its gates, and the gates of one sentence. */
import { encodeDocuments, formTable } from '../data/dataset.ts';
import { goldSpans } from '../data/labelling.ts';
import { wordIndex } from '../data/vocabulary.ts';
import { sentenceRange, type AnnotatedDocument, type PredictedSpan } from '../domain/document.ts';
import { AppError } from '../domain/errors.ts';
import type { DocumentEvidence } from '../domain/score-report.ts';
import { startEngine } from '../engine/start.ts';
import { gatedTokens, gateMeans, type GatedToken } from '../evaluate/gates.ts';
import { scoreCounts, withAccuracy } from '../evaluate/scores.ts';
import { countsOf, documentEvidence, reportFacts, scoreReport } from '../evaluate/report.ts';
import { pairSpans } from '../evaluate/span-pairs.ts';
import { createTagger, disposeTagger, predictSentences, type Tagger } from '../evaluate/tagger.ts';
import { decodeModel, networkOf, type LoadedModel } from '../model/checkpoint.ts';
import { gatedComponents } from '../model/gates.ts';
import { disposeParameters } from '../model/parameters.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { JobEvents, JobResults, TaskDocument } from '../protocol.ts';
import { featuresOfModel, withFeaturesFrom } from './features.ts';

/** Documents that are tagged together. */
const chunkSize = 50;

/** @throws AppError `model-damaged`. */
export async function* inspectJob(
  job: JobOf<'inspect'>,
  stream: AsyncIterable<TaskDocument>,
): AsyncGenerator<JobEvents['inspect'], JobResults['inspect']> {
  const documents = await Array.fromAsync(stream);
  const model = decodeModel(job.model);
  const features = await featuresOfModel(model.recipe, job.features);
  const tagger = await openTagger(model);
  const facts = reportFacts(model);
  const parts = gatedComponents(tagger.network);
  const splits = [...new Set(documents.map(({ split }) => split))];
  const evidence = new Map(splits.map((split) => [split, [] as DocumentEvidence[]]));
  const means = new Map(splits.map((split) => [split, gateMeans(parts)]));
  try {
    for (let at = 0; at < documents.length; at += chunkSize) {
      const chunk = await withFeaturesFrom(features, documents.slice(at, at + chunkSize), ({ task }) => task);
      const predicted = await tagAll(tagger, chunk);
      for (const [i, document] of chunk.entries()) {
        const [gold, found] = [goldSpans(document), predicted[i] ?? []];
        const added = documentEvidence(document, gold, found);
        evidence.get(document.split)?.push(added);
        yield { kind: 'pairs', document: at + i, pairs: pairSpans(gold, found), evidence: added };
      }
      for await (const tokens of gatedTokens(tagger, chunk, predicted)) {
        for (const [split, found] of Map.groupBy(tokens, ({ document }) => chunk[document]?.split ?? 'test')) {
          means.get(split)?.add(found);
        }
      }
      yield { kind: 'progress', done: Math.min(at + chunkSize, documents.length), total: documents.length };
    }
    return {
      gates: [...means].map(([split, mean]) => ({ split, components: mean.means() })),
      reports: [...evidence].map(([split, added]) => ({
        split,
        score: withAccuracy(scoreCounts(countsOf(added)), tagger.tags),
        report: scoreReport(added, facts),
      })),
    };
  } finally {
    disposeTagger(tagger);
    disposeParameters(tagger.network.parameters);
  }
}

/** @throws AppError `model-damaged`; `data-missing` for a sentence that the document does not have. */
export async function* tokenGatesJob(
  job: JobOf<'token-gates'>,
  stream: AsyncIterable<TaskDocument>,
): AsyncGenerator<JobEvents['token-gates'], JobResults['token-gates']> {
  const [document] = await Array.fromAsync(stream);
  const sentences = document?.tokens.sentenceEnds.length ?? 0;
  if (document === undefined || job.sentence >= sentences) {
    throw new AppError('data-missing', `The document has no sentence ${job.sentence}; it has ${sentences}.`, {
      details: { nextStep: 'Sentences are counted from 0.' },
    });
  }
  const tagger = await openTagger(decodeModel(job.model));
  yield { kind: 'progress', done: 0, total: 1 };
  try {
    const [first, end] = sentenceRange(document.tokens, job.sentence);
    const predicted = await tagAll(tagger, [document], ({ firstToken }) => firstToken >= first && firstToken < end);
    const found: GatedToken[] = [];
    const wanted = gatedTokens(
      tagger,
      [document],
      predicted,
      ({ firstToken }) => firstToken >= first && firstToken < end,
    );
    for await (const tokens of wanted) found.push(...tokens);
    return {
      sentences,
      components: gatedComponents(tagger.network),
      tokens: found
        .sort((a, b) => a.token - b.token)
        .map(({ token, gold, predicted: label, gates }) => ({
          start: document.tokens.starts[token] ?? 0,
          end: document.tokens.ends[token] ?? 0,
          gold,
          predicted: label,
          gates: [...gates],
        })),
    };
  } finally {
    disposeTagger(tagger);
    disposeParameters(tagger.network.parameters);
  }
}

/** A tagger over the model's weights on our own kernels; the caller disposes it and the network's parameters. */
export async function openTagger(model: LoadedModel): Promise<Tagger> {
  const engine = await startEngine();
  const { recipe, vocabulary } = model;
  const forms = formTable(wordIndex(vocabulary), recipe.characterEncoder.maxCharacters);
  return createTagger(networkOf(model), vocabulary.tags.target, forms, recipe.decoding.beamWidth, () =>
    engine.endStep(),
  );
}

/** Predicted spans of the sentences that are wanted. */
export async function tagAll(
  tagger: Tagger,
  documents: readonly AnnotatedDocument[],
  wants: (sentence: { firstToken: number }) => boolean = () => true,
): Promise<PredictedSpan[][]> {
  const { maxSentenceTokens } = tagger.network.recipe.training;
  const { sentences } = encodeDocuments(documents, tagger.forms, null, maxSentenceTokens);
  return predictSentences(tagger, documents, sentences.filter(wants));
}
