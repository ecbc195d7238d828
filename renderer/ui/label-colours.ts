/** Which of the twelve colours a label has. Colour never stands alone: the label's name is always written beside it. */

const colourCount = 12;

/** `label-colour-0` … `label-colour-11` by the label's place among all labels, so that neighbours differ. */
export function labelColourClass(label: string, labels: readonly string[]): string {
  const place = Math.max(0, labels.indexOf(label));
  return `label-colour-${place % colourCount}`;
}
