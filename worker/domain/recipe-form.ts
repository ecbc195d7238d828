/** Recipes in words: what each key of the schema does, and what each relation of the grid does. */
import type { Component, Sharing } from './recipe.ts';

/** One sentence a key that settings may change. Bounds and defaults are the schema's own. */
export const keyExplanations: Readonly<Record<string, string>> = {
  'characterEncoder.embeddingSize': 'Numbers that stand for one character.',
  'characterEncoder.hiddenSize': 'Size of the memory that reads a word letter by letter, in each direction.',
  'characterEncoder.layers': 'Memories that read a word one above the other.',
  'characterEncoder.maxCharacters': 'Longer words are read only up to this many characters.',
  'wordEmbedding.size': 'Numbers that stand for one word; a vector file brings its own size.',
  'wordEmbedding.maxWords': 'At most this many words are taken from a vector file, the most frequent first.',
  'wordEmbedding.unknownProbability':
    'How often a word seen once in training counts as unknown, so that unknown words are learned too.',
  'wordEncoder.layers': 'Memories that read a sentence one above the other; each reads what the one below says.',
  'wordEncoder.hiddenSize': 'Size of the memory that reads a sentence word by word, in each direction.',
  'decoder.hiddenSize':
    'Size of the memory that decides the tags one after the other; with a CRF that of the layer before it, 0 for none.',
  'decoder.tagEmbeddingSize': 'Numbers that stand for the tag before; without effect with a CRF.',
  'decoder.cost': 'Margin by which a CRF must prefer the right tags, for each wrong one; 0 for none.',
  'dropout.wordEmbedding': 'Share of the word vectors’ numbers left out in training, against learning by heart.',
  'dropout.characterEncoder': 'Share of the character encoder’s output left out in training.',
  'dropout.wordEncoder': 'Share of the word encoder’s output left out in training.',
  'dropout.decoder': 'Share of the decoder’s output left out in training.',
  'training.batchSize': 'Sentences learned from at once; more is faster and needs more memory.',
  'training.batchesPerEpoch': 'Target batches between two scorings on the dev documents.',
  'training.sourceRatio': 'Source batches for each target batch.',
  'training.epochs': 'Training ends after this many epochs at the latest.',
  'training.patience': 'Training ends when the dev score has not risen for this many epochs.',
  'training.learningRate': 'Size of a learning step; lower is slower and steadier.',
  'training.clipNorm': 'Larger gradients are scaled down to this norm, so that one odd sentence does no harm.',
  'training.sourceWeight': 'How much the source’s loss counts beside the target’s.',
  'training.labelRate':
    'Share of the target’s training sentences that is learned from, for experiments with few labels.',
  'training.shareWeight': 'How strongly the two copies of a soft pair are pulled together (λ).',
  'training.maxSentenceTokens': 'Longer sentences are cut into pieces of this many tokens.',
  'decoding.beamWidth': 'Tag sequences followed at the same time when tagging; 1 is fastest.',
};

/** Headings of the form, in order; a group is the first part of a key. */
export const formGroups = [
  { group: 'training', title: 'Training', explanation: 'How long and in what steps is learned.' },
  {
    group: 'dropout',
    title: 'Dropout',
    explanation: 'What is left out at random in training, so that less is learned by heart.',
  },
  { group: 'wordEmbedding', title: 'Word vectors', explanation: 'How words become numbers.' },
  { group: 'characterEncoder', title: 'Character encoder', explanation: 'How the spelling of a word is read.' },
  { group: 'wordEncoder', title: 'Word encoder', explanation: 'How a word is read in its sentence.' },
  { group: 'decoder', title: 'Decoder', explanation: 'How labels are decided.' },
  { group: 'decoding', title: 'Tagging', explanation: 'How a trained model is applied.' },
] as const;

/** A cell of the wizard's grid. */
export type RelationChoice = 'independent' | 'soft' | 'hard' | 'gated' | 'gated-hs';

/** The sharing that a choice of the grid means. */
export const relationSharing: Readonly<Record<RelationChoice, Sharing>> = {
  independent: { kind: 'independent' },
  soft: { kind: 'soft' },
  hard: { kind: 'hard' },
  gated: { kind: 'gated', independent: true, gate: 'vector' },
  'gated-hs': { kind: 'gated', independent: false, gate: 'vector' },
};

export const relationTitles: Readonly<Record<RelationChoice, string>> = {
  independent: 'Independent',
  soft: 'Soft',
  hard: 'Hard',
  gated: 'Gated',
  'gated-hs': 'Gated (hard and soft only)',
};

const parts: Readonly<Record<Component, { readonly name: string; readonly what: string }>> = {
  characterEncoder: { name: 'character encoder', what: 'how words are spelled' },
  wordEncoder: { name: 'word encoder', what: 'how words are used in a sentence' },
  decoder: { name: 'decoder', what: 'how labels follow each other' },
};

/** What a choice does to a component, in a sentence. */
export function relationSentence(component: Component, choice: RelationChoice): string {
  const { name, what } = parts[component];
  switch (choice) {
    case 'independent':
      return `The target has a ${name} of its own: the source teaches it nothing about ${what}.`;
    case 'soft':
      return `Source and target each have a ${name}, and the two are pulled towards each other: the source guides ${what} without deciding it.`;
    case 'hard':
      return `Source and target use one ${name}: everything the source shows of ${what} is taken over.`;
    case 'gated':
      return `The target has a hard, a soft and an independent ${name}, and decides word by word which to believe about ${what}.`;
    case 'gated-hs':
      return `The target has a hard and a soft ${name}, and decides word by word which to believe about ${what}; smaller than with an independent copy.`;
  }
}
