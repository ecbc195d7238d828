/** Short forms of labels, to stand in the text behind an entity. */

const shortEnough = 9;

/** A form for each label, no two alike: the label itself where it is short, else the beginnings of its words. */
export function shortTags(labels: readonly string[]): Map<string, string> {
  const tags = new Map<string, string>();
  const taken = new Set(labels);
  for (const label of labels) {
    const short = shorten(label);
    const tag = short !== label && taken.has(short) ? label : short;
    taken.add(tag);
    tags.set(label, tag);
  }
  return tags;
}

function shorten(label: string): string {
  if (label.length <= shortEnough) return label;
  const words = label
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .split(/[\s_./-]+/)
    .filter((word) => word !== '');
  if (words.length === 1) return `${label.slice(0, shortEnough - 1)}.`;
  return words
    .slice(0, 3)
    .map((word) => word.slice(0, 4))
    .join('.');
}
