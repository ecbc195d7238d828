/** The space a search walks through: which keys of a recipe it may change, from where to where, and on what scale. */
import { z } from 'zod';
import { AppError } from './errors.ts';
import { recipeKeys, withSettings, type Recipe } from './recipe.ts';
import { relationSharing, type RelationChoice } from './recipe-form.ts';

const keys = z.array(z.string().min(1)).min(1).optional();
const bounds = { low: z.number(), high: z.number(), keys };

/**
 * One dimension. `real` and `integer` are even over the range, `log` and `log-integer` over its logarithm. `keys` are the recipe's keys that
 * take the value together; left out, the dimension's own name is the key.
 */
const dimensionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('real'), ...bounds }),
  z.strictObject({ kind: z.literal('log'), ...bounds }),
  z.strictObject({ kind: z.literal('integer'), ...bounds }),
  z.strictObject({ kind: z.literal('log-integer'), ...bounds }),
  z.strictObject({
    kind: z.literal('categorical'),
    values: z.array(z.union([z.string(), z.number(), z.boolean()])),
    keys,
  }),
]);
export type Dimension = z.infer<typeof dimensionSchema>;

/** Dimensions by name, in the order of a point's coordinates. */
export const searchSpaceSchema = z.record(z.string().min(1), dimensionSchema);
export type SearchSpace = z.infer<typeof searchSpaceSchema>;

/** A value for each dimension of a space. A relation between the tasks is written as its word (`soft`, `gated-hs`, …). */
export const searchValuesSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
export type SearchValues = z.infer<typeof searchValuesSchema>;

/** What a search must leave alone: what makes the recipe this recipe, and the budget that trials are compared under. */
const fixedKeys = /^(schema|name|tasks)(\.|$)|^training\.(epochs|patience)$/;
const sharingKey = /^sharing\.(characterEncoder|wordEncoder|decoder)$/;
const gateKey = /^sharing\.(characterEncoder|wordEncoder|decoder)\.gate$/;

/**
 * Check a space given as plain JSON against the recipe it changes.
 * @throws AppError `search-space-invalid` that names the first wrong dimension and what is wrong with it.
 */
export function parseSearchSpace(json: unknown, recipe: Recipe): SearchSpace {
  const parsed = searchSpaceSchema.safeParse(json);
  if (!parsed.success) {
    const problems = parsed.error.issues
      .slice(0, 3)
      .map((issue) => `${issue.path.join('.') || 'space'}: ${issue.message}`);
    throw invalid(
      `The search space is not valid: ${problems.join('; ')}.`,
      'Write for example {"training.learningRate": {"kind": "log", "low": 0.0005, "high": 0.01}}; kinds are real, log, integer, log-integer (low, high) and categorical (values).',
    );
  }
  const entries = Object.entries(parsed.data);
  if (entries.length === 0) throw invalid('The search space is empty.', 'Name at least one key of the recipe.');
  const taken = new Set<string>();
  for (const [name, dimension] of entries) {
    checkRange(name, dimension);
    for (const key of keysOf(name, dimension)) {
      if (taken.has(key)) throw invalid(`Two dimensions of the search space set ${key}.`, 'Leave one of them out.');
      taken.add(key);
      checkKey(name, key, dimension, recipe, parsed.data);
    }
  }
  return parsed.data;
}

/** The keys of a recipe that a dimension sets. */
export function keysOf(name: string, dimension: Dimension): readonly string[] {
  return dimension.keys ?? [name];
}

/**
 * The values as settings over a recipe (`path=value`), relations first. A gate's width is left out where the component has no gate: it
 * changes nothing there.
 */
export function settingsOf(space: SearchSpace, values: SearchValues, recipe: Recipe): string[] {
  const pairs = Object.entries(space).flatMap(([name, dimension]) =>
    keysOf(name, dimension).flatMap((key): [string, SearchValues[string]][] => {
      const value = values[name];
      return value === undefined ? [] : [[key, value]];
    }),
  );
  const relations = pairs.filter(([key]) => sharingKey.test(key)).map(([key, value]) => setting(key, value));
  const related = withSettings(recipe, relations);
  const present = new Set(recipeKeys(related).map(([key]) => key));
  const others = pairs.filter(([key]) => !sharingKey.test(key) && (!gateKey.test(key) || present.has(key)));
  return [...relations, ...others.map(([key, value]) => setting(key, value))];
}

/**
 * The recipe's own values as a point of the space, or null where one lies outside it.
 * A gate's width counts as the first value of its dimension where the recipe has no gate.
 */
export function valuesOf(space: SearchSpace, recipe: Recipe): SearchValues | null {
  const known = new Map(recipeKeys(recipe));
  const values: SearchValues = {};
  for (const [name, dimension] of Object.entries(space)) {
    const [key = name] = keysOf(name, dimension);
    const own = sharingKey.test(key) ? relationOf(recipe, key) : known.get(key);
    const value = own ?? (gateKey.test(key) && dimension.kind === 'categorical' ? dimension.values[0] : undefined);
    if (!isInside(dimension, value)) return null;
    values[name] = value;
  }
  return values;
}

/** Numbers that a dimension tells apart: how many values it has, or Infinity. */
export function sizeOf(dimension: Dimension): number {
  switch (dimension.kind) {
    case 'categorical':
      return dimension.values.length;
    case 'integer':
    case 'log-integer':
      return dimension.high - dimension.low + 1;
    case 'real':
    case 'log':
      return Infinity;
  }
}

/**
 * The value at a coordinate in 0..1. Whole numbers and categories each take an equal part of the range (on its scale); other numbers
 * are rounded to four significant digits, which a recipe can be read with.
 */
