/** Answers the calls of the wizard. */
import type { setupCalls } from '../api/setup-calls.ts';
import type { CoreContext } from './context.ts';
import type { HandlersOf } from './handlers.ts';
import { readLabelMap, saveLabelMap, suggestLabelMap } from './label-map.ts';
import {
  describeLabels,
  detectCorpus,
  labelExamples,
  listDocuments,
  readDocument,
  removeImport,
} from './label-statistics.ts';
import { resplitCorpus } from './resplit.ts';
import { readWizard } from './wizard.ts';

/** One handler a call of the set-up. */
export function setupHandlers(context: CoreContext): HandlersOf<typeof setupCalls> {
  const store = context.project;
  return {
    'wizard.get': () => readWizard(store()),
    'wizard.save': ({ draft }) => ({ savedAt: store().setUp.saveDraft(draft) }),
    'corpora.detect': (input) => detectCorpus(context, input),
    'corpora.labels': ({ role }) => describeLabels(store(), role),
    'corpora.examples': (input) => labelExamples(store(), input),
    'corpora.resplit': (input) => resplitCorpus(context, input),
    'corpora.remove': ({ import: importId }) => removeImport(context, importId),
    'documents.list': (input) => listDocuments(store(), input),
    'documents.get': ({ document }) => readDocument(store(), document),
    'labelMap.get': (input) => readLabelMap(store(), input),
    'labelMap.save': (input) => saveLabelMap(store(), input),
    'labelMap.suggest': (input) => suggestLabelMap(store(), input),
  };
}
