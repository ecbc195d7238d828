/** A saved model beside the gold: what it predicts on documents, ready to be scored under any convention. */
import { formTable } from '../data/dataset.ts';
import { goldSpans } from '../data/labelling.ts';
import { wordIndex } from '../data/vocabulary.ts';
import type { AnnotatedDocument, PredictedSpan, Span } from '../domain/document.ts';
import { networkOf, type LoadedModel } from '../model/checkpoint.ts';
import { disposeParameters } from '../model/parameters.ts';
import { createTagger, disposeTagger, predict } from './tagger.ts';

/** A document with its flattened gold and what was predicted. */
export interface TaggedGold {
  readonly document: AnnotatedDocument;
  readonly gold: readonly Span[];
  readonly predicted: readonly PredictedSpan[];
}

/** Tags every document with the model's own decoding; what it holds in the engine is freed. */
export async function tagGold(
  model: LoadedModel,
  documents: readonly AnnotatedDocument[],
  endStep: () => void,
): Promise<TaggedGold[]> {
  const { recipe, vocabulary } = model;
  const network = networkOf(model);
  const forms = formTable(wordIndex(vocabulary), recipe.characterEncoder.maxCharacters);
  const tagger = createTagger(network, vocabulary.tags.target, forms, recipe.decoding.beamWidth, endStep);
  try {
    const predicted = await predict(tagger, documents);
    return documents.map((document, i) => ({ document, gold: goldSpans(document), predicted: predicted[i] ?? [] }));
  } finally {
    disposeTagger(tagger);
    disposeParameters(network.parameters);
  }
}
