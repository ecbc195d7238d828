/** Which words, characters and label sets a model knows, and how a token finds its word. */
import { classSet, tagSet, type TagSet } from '../domain/tags.ts';
import type { Task } from '../domain/task-names.ts';
import { unknown, type OfTasks, type Vocabulary } from '../domain/vocabulary.ts';

export interface WordIndex {
  /** Number of a token's word: lower-cased, then with digits as 0, else unknown. */
  wordId(token: string): number;
  characterIds(token: string, maximum: number): Int32Array;
}

/** The form of a word that stands for all that differ from it in their digits alone. */
export const zeroDigits = (word: string): string => word.replace(/\p{Nd}/gu, '0');

/** Look-ups over a vocabulary. */
export function wordIndex(vocabulary: Vocabulary): WordIndex {
  const words = new Map(vocabulary.words.map((word, id) => [word, id]));
  words.delete(vocabulary.words[unknown] ?? '');
  const characters = new Map(vocabulary.characters.map((character, id) => [character, id]));
  characters.delete(vocabulary.characters[unknown] ?? '');
  return {
    wordId(token) {
      const lower = token.toLowerCase();
      return words.get(lower) ?? words.get(zeroDigits(lower)) ?? unknown;
    },
    characterIds(token, maximum) {
      const ids: number[] = [];
      for (const character of token) {
        if (ids.length === maximum) break;
        ids.push(characters.get(character) ?? unknown);
      }
      return Int32Array.from(ids);
    },
  };
}

/** Tokens that build a vocabulary, in reading order. */
export interface VocabularySources {
  /** Training tokens of all tasks. */
  readonly tokens: Iterable<string>;
  /** Words that have a vector, most frequent first. */
  readonly vectorWords: readonly string[];
  readonly labels: OfTasks<readonly string[]>;
  /** Tasks that give each token a class. */
  readonly classes?: readonly Task[];
}

/** Builds the vocabulary of a training run; also says which words occur once in training (by word number). */
export function buildVocabulary(sources: VocabularySources): { vocabulary: Vocabulary; occurrences: Int32Array } {
  const tagsFor = (task: Task, labels: readonly string[]): TagSet =>
    sources.classes?.includes(task) === true ? classSet(labels) : tagSet(labels);
  const counts = new Map<string, number>();
  const characters = new Set<string>();
  for (const token of sources.tokens) {
    const lower = token.toLowerCase();
    counts.set(lower, (counts.get(lower) ?? 0) + 1);
    for (const character of token) characters.add(character);
  }
  const words = ['<unk>', ...new Set([...sources.vectorWords, ...counts.keys()])];
  const vocabulary: Vocabulary = {
    words,
    characters: ['<unk>', ...[...characters].sort()],
    tags: {
      ...Object.fromEntries(Object.entries(sources.labels).map(([task, labels]) => [task, tagsFor(task, labels)])),
      target: tagsFor('target', sources.labels.target),
    },
  };
  return { vocabulary, occurrences: Int32Array.from(words, (word) => counts.get(word) ?? 0) };
}
