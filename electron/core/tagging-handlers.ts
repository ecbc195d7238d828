/** Answers the calls of the tagging page. */
import type { taggingCalls } from '../api/tagging-calls.ts';
import type { CoreContext } from './context.ts';
import type { HandlersOf } from './handlers.ts';
import { describeTagging, findTagging, projectTaggings } from './project-tagging.ts';
import { exportTagging } from './tagging-export.ts';
import { listEntities, listNotes, listTaggings, readNote, removeTagging } from './tagging-lists.ts';

/** One handler a call of the tagging page. */
export function taggingHandlers(context: CoreContext): HandlersOf<typeof taggingCalls> {
  const store = context.project;
  const taggings = projectTaggings(context);
  return {
    'tagging.start': (input) => taggings.start(input),
    'tagging.pause': ({ tagging }) => ({ found: taggings.pause(tagging) }),
    'tagging.cancel': ({ tagging }) => ({ found: taggings.cancel(tagging) }),
    'tagging.resume': ({ tagging }) => taggings.resume(tagging),
    'taggings.list': () => listTaggings(store()),
    'taggings.get': ({ tagging }) => describeTagging(store(), tagging),
    'taggings.remove': ({ tagging }) => removeTagging(store(), tagging),
    'taggings.notes': (input) => listNotes(store(), input),
    'taggings.labels': ({ tagging }) => ({ labels: store().taggedNotes.labels(findTagging(store(), tagging).id) }),
    'taggings.entities': (input) => listEntities(store(), input),
    'taggings.note': ({ note }) => readNote(store(), note),
    'taggings.export': (input) => exportTagging(context, input),
  };
}
