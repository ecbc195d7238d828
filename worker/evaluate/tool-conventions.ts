/** Documents scored as another tool scores them: spans become tags of sentences first, as those tools read nothing else. */
import { alignSpans, flattenSpans } from '../data/labelling.ts';
import { sentenceRange, type Span, type TokenTable } from '../domain/document.ts';
import type { TokenSpan } from '../domain/tags.ts';
import type { StrictScheme, ToolConvention, ToolScore } from '../domain/tool-score.ts';
import { nervaluateScore } from './nervaluate.ts';
import { conllevalEntities, seqevalScore, type TagSequences } from './seqeval.ts';

/** Both sides of a document; `tags` where files gave them, sentence by sentence. */
export interface ComparedDocument {
  readonly tokens: TokenTable;
  readonly gold: readonly Span[];
  readonly predicted: readonly Span[];
  readonly tags?: { readonly gold: TagSequences; readonly predicted: TagSequences };
}

/**
 * The score of a tool's convention. Spans are flattened longest-first and moved to token borders; their tags are IOB2, so `scheme` only
 * says how tags from files are read. nervaluate reads tags of files as conlleval does.
 * @throws AppError `annotation-invalid` for tags that `scheme` does not have.
 */
export function toolScore(
  convention: ToolConvention,
  documents: readonly ComparedDocument[],
  scheme: StrictScheme = 'IOB2',
): ToolScore {
  const areTagged = documents.every(({ tags }) => tags !== undefined);
  if (convention === 'nervaluate') {
    const of = (side: 'gold' | 'predicted'): readonly (readonly TokenSpan[])[] =>
      documents.flatMap((document) =>
        areTagged
          ? (document.tags?.[side] ?? []).map(conllevalEntities)
          : sentenceSpans(document.tokens, document[side]),
      );
    return nervaluateScore(of('gold'), of('predicted'));
  }
  const of = (side: 'gold' | 'predicted'): TagSequences =>
    documents.flatMap((document) =>
      areTagged ? (document.tags?.[side] ?? []) : sentenceTags(document.tokens, document[side]),
    );
  const strictly = areTagged ? scheme : 'IOB2';
  return seqevalScore(of('gold'), of('predicted'), convention === 'seqeval' ? null : strictly);
}

function sentenceSpans(tokens: TokenTable, spans: readonly Span[]): TokenSpan[][] {
  return alignSpans(tokens, flattenSpans(spans).spans).sentenceSpans;
}

/** IOB2 tags of every sentence. */
function sentenceTags(tokens: TokenTable, spans: readonly Span[]): string[][] {
  return sentenceSpans(tokens, spans).map((ofSentence, sentence) => {
    const [first, end] = sentenceRange(tokens, sentence);
    const tags = Array.from({ length: end - first }, () => 'O');
    for (const span of ofSentence) {
      for (let t = span.start; t < span.end; t++) tags[t] = `${t === span.start ? 'B' : 'I'}-${span.label}`;
    }
    return tags;
  });
}
