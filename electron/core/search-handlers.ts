/** Answers the calls of searches. */
import type { searchCalls } from '../api/search-calls.ts';
import type { CoreContext } from './context.ts';
import type { HandlersOf } from './handlers.ts';
import { searchResult } from './search.ts';

/** One handler a call of searches. */
export function searchHandlers(context: CoreContext): HandlersOf<typeof searchCalls> {
  return { 'search.result': ({ study }) => searchResult(context.project(), study) };
}
