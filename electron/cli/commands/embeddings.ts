/** notegraft embeddings: word vectors trained from the team's own notes, kept in the project. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { resolve } from 'node:path';
import type { SubwordSettings } from '../../../worker/domain/embeddings.ts';
import type { CallOutput } from '../../api/contract.ts';
import type { OwnVectors } from '../../api/embeddings-calls.ts';
import { absolute, fraction, positive, wholeNumber } from '../options.ts';
import { counted, duration, grouped, numbers, table } from '../table.ts';
import { type CommonOptions, newCommand, withProject } from '../terminal.ts';

interface TrainOptions extends CommonOptions {
  readonly notes?: string[];
  readonly corpora?: true;
  readonly dim: number;
  readonly epochs: number;
  readonly window: number;
  readonly negative: number;
  readonly minCount: number;
  readonly subwords: Omit<SubwordSettings, 'buckets'> | null;
  readonly buckets: number;
  readonly subsample: number;
  readonly learningRate: number;
  readonly threads?: number;
  readonly seed: number;
  readonly out?: string;
}

export function embeddingsCommand(): Command {
  return new Command('embeddings')
    .description('word vectors trained from your own notes')
    .addCommand(trainVectorsCommand())
    .addCommand(listVectorsCommand())
    .addCommand(exportVectorsCommand())
    .addCommand(removeVectorsCommand());
}

function trainVectorsCommand(): Command {
  return newCommand('train', 'train word vectors (skip-gram) on notes, and keep them in the project')
    .argument('<project>')
    .option('--notes <folders...>', 'folders of .txt notes, or notes; they need no annotation')
    .option('--corpora', "also train on the text of the project's documents, but for its test documents")
    .option('--dim <number>', 'numbers a vector has', wholeNumber(2), 100)
    .option('--epochs <number>', 'passes over the text', wholeNumber(1), 10)
    .option('--window <number>', 'words to each side of a word that it learns from, at most', wholeNumber(1), 5)
    .option('--negative <number>', 'noise words for each word of the window', wholeNumber(1), 5)
    .option('--min-count <number>', 'leave out words that occur less often', wholeNumber(1), 3)
    .addOption(
      new Option('--subwords <lengths>', 'lengths of the parts of words that share vectors, or off')
        .argParser(subwordLengths)
        .default({ shortest: 3, longest: 6 }, '3-6'),
    )
    .option('--buckets <number>', 'subwords are hashed to this many', wholeNumber(1), 2_000_000)
    .option('--subsample <share>', 'thin out words above this share of the text; 0: none', fraction, 1e-4)
    .option('--learning-rate <number>', 'at the start; falls to nearly 0', positive, 0.025)
    .option('--threads <number>', 'cores to use; all, at most 4, when left out; only 1 is repeatable', wholeNumber(1))
    .option('--seed <number>', 'with --threads 1 the same seed gives the same vectors', wholeNumber(0), 1)
    .option('--out <file>', 'also write them there, as word2vec text')
    .addHelpText(
      'after',
      `
Then: notegraft train P.ngr --recipe dtn-hs --embeddings project   (or project:ID, see \`embeddings list\`)

Threads write the same numbers without waiting for each other (Hogwild), so two trainings on several threads differ a little.
With --threads 1 the same notes, settings and seed give the same vectors on the same machine, byte by byte.
With subwords, words of the project's documents that are too rare for a vector get one composed of their parts.
The vectors hold words of your notes, in the project and in --out: handle the file as you handle the notes.`,
    )
    .action(async (project: string, options: TrainOptions) => {
      const { dim, negative, subwords, buckets, threads, out } = options;
      const { epochs, window, minCount, subsample, learningRate, seed } = options;
      await withProject(project, 'write', options, async ({ core, print }) => {
        const result = await core.call('embeddings.train', {
          notes: absolute(options.notes ?? []),
          corpora: options.corpora === true,
          settings: {
            ...{ dimensions: dim, epochs, window, negatives: negative, minCount, subsample, learningRate, seed },
            subwords: subwords === null ? null : { ...subwords, buckets },
          },
          ...(threads === undefined ? {} : { threads }),
          ...(out === undefined ? {} : { outFile: resolve(out) }),
        });
        print(result, () => trainText(result));
      });
    });
}

function listVectorsCommand(): Command {
  return newCommand('list', 'word vectors that were trained in the project')
    .argument('<project>')
    .action(async (project: string, options: CommonOptions) => {
      await withProject(project, 'read', options, async ({ core, print }) => {
        const result = await core.call('embeddings.list', {});
        print(result, () => listText(result.embeddings));
      });
    });
}

interface ExportOptions extends CommonOptions {
  readonly id?: number;
}

function exportVectorsCommand(): Command {
  return newCommand('export', 'write word vectors of the project as word2vec text; it holds words of the notes')
    .argument('<project>')
    .argument('<file>', 'the file to write, for example vectors.txt')
    .option('--id <number>', 'which; the last trained when left out', wholeNumber(1))
    .action(async (project: string, file: string, { id, ...options }: ExportOptions) => {
      await withProject(project, 'read', options, async ({ core, print }) => {
        const which = id === undefined ? {} : { embeddings: id };
        const result = await core.call('embeddings.export', { ...which, file: resolve(file) });
        print(result, () => `${counted(result.words, 'vector')}, ${grouped(result.bytes)} bytes in ${result.file}`);
      });
    });
}

interface RemoveOptions extends CommonOptions {
  readonly force?: true;
}

function removeVectorsCommand(): Command {
  return newCommand('remove', 'forget word vectors of the project; models that were trained with them stay as they are')
    .argument('<project>')
    .argument('<id>', 'which, see `embeddings list`', wholeNumber(1))
    .option('--force', 'also where stopped runs or studies need them; these can then not go on')
    .action(async (project: string, id: number, { force, ...options }: RemoveOptions) => {
      await withProject(project, 'write', options, async ({ core, print }) => {
        const removed = await core.call('embeddings.remove', { embeddings: id, force: force === true });
        print(removed, () => `Removed project:${id}, ${counted(removed.words, 'vector')}.`);
      });
    });
}

/** `3-6`, `4` or `off`. */
function subwordLengths(text: string): TrainOptions['subwords'] {
  if (text === 'off') return null;
  const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const [shortest, longest] = [Number(from), Number(to)];
  if (shortest >= 1 && longest >= shortest && longest <= 20) return { shortest, longest };
  throw new InvalidArgumentError('Give two lengths such as 3-6, from 1 to 20, or off.');
}