export function valueAt(dimension: Dimension, coordinate: number): SearchValues[string] {
  if (dimension.kind === 'categorical') {
    const index = Math.min(dimension.values.length - 1, Math.floor(coordinate * dimension.values.length));
    return dimension.values[index] ?? '';
  }
  const { low, high } = dimension;
  const [from, to] = scaledRange(dimension);
  const at = from + coordinate * (to - from);
  const value = dimension.kind === 'log' || dimension.kind === 'log-integer' ? Math.exp(at) : at;
  const rounded = isWhole(dimension) ? Math.round(value) : Number(value.toPrecision(4));
  return Math.min(high, Math.max(low, rounded));
}

/** The coordinate of a value, 0..1; the middle of its part for a category. The inverse of {@link valueAt}. */
export function coordinateOf(dimension: Dimension, value: SearchValues[string]): number {
  if (dimension.kind === 'categorical') return (dimension.values.indexOf(value) + 0.5) / dimension.values.length;
  const [from, to] = scaledRange(dimension);
  const number = Number(value);
  const at = dimension.kind === 'log' || dimension.kind === 'log-integer' ? Math.log(number) : number;
  return (at - from) / (to - from);
}

type Range = Exclude<Dimension, { kind: 'categorical' }>;

function isWhole({ kind }: Range): boolean {
  return kind === 'integer' || kind === 'log-integer';
}

/** Ends of the range on its scale; half a number further out for whole numbers, so that the outermost are as likely as the others. */
function scaledRange(dimension: Range): [from: number, to: number] {
  const margin = isWhole(dimension) ? 0.5 : 0;
  const ends: [number, number] = [dimension.low - margin, dimension.high + margin];
  if (dimension.kind === 'real' || dimension.kind === 'integer') return ends;
  return [Math.log(ends[0]), Math.log(ends[1])];
}

function isInside(dimension: Dimension, value: unknown): value is SearchValues[string] {
  if (dimension.kind === 'categorical') return dimension.values.some((known) => known === value);
  return typeof value === 'number' && value >= dimension.low && value <= dimension.high;
}

function relationOf(recipe: Recipe, key: string): RelationChoice | undefined {
  const sharing = Object.entries(recipe.sharing).find(([component]) => key === `sharing.${component}`)?.[1];
  if (sharing === undefined) return undefined;
  if (sharing.kind !== 'gated')
    return (Object.keys(relationSharing) as RelationChoice[]).find((choice) => choice === sharing.kind);
  return sharing.independent ? 'gated' : 'gated-hs';
}

function setting(key: string, value: SearchValues[string]): string {
  const relation = sharingKey.test(key) ? relationSharing[value as RelationChoice] : undefined;
  return `${key}=${JSON.stringify(relation ?? value)}`;
}

function checkRange(name: string, dimension: Dimension): void {
  if (dimension.kind === 'categorical') {
    if (new Set(dimension.values).size !== dimension.values.length)
      throw invalid(`${name} lists a value twice.`, 'List each value once.');
    if (dimension.values.length < 2) throw nothingToSearch(name);
    return;
  }
  const { kind, low, high } = dimension;
  if (low > high) throw invalid(`${name}: low (${low}) is above high (${high}).`, 'Exchange the two.');
  if (low === high) throw nothingToSearch(name);
  if (kind === 'log' && low <= 0)
    throw invalid(`${name}: a logarithmic scale has no place for ${low}.`, 'Give a low above 0, or use the kind real.');
  if (kind === 'log-integer' && low < 1)
    throw invalid(
      `${name}: a logarithmic scale has no place for ${low}.`,
      'Give a low of at least 1, or use the kind integer.',
    );
  if (isWhole(dimension) && !(Number.isSafeInteger(low) && Number.isSafeInteger(high)))
    throw invalid(`${name}: the bounds of whole numbers must be whole.`, 'Round them, or use the kind real or log.');
}

function nothingToSearch(name: string): AppError {
  return invalid(`${name} has only one value: there is nothing to search.`, `Leave it out and use --set ${name}=….`);
}

/** Does the recipe have the key, and does it take the values at both ends and between? */
function checkKey(name: string, key: string, dimension: Dimension, recipe: Recipe, space: SearchSpace): void {
  if (fixedKeys.test(key))
    throw invalid(
      `${key} cannot be searched: all trials have it in common.`,
      'Give it with --set, or choose another recipe.',
    );
  if (gateKey.test(key)) {
    const component = key.slice(0, -'.gate'.length);
    const searched = Object.entries(space).some(([other, { keys: own = [other] }]) => own.includes(component));
    const isGated = recipeKeys(recipe).some(([known]) => known === key);
    if (searched && !isGated) return;
  }
  const tried = dimension.kind === 'categorical' ? dimension.values : [0, 0.382, 1].map((u) => valueAt(dimension, u));
  for (const value of tried) {
    if (sharingKey.test(key) && !Object.hasOwn(relationSharing, String(value)))
      throw invalid(
        `${name}: there is no relation ${JSON.stringify(value)}.`,
        `Choose from ${Object.keys(relationSharing).join(', ')}.`,
      );
    refused(name, value, () => withSettings(recipe, [setting(key, value)]));
  }
}

/** The recipe's own complaint, as one about the space. */
function refused(name: string, value: unknown, attempt: () => void): void {
  try {
    attempt();
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    const { nextStep } = thrown.details;
    const message = `The search space's ${name} cannot be ${JSON.stringify(value)}: ${thrown.message}`;
    throw invalid(
      message,
      thrown.message.startsWith('There is no') && nextStep ? nextStep : 'Keep to what the recipe allows.',
    );
  }
}

function invalid(message: string, nextStep: string): AppError {
  return new AppError('search-space-invalid', message, { details: { nextStep } });
}
