/** Word vectors trained from notes: the settings of a training, and what is kept about one. */
import { z } from 'zod';

const subwordSettings = z
  .strictObject({
    /** Letters of a subword, the marks `<` and `>` around the word included. */
    shortest: z.int().min(1).max(20).default(3),
    longest: z.int().min(1).max(20).default(6),
    /** Subwords of the same hash, modulo this, share a vector. Only those that occur take memory. */
    buckets: z.int().min(1).max(100_000_000).default(2_000_000),
  })
  .refine(({ shortest, longest }) => shortest <= longest, 'The shortest subword is longer than the longest.');
export type SubwordSettings = z.infer<typeof subwordSettings>;

/** Skip-gram with negative sampling (Mikolov et al. 2013), with subwords (Bojanowski et al. 2017) unless null. */
export const embeddingSettingsSchema = z.strictObject({
  dimensions: z.int().min(2).max(1024).default(100),
  epochs: z.int().min(1).max(1000).default(10),
  /** Words to each side at most; drawn anew for each word from 1 to this. */
  window: z.int().min(1).max(50).default(5),
  /** Noise words for each word of the context, drawn by count^0.75. */
  negatives: z.int().min(1).max(50).default(5),
  /** Rarer words are left out. */
  minCount: z.int().min(1).default(3),
  subwords: subwordSettings.nullable().default({ shortest: 3, longest: 6, buckets: 2_000_000 }),
  /** Words that make up more than this share of the text are thinned out; 0 keeps all. */
  subsample: z.number().min(0).max(1).default(1e-4),
  /** At the start; falls in a straight line to a ten-thousandth of it. */
  learningRate: z.number().positive().max(1).default(0.025),
  seed: z.int().min(0).default(1),
});
export type EmbeddingSettings = z.infer<typeof embeddingSettingsSchema>;

/** What a training of word vectors came from and took. */
export const embeddingFactsSchema = z.strictObject({
  settings: embeddingSettingsSchema,
  /** Words with a vector that was trained, and words of the project's corpora whose vector was composed of subwords. */
  trainedWords: z.int(),
  composedWords: z.int(),
  /** Tokens read, and those of them that are of a trained word. */
  tokens: z.int(),
  trainedTokens: z.int(),
  /** Notes read from folders; those that could not be read; documents of the project that were trained on. */
  notes: z.int(),
  failedNotes: z.int(),
  documents: z.int(),
  threads: z.int(),
  /** Of all, and of the training proper. */
  seconds: z.number(),
  trainingSeconds: z.number(),
  /** Trained tokens, counted once an epoch, a second of the training proper. */
  tokensPerSecond: z.number(),
});
export type EmbeddingFacts = z.infer<typeof embeddingFactsSchema>;