function trainText(result: CallOutput<'embeddings.train'>): string {
  const { facts, reference, dimensions, file, failures } = result;
  const documents = facts.documents === 0 ? '' : `, ${counted(facts.documents, 'document')} of the project`;
  const composed =
    facts.composedWords === 0
      ? ''
      : `, and ${grouped(facts.composedWords)} rare words of the project composed of subwords`;
  const lines = [
    `Vectors ${reference}: ${counted(facts.trainedWords, 'word')}${composed}; ${dimensions} numbers each.`,
    `From ${counted(facts.notes, 'note')}${documents}: ${counted(facts.tokens, 'token')}. ${duration(facts.seconds)}, of which training ${duration(facts.trainingSeconds)} (${grouped(facts.tokensPerSecond)} tokens/s, ${counted(facts.threads, 'thread')}).`,
    ...failures.map(({ name, error }) => `Not read: ${name}: ${error.message}`),
  ];
  if (facts.failedNotes > failures.length)
    lines.push(`… and ${counted(facts.failedNotes - failures.length, 'more note')} not read`);
  if (file !== null) lines.push(`Written to ${file}; it holds words of your notes.`);
  return [...lines, `Use them with \`notegraft train … --embeddings ${reference}\`.`].join('\n');
}

function listText(embeddings: readonly OwnVectors[]): string {
  if (embeddings.length === 0) return 'None yet. Train some with `notegraft embeddings train`.';
  return table(
    [
      { title: 'vectors' },
      ...numbers('words', 'dimensions', 'tokens', 'epochs'),
      { title: 'subwords' },
      { title: 'made' },
    ],
    embeddings.map(({ reference, words, dimensions, facts: { tokens, settings }, madeAt }) => [
      ...[reference, ...[words, dimensions, tokens, settings.epochs].map(grouped)],
      settings.subwords === null ? 'off' : `${settings.subwords.shortest}-${settings.subwords.longest}`,
      madeAt,
    ]),
  );
}
