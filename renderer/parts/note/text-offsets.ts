/** From places in the page back to offsets in a note's text, by the `data-start` that its lines and pieces carry. */

/** What the mouse has marked inside `root`; null where it marked nothing. */
export function markedOffsets(root: HTMLElement, selection: Selection | null): { anchor: number; head: number } | null {
  if (selection === null || selection.isCollapsed) return null;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  if (anchorNode === null || focusNode === null || !root.contains(anchorNode) || !root.contains(focusNode)) return null;
  const anchor = offsetAt(anchorNode, anchorOffset);
  const head = offsetAt(focusNode, focusOffset);
  return anchor === null || head === null || anchor === head ? null : { anchor, head };
}

/** The offset in the note of a place in the page; null outside the note's words. */
export function offsetAt(node: Node, within: number): number | null {
  if (node instanceof Text) {
    const start = node.parentElement?.dataset['start'];
    return start === undefined ? null : Number(start) + within;
  }
  if (!(node instanceof HTMLElement)) return null;
  const child = node.childNodes[within];
  if (child instanceof HTMLElement) return startOf(child);
  // Behind the last child: the end of the line.
  const end = node.closest<HTMLElement>('[data-end]')?.dataset['end'];
  return end === undefined ? null : Number(end);
}

/** The first character drawn inside an element, or the end of the line that it closes. */
function startOf(element: HTMLElement): number | null {
  const first = element.matches('[data-start]') ? element : element.querySelector<HTMLElement>('[data-start]');
  if (first !== null) return Number(first.dataset['start']);
  const end = element.closest<HTMLElement>('[data-end]')?.dataset['end'];
  return end === undefined ? null : Number(end);
}
