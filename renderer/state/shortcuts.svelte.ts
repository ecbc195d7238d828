/** Keyboard shortcuts: who offers which, what a key press starts, and the list that the help shows. */

import { untrack } from 'svelte';

export interface Shortcut {
  /** In the notation of Electron's accelerators: `CommandOrControl+N`, `F1`, `J`. */
  readonly keys: string;
  readonly title: string;
  /** Where it holds only in places: whether it does now. Single letters must not act everywhere. */
  readonly isActive?: () => boolean;
  run(): void;
}

export interface ShortcutGroup {
  readonly title: string;
  readonly shortcuts: readonly Shortcut[];
}

let groups = $state.raw<readonly ShortcutGroup[]>([]);
const isMac = navigator.userAgent.includes('Mac');

export const shortcuts = {
  get groups(): readonly ShortcutGroup[] {
    return groups;
  },
};

/** Offered until the returned function is called: `$effect(() => offerShortcuts({…}))` in a page. */
export function offerShortcuts(group: ShortcutGroup): () => void {
  // Offered from an effect, which must not watch the list that it changes.
  untrack(() => (groups = [...groups, group]));
  return () => (groups = groups.filter((other) => other !== group));
}

/** For the window's keydown. The group offered last goes first. */
export function pressKey(event: KeyboardEvent): void {
  if (event.defaultPrevented) return;
  for (const { shortcuts: offered } of groups.toReversed()) {
    const hit = offered.find(({ keys, isActive }) => fits(event, keys) && (isActive?.() ?? true));
    if (hit === undefined || (isTyping(event) && !hit.keys.includes('+') && !/^F\d+$/.test(hit.keys))) continue;
    event.preventDefault();
    hit.run();
    return;
  }
}

/** As printed on the user's keyboard: `Ctrl` `Shift` `W`. */
export function keyNames(keys: string): readonly string[] {
  return keys.split('+').map((key) => (key === 'CommandOrControl' ? (isMac ? '⌘' : 'Ctrl') : key));
}

function fits(event: KeyboardEvent, keys: string): boolean {
  const parts = keys.split('+');
  const wantsCommand = parts.includes('CommandOrControl');
  return (
    (isMac ? event.metaKey : event.ctrlKey) === wantsCommand &&
    event.shiftKey === parts.includes('Shift') &&
    event.altKey === parts.includes('Alt') &&
    event.key.toLowerCase() === parts.at(-1)?.toLowerCase()
  );
}

/** A letter typed into a field is a letter. */
function isTyping(event: KeyboardEvent): boolean {
  const { target } = event;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('input:not([type=checkbox], [type=radio], [type=range]), textarea, select'))
  );
}
