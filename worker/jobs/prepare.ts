/** From documents to what a network trains on: vocabulary, sizes and encoded sentences, for a training and for what it would cost. */
import { encodeDocuments, formTable, type EncodedSentence, type FormTable } from '../data/dataset.ts';
import { readWordVectors, type WordVectors } from '../data/embeddings.ts';
import { classTasks } from '../data/token-classes.ts';
import { buildVocabulary, wordIndex } from '../data/vocabulary.ts';
import type { AnnotatedDocument } from '../domain/document.ts';
import type { Recipe } from '../domain/recipe.ts';
import type { Task } from '../domain/task-names.ts';
import { tagsOf, type OfTasks, type Vocabulary } from '../domain/vocabulary.ts';
import { networkSizes, type NetworkSizes } from '../model/blocks.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { TaskDocument } from '../protocol.ts';
import { hasSpans } from './zero-resource.ts';

export interface Prepared {
  /** With the size of the word vectors, where some are given. */
  readonly recipe: Recipe;
  readonly vectors: WordVectors | null;
  readonly vocabulary: Vocabulary;
  /** How often each word of the vocabulary occurs in training. */
  readonly occurrences: Int32Array;
  readonly forms: FormTable;
  readonly sizes: NetworkSizes;
  readonly sentences: ReadonlyMap<Task, readonly EncodedSentence[]>;
  /** Spans that overlap a longer one and are not trained on. */
  readonly flattened: number;
}

/** @throws AppError `embeddings-invalid`, `file-not-found` for word vectors that cannot be read. */
export async function prepareTraining(
  given: Recipe,
  { embeddings, embeddingsFile }: Pick<JobOf<'train'>, 'embeddings' | 'embeddingsFile'>,
  training: ReadonlyMap<Task, readonly TaskDocument[]>,
): Promise<Prepared> {
  const source = embeddings ?? embeddingsFile;
  const vectors = source === undefined ? null : await readWordVectors(source, given.wordEmbedding.maxWords);
  const recipe: Recipe =
    vectors === null ? given : { ...given, wordEmbedding: { ...given.wordEmbedding, size: vectors.size } };
  const { vocabulary, occurrences } = buildVocabulary({
    tokens: tokensOf([...training.values()].flat()),
    vectorWords: vectors?.words ?? [],
    labels: labelSets(recipe, training),
    classes: classTasks(recipe, training),
  });
  const forms = formTable(wordIndex(vocabulary), recipe.characterEncoder.maxCharacters);
  const sentences = new Map<Task, EncodedSentence[]>();
  let flattened = 0;
  for (const [task, documents] of training) {
    const tags = hasSpans(documents) ? tagsOf(vocabulary, task) : null;
    const encoded = encodeDocuments(documents, forms, tags, recipe.training.maxSentenceTokens);
    sentences.set(task, encoded.sentences);
    flattened += encoded.flattened;
  }
  const sizes = networkSizes(recipe, vocabulary);
  return { recipe, vectors, vocabulary, occurrences, forms, sizes, sentences, flattened };
}

export function labelsOf(documents: readonly AnnotatedDocument[]): string[] {
  return [...new Set(documents.flatMap((document) => document.spans.map((span) => span.label)))];
}

/** The labels of each task: where the sources' stand for the target's, all have all of them (Yang 2017 T-A). */
export function labelSets(
  { tasks, decoder }: Recipe,
  training: ReadonlyMap<Task, readonly AnnotatedDocument[]>,
): OfTasks<string[]> {
  const all = decoder.labels === 'mapped' ? labelsOf([...training.values()].flat()) : null;
  const labels = (task: Task): string[] => all ?? labelsOf(training.get(task) ?? []);
  return { ...Object.fromEntries(tasks.map((task) => [task, labels(task)])), target: labels('target') };
}

export function* tokensOf(documents: readonly AnnotatedDocument[]): Generator<string> {
  for (const { text, tokens } of documents) {
    for (let i = 0; i < tokens.starts.length; i++) yield text.slice(tokens.starts[i], tokens.ends[i]);
  }
}
