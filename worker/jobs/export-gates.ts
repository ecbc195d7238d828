/** The job that writes the gates of a model over the streamed documents: token by token, means, and pictures. */
import type { AnnotatedDocument } from '../domain/document.ts';
import { AppError } from '../domain/errors.ts';
import { groupGates, type GateToken } from '../domain/gate-export.ts';
import { gatedTokens, gateMeans, type GatedToken } from '../evaluate/gates.ts';
import { disposeTagger } from '../evaluate/tagger.ts';
import { openGateFiles } from '../formats/write/gate-files.ts';
import { decodeModel } from '../model/checkpoint.ts';
import { gatedComponents } from '../model/gates.ts';
import { disposeParameters } from '../model/parameters.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { JobEvents, JobResults, TaskDocument } from '../protocol.ts';
import { openTagger, tagAll } from './inspect.ts';

/** Documents that are tagged together. */
const chunkSize = 20;
/** A sentence for the picture is no longer than this. */
const mostPictureTokens = 40;

/** @throws AppError `model-damaged`; `data-missing` for a model without gates; when the folder cannot be written to; `disk-full`. */
export async function* exportGatesJob(
  job: JobOf<'export-gates'>,
  stream: AsyncIterable<TaskDocument>,
): AsyncGenerator<JobEvents['export-gates'], JobResults['export-gates']> {
  const documents = await Array.fromAsync(stream);
  const tagger = await openTagger(decodeModel(job.model));
  await using opened = new AsyncDisposableStack();
  opened.defer(() => {
    disposeTagger(tagger);
    disposeParameters(tagger.network.parameters);
  });
  const components = gatedComponents(tagger.network);
  if (components.length === 0) {
    throw new AppError('data-missing', `The recipe ${job.source.recipe} has no gates.`, {
      details: { nextStep: 'Choose a run of a recipe with gates, such as dtn or dtn-hs.' },
    });
  }
  const shared = new Set(job.sharedLabels);
  const files = opened.adopt(await openGateFiles(job.outFolder, job.source, components, shared), (open) =>
    open.discard(),
  );
  const means = gateMeans(components);
  let example: readonly GateToken[] = [];
  for (let at = 0; at < documents.length; at += chunkSize) {
    const chunk = documents.slice(at, at + chunkSize);
    const found: GatedToken[] = [];
    for await (const tokens of gatedTokens(tagger, chunk, await tagAll(tagger, chunk))) found.push(...tokens);
    means.add(found);
    found.sort((a, b) => a.document - b.document || a.token - b.token);
    const tokens = found.map((token) => describe(chunk[token.document] as AnnotatedDocument, token, job.text));
    await files.write(tokens);
    example = bestExample(example, tokens);
    yield { kind: 'progress', done: Math.min(at + chunkSize, documents.length), total: documents.length };
  }
  const all = means.means();
  const groups = groupGates(all, shared);
  return { means: all, groups, files: await files.close(all, groups, example) };
}

function describe(
  document: AnnotatedDocument,
  { token, gold, predicted, gates }: GatedToken,
  withText: boolean,
): GateToken {
  const [start, end] = [document.tokens.starts[token] ?? 0, document.tokens.ends[token] ?? 0];
  return {
    document: document.name,
    sentence: document.tokens.sentenceEnds.findIndex((sentenceEnd) => token < sentenceEnd) + 1,
    ...{ start, end, text: withText ? document.text.slice(start, end) : null },
    ...{ gold, predicted, gates },
  };
}

/** The sentence with the most different gold labels, the shorter one of equals: what shows most in a small picture. */
function bestExample(before: readonly GateToken[], tokens: readonly GateToken[]): readonly GateToken[] {
  const sentences = Map.groupBy(tokens, ({ document, sentence }) => JSON.stringify([document, sentence]));
  const labels = (sentence: readonly GateToken[]): number =>
    new Set(sentence.flatMap(({ gold }) => (gold === null ? [] : [gold]))).size;
  return [before, ...sentences.values()]
    .filter((sentence) => sentence.length <= mostPictureTokens)
    .reduce((best, sentence) => {
      const gain = labels(sentence) - labels(best);
      return gain > 0 || (gain === 0 && sentence.length < best.length && best !== before) ? sentence : best;
    }, before);
}
