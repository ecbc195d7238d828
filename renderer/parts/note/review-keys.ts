/** The keys of the note page. They act while the focus is in the note's text or beside it, so that no letter typed elsewhere changes a note. */
import type { Reader } from '../../state/note-reader.svelte.ts';
import type { Reviewer } from '../../state/note-review.svelte.ts';
import type { Shortcut, ShortcutGroup } from '../../state/shortcuts.svelte.ts';

type Key = readonly [keys: string, title: string, run: () => unknown];

/** `topOffset` says where a caret starts without a chosen entity. */
export function readingKeys(reader: Reader, isInside: () => boolean): ShortcutGroup {
  const keys: readonly Key[] = [
    ['N', 'Next entity', () => reader.step('forward')],
    ['P', 'Previous entity', () => reader.step('back')],
  ];
  return group('In a note', keys, isInside);
}

export function reviewKeys(
  reader: Reader,
  reviewer: Reviewer,
  isInside: () => boolean,
  topOffset: () => number,
): ShortcutGroup {
  const withoutCaret = (): boolean => isInside() && reader.caret === null;
  const anywhere: readonly Key[] = [
    ['A', 'Accept and go on', () => reviewer.accept()],
    ['R', 'Reject and go on', () => reviewer.reject()],
    ['D', 'Delete', () => reviewer.remove()],
    ['Delete', 'Delete', () => reviewer.remove()],
    ['L', 'Label: of the entity, or of marked words', () => reviewer.openPicker()],
    ['Shift+A', 'Accept all that are open', () => reviewer.acceptAll()],
    ['C', 'Caret: mark words to add an entity', () => reader.startCaret(topOffset())],
    ['CommandOrControl+Z', 'Undo', () => reviewer.walk('undo')],
    ['CommandOrControl+Shift+Z', 'Redo', () => reviewer.walk('redo')],
    ['CommandOrControl+Y', 'Redo', () => reviewer.walk('redo')],
    ['CommandOrControl+Enter', 'Mark as reviewed, open the most uncertain note', () => reviewer.finish.run()],
    ['S', 'Skip to the next uncertain note', () => reviewer.skip.run()],
  ];
  const boundaries: readonly Key[] = [
    ['Shift+ArrowRight', 'End a word to the right', () => reviewer.resize('end', 'forward', 'word')],
    ['Shift+ArrowLeft', 'End a word to the left', () => reviewer.resize('end', 'back', 'word')],
    ['Alt+ArrowLeft', 'Start a word to the left', () => reviewer.resize('start', 'back', 'word')],
    ['Alt+ArrowRight', 'Start a word to the right', () => reviewer.resize('start', 'forward', 'word')],
    [
      'CommandOrControl+Shift+ArrowRight',
      'End a character to the right',
      () => reviewer.resize('end', 'forward', 'character'),
    ],
    [
      'CommandOrControl+Shift+ArrowLeft',
      'End a character to the left',
      () => reviewer.resize('end', 'back', 'character'),
    ],
    ['Alt+Shift+ArrowLeft', 'Start a character to the left', () => reviewer.resize('start', 'back', 'character')],
    ['Alt+Shift+ArrowRight', 'Start a character to the right', () => reviewer.resize('start', 'forward', 'character')],
  ];
  const { title, shortcuts } = group('Reviewing a note', anywhere, isInside);
  return { title, shortcuts: [...shortcuts, ...group(title, boundaries, withoutCaret).shortcuts] };
}

export function caretKeys(reader: Reader, reviewer: Reviewer, isInside: () => boolean): ShortcutGroup {
  const keys: readonly Key[] = [
    ['ArrowRight', 'Next word', () => reader.moveCaret('word', 'forward', false)],
    ['ArrowLeft', 'Previous word', () => reader.moveCaret('word', 'back', false)],
    ['ArrowDown', 'Line below', () => reader.moveCaret('line', 'forward', false)],
    ['ArrowUp', 'Line above', () => reader.moveCaret('line', 'back', false)],
    ['Home', 'Start of the line', () => reader.moveCaret('line end', 'back', false)],
    ['End', 'End of the line', () => reader.moveCaret('line end', 'forward', false)],
    ['CommandOrControl+ArrowRight', 'Next character', () => reader.moveCaret('character', 'forward', false)],
    ['CommandOrControl+ArrowLeft', 'Previous character', () => reader.moveCaret('character', 'back', false)],
    ['Shift+ArrowRight', 'Mark to the end of the word', () => reader.moveCaret('word', 'forward', true)],
    ['Shift+ArrowLeft', 'Mark to the start of the word', () => reader.moveCaret('word', 'back', true)],
    ['Shift+ArrowDown', 'Mark to the line below', () => reader.moveCaret('line', 'forward', true)],
    ['Shift+ArrowUp', 'Mark to the line above', () => reader.moveCaret('line', 'back', true)],
    [
      'CommandOrControl+Shift+ArrowRight',
      'Mark a character more',
      () => reader.moveCaret('character', 'forward', true),
    ],
    ['CommandOrControl+Shift+ArrowLeft', 'Mark a character less', () => reader.moveCaret('character', 'back', true)],
    ['M', 'Arrows mark from here, or no longer', () => reader.toggleExtending()],
    ['Enter', 'Choose the label of what is marked', () => reviewer.openPicker()],
    ['Escape', 'Leave the caret', () => reader.leaveCaret()],
  ];
  return group('With the caret', keys, () => isInside() && reader.caret !== null);
}

function group(title: string, keys: readonly Key[], isActive: () => boolean): ShortcutGroup {
  return {
    title,
    shortcuts: keys.map(([name, what, run]): Shortcut => ({
      keys: name,
      title: what,
      isActive,
      run: () => void run(),
    })),
  };
}
