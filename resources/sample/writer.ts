/** Fills templates with words for one corpus: which words it may use, how it writes them, which labels it marks. */
import { type Random, shuffled } from '../../worker/domain/random.ts';
import { type Category, laboratoryName, laboratoryValue, pick, strengthOf, type Tiers } from './lexicon.ts';
import { type Filler, type Marked, render } from './render.ts';

/** How a document speaks of its patient. */
type Pronoun = 'He' | 'She';

/** What decides how one corpus, or one document of it, is written. */
export interface Manner {
  readonly words: ReadonlyMap<Category, Tiers>;
  /** Chances of drawing a word from each tier. */
  readonly tiers: { readonly common: number; readonly rare: number; readonly novel: number };
  /** The label a category is marked with; a category that is absent stays unmarked. */
  readonly labels: Readonly<Partial<Record<Category, string>>>;
  /** Chance that a whole word is in capitals, as in "LISINOPRIL". */
  readonly capitals: number;
  readonly pronoun: Pronoun;
}

/** Writes sentences in one manner, from one stream of random numbers. */
export interface Writer {
  sentence(template: string): Marked;
  /** The sentence without its closing full stop, as a list item. */
  item(template: string): Marked;
  chance(probability: number): boolean;
  /** A whole number from `low` to `high`, both possible. */
  between(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
  /** So many of the items in a random order, none twice while there are others. */
  some<T>(items: readonly T[], count: number): T[];
}

const anything: readonly Category[] = [
  'Drug',
  'Drug',
  'Disorder',
  'Disorder',
  'Symptom',
  'Sign',
  'Procedure',
  'Therapy',
  'Imaging',
  'Scan',
  'LabTest',
  'LabTest',
  'Plain',
  'Plain',
];
const shouted: readonly Category[] = ['Drug', 'Disorder', 'Procedure', 'Imaging', 'Scan'];

/** A writer for one corpus or document. */
export function writer(manner: Manner, random: Random): Writer {
  const write = (template: string): Marked => sentenceFrom(template, manner, random);
  return {
    sentence: write,
    item: (template) => write(template.replace(/\.$/, '')),
    chance: (probability) => random.next() < probability,
    between: (low, high) => low + Math.floor(random.next() * (high - low + 1)),
    pick: (items) => pick(items, random),
    some: (items, count) => {
      const order = shuffled(items, random);
      return Array.from({ length: count }, (_, index) => order[index % order.length] as (typeof order)[number]);
    },
  };
}

function sentenceFrom(template: string, manner: Manner, random: Random): Marked {
  let laboratoryEntry = '';
  let drug = '';
  let last = '';
  const used = new Set<string>();
  const marked = render(template, (slot) => {
    const fixed = fixedSlot(slot, last, manner, random);
    if (fixed !== null) return { text: fixed, label: null };
    const category = slot === 'Any' ? pick(anything, random) : (pick(slot.split('/'), random) as Category);
    if (category === 'LabValue') return { text: laboratoryValue(laboratoryEntry, random), label: labelOf(category) };
    if (category === 'Strength') return { text: strengthOf(drug, random), label: labelOf(category) };
    const word = wordOf(category, manner, random, used);
    if (category === 'LabTest') laboratoryEntry = word;
    if (category === 'Drug') drug = word;
    last = laboratoryName(word);
    const shout = shouted.includes(category) && random.next() < manner.capitals;
    return { text: shout ? last.toUpperCase() : last, label: labelOf(category) };
  });
  return { text: marked.text.charAt(0).toUpperCase() + marked.text.slice(1), marks: marked.marks };

  function labelOf(category: Category): Filler['label'] {
    return manner.labels[category] ?? null;
  }
}

const plurals: Readonly<Record<string, string>> = {
  was: 'were',
  is: 'are',
  has: 'have',
  needs: 'need',
  remains: 'remain',
};

/** Slots that are not words of the lexicon: `{2-9}` a number, `{was}` a verb that agrees with the word before it, `{Patient}`, `{his}`. */
function fixedSlot(slot: string, before: string, manner: Manner, random: Random): string | null {
  if (slot === 'Patient') return pick(['The patient', 'Patient', 'Pt', manner.pronoun, manner.pronoun], random);
  if (slot === 'his') return manner.pronoun === 'He' ? 'his' : 'her';
  const range = /^(\d+)-(\d+)$/.exec(slot);
  if (range !== null) {
    const low = Number(range[1]);
    return String(low + Math.floor(random.next() * (Number(range[2]) - low + 1)));
  }
  const plural = plurals[slot];
  if (plural === undefined) return null;
  const many = /s$/.test(before) && !/(ss|us|is|as|betes|gles|TS)$/.test(before);
  return many ? plural : slot;
}

/** A word of the category that the sentence has not used yet, where there is one. */
function wordOf(category: Category, manner: Manner, random: Random, used: Set<string>): string {
  if (category === 'Age') return String(24 + Math.floor(random.next() * 66));
  if (category === 'Date') return dateFrom(random);
  if (category === 'Month') return `${pick(months, random)} ${yearFrom(random)}`;
  for (let attempt = 0; ; attempt++) {
    const word = pick(tierOf(category, manner, random), random);
    if (used.has(word) && attempt < 20) continue;
    used.add(word);
    return word;
  }
}

function tierOf(category: Category, manner: Manner, random: Random): readonly string[] {
  const tiers = manner.words.get(category);
  if (tiers === undefined) throw new Error(`the lexicon has no ${category}`);
  const { common, rare } = manner.tiers;
  const drawn = random.next();
  const tier = drawn < common ? tiers.common : drawn < common + rare ? tiers.rare : tiers.novel;
  return tier.length > 0 ? tier : tiers.common;
}

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** A year from 2151 to 2158: far enough ahead that nobody takes a note for a real one. */
function yearFrom(random: Random): number {
  return 2151 + Math.floor(random.next() * 8);
}

/** A date in one of three ways of writing it. */
function dateFrom(random: Random): string {
  const year = yearFrom(random);
  const month = Math.floor(random.next() * 12);
  const day = 1 + Math.floor(random.next() * 28);
  const two = (value: number): string => String(value).padStart(2, '0');
  return pick(
    [`${month + 1}/${day}/${year}`, `${year}-${two(month + 1)}-${two(day)}`, `${months[month]} ${day}`],
    random,
  );
}
