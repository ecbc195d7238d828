/** The job that scores one folder of annotations against another of the same notes: a tool's output, or a second annotator's. */
import { goldSpans } from '../data/labelling.ts';
import type { FormatName, ImportedDocument, Span } from '../domain/document.ts';
import { AppError } from '../domain/errors.ts';
import type { FileScore, Unmatched } from '../domain/file-score.ts';
import { scoreCounts } from '../evaluate/scores.ts';
import { countsOf, documentEvidence, scoreReport } from '../evaluate/report.ts';
import { toolScore, type ComparedDocument } from '../evaluate/tool-conventions.ts';
import { readTagFiles } from '../formats/conll-tags.ts';
import { detectFormat } from '../formats/detect.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { JobEvents, JobResults } from '../protocol.ts';
import { importedDocuments } from './import.ts';

type Files = JobOf<'score-files'>['first'];

interface Pair {
  readonly first: ImportedDocument;
  readonly second: ImportedDocument;
}

/**
 * Pairs documents by name (a single one on each side is a pair whatever its name) and scores `second` against `first`.
 * @throws AppError `data-missing` where no two documents have name and text in common; what reading the files throws.
 */
export async function* scoreFilesJob(
  job: JobOf<'score-files'>,
): AsyncGenerator<JobEvents['score-files'], JobResults['score-files']> {
  const [firstFormat, secondFormat] = [job.first, job.second].map(formatOf);
  const first = await importedDocuments(job.first);
  yield { kind: 'progress', done: 1, total: 3 };
  const second = await importedDocuments(job.second);
  yield { kind: 'progress', done: 2, total: 3 };
  const { pairs, unmatched } = pairDocuments(first, second);
  if (pairs.length === 0) throw nothingShared(unmatched);
  const sides = pairs.map((pair) => ({
    gold: job.flatten ? goldSpans(pair.first) : pair.first.spans,
    predicted: pair.second.spans.map((span) => ({ ...span, confidence: 1 })),
  }));
  const evidence = sides.map(({ gold, predicted }, i) =>
    documentEvidence(pairs[i]?.first ?? { text: '' }, gold, predicted),
  );
  const areColumns = firstFormat === 'conll' && secondFormat === 'conll';
  return {
    documents: evidence.map((added, i) => fileScore(pairs[i]?.first.name ?? '', added)),
    unmatched,
    score: scoreCounts(countsOf(evidence)),
    report: scoreReport(
      evidence,
      { modelHash: null, trainingSeed: null, labels: [], areClasses: false },
      job.bootstrap,
    ),
    tool:
      job.convention === undefined
        ? null
        : toolScore(job.convention, await compared(job, pairs, sides, areColumns), job.scheme),
  };
}

function formatOf({ format, paths }: Files): FormatName {
  return format === 'auto' ? detectFormat(paths) : format;
}

/** Where both sides are column files, their tags as written. */
async function compared(
  job: JobOf<'score-files'>,
  pairs: readonly Pair[],
  sides: readonly { gold: readonly Span[]; predicted: readonly Span[] }[],
  areColumns: boolean,
): Promise<ComparedDocument[]> {
  const tags = areColumns ? await Promise.all([readTagFiles(job.first.paths), readTagFiles(job.second.paths)]) : null;
  return pairs.map(({ first, second }, i) => {
    const [gold, predicted] = [tags?.[0].get(first.name), tags?.[1].get(second.name)];
    const spans = sides[i] ?? { gold: [], predicted: [] };
    const written = gold === undefined || predicted === undefined ? {} : { tags: { gold, predicted } };
    return { tokens: first.tokens, ...spans, ...written };
  });
}

function pairDocuments(
  first: readonly ImportedDocument[],
  second: readonly ImportedDocument[],
): { pairs: Pair[]; unmatched: Unmatched } {
  const isOneEach = first.length === 1 && second.length === 1;
  const keyOf = (document: ImportedDocument): string => (isOneEach ? '' : document.name);
  const partners = new Map(second.map((document) => [keyOf(document), document]));
  const found = first.flatMap((document) => {
    const partner = partners.get(keyOf(document));
    return partner === undefined ? [] : [{ first: document, second: partner }];
  });
  const known = new Set(found.map((pair) => keyOf(pair.first)));
  const pairs = found.filter((pair) => pair.first.text === pair.second.text);
  const names = (documents: readonly ImportedDocument[]): string[] =>
    documents.filter((document) => !known.has(keyOf(document))).map(({ name }) => name);
  return {
    pairs,
    unmatched: {
      onlyFirst: names(first),
      onlySecond: names(second),
      otherText: found.filter((pair) => !pairs.includes(pair)).map((pair) => pair.first.name),
    },
  };
}

function fileScore(name: string, added: ReturnType<typeof documentEvidence>): FileScore {
  const { goldSpans: first, predictedSpans, strict, lenient } = scoreCounts(countsOf([added]));
  return { name, first, second: predictedSpans, strict: strict.micro, lenient: lenient.micro };
}

function nothingShared({ onlyFirst, onlySecond, otherText }: Unmatched): AppError {
  const what =
    otherText.length > 0
      ? `None of the ${otherText.length} documents of the same name has the same text on both sides.`
      : `No document has the same name on both sides: ${onlyFirst.length} there, ${onlySecond.length} here.`;
  return new AppError('data-missing', what, {
    details: { nextStep: 'Give two folders with annotations of the same notes under the same names.' },
  });
}
