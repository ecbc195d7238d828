/** Which words, characters and labels a model knows; saved with it. */
import type { TagSet } from './tags.ts';

/** Index 0 of words and of characters stands for the unknown. */
export const unknown = 0;

/** Everything that turns text into numbers; saved with the model. */
export interface Vocabulary {
  /** words[0] is the unknown word; all lower-cased. */
  readonly words: readonly string[];
  /** characters[0] is the unknown character; single code points. */
  readonly characters: readonly string[];
  /** Label sets by task; a model without source training has no `source`. */
  readonly tags: { readonly source: TagSet | null; readonly target: TagSet };
}
