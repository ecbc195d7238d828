/** Recipes in words: which are offered first, and when to choose each. */

/** The recipes offered first, and what is said of each: when to choose it. */
export const recipePresets = [
  {
    recipe: 'baseline-crf',
    title: 'Baseline',
    explanation: 'Learns from your notes alone. Choose it to see what transfer gains, or when there is no source.',
    needsSource: false,
    isFirst: true,
  },
  {
    recipe: 'ttn-HHI-crf',
    title: 'Best TTN',
    explanation:
      'Shares how words are read and keeps the labels apart. Choose it when both corpora are written alike and labelled differently, or when time is short.',
    needsSource: true,
    isFirst: true,
  },
  {
    recipe: 'dtn-crf',
    title: 'DTN',
    explanation:
      'Weighs hard, soft and independent copies word by word. Choose it when you do not know how alike the corpora are and can wait longest.',
    needsSource: true,
    isFirst: true,
  },
  {
    recipe: 'dtn-hs-crf',
    title: 'DTN(HS)',
    explanation:
      'Weighs hard and soft copies word by word. Choose it as the first transfer model: close to DTN, smaller and faster.',
    needsSource: true,
    isFirst: true,
  },
  {
    recipe: 'yang-t-a',
    title: 'Yang T-A',
    explanation:
      'Shares everything, and the label map turns source labels into yours. Choose it when most source labels mean what yours mean and you have very few notes.',
    needsSource: true,
    isFirst: false,
  },
  {
    recipe: 'yang-t-b',
    title: 'Yang T-B',
    explanation:
      'Shares all but the last layer. Choose it when the notes are written alike but the labels have little to do with each other.',
    needsSource: true,
    isFirst: false,
  },
  {
    recipe: 'yang-t-c',
    title: 'Yang T-C',
    explanation:
      'Shares only how words are spelled. Choose it when the source is in another language with the same alphabet.',
    needsSource: true,
    isFirst: false,
  },
  {
    recipe: 'yang-base',
    title: 'Yang’s tagger alone',
    explanation: 'Yang’s tagger without a source. Choose it to see what T-A, T-B or T-C gain.',
    needsSource: false,
    isFirst: false,
  },
  {
    recipe: 'sc-lstm',
    title: 'SC-LSTM',
    explanation:
      'One memory for both tasks, and each decides what to read from it. Choose it when both tasks have plenty of labels and should gain from each other; trains slowly.',
    needsSource: true,
    isFirst: false,
  },
  {
    recipe: 'lstm-s',
    title: 'LSTM-s',
    explanation: 'One stack of LSTMs for both tasks. Choose it to see what SC-LSTM’s own gates gain.',
    needsSource: true,
    isFirst: false,
  },
  {
    recipe: 'lstm-d',
    title: 'LSTM-d',
    explanation:
      'The source is learned at the lowest layer, the target at the highest. Choose it to compare with SC-LSTM.',
    needsSource: true,
    isFirst: false,
  },
  {
    recipe: 'lstm',
    title: 'LSTM alone',
    explanation: 'SC-LSTM’s stack of LSTMs without a source. Choose it to see what LSTM-s, LSTM-d or SC-LSTM gain.',
    needsSource: false,
    isFirst: false,
  },
  {
    recipe: 'man-moe',
    title: 'MAN-MoE (variant)',
    explanation:
      'Learns from several sources, in other languages or from other hospitals, and asks at each word whose expert to believe. Choose it when your own notes have few labels or none, and the sources mark the same things.',
    needsSource: true,
    isFirst: false,
  },
] as const;

/** When to choose a recipe, in a sentence or two. */
export function recipeAdvice(name: string): string {
  const presetOf = (wanted: string): string | undefined =>
    recipePresets.find(({ recipe }) => recipe === wanted)?.explanation;
  const preset = presetOf(name);
  if (preset !== undefined) return preset;
  const twin = presetOf(`${name}-crf`);
  if (twin !== undefined) return `${twin} Decides tags one after the other, by an LSTM, as in the paper.`;
  if (name.endsWith('-crf'))
    return `As ${name.slice(0, -'-crf'.length)}, but the tags of a sentence are decided together, by a CRF.`;
  return 'Shares each part as its letter says: independent, soft or hard. Choose it when you know how alike the corpora are, or by a search.';
}

/** The model of the same kind that learns from the target alone: what transfer is measured against. */
export function withoutTransfer(name: string): string {
  if (name.startsWith('yang-')) return 'yang-base';
  const alone = /^(sc-)?lstm/.test(name) ? 'lstm' : 'baseline';
  return name.endsWith('-crf') ? `${alone}-crf` : alone;
}
