/** A recipe: everything that decides what is trained. Plain JSON, strict, every default written out in the saved run. */
import { z } from 'zod';
import { AppError } from './errors.ts';
import { plainSource, sourceNameSchema } from './task-names.ts';

const units = z.int().min(1).max(2048);

/**
 * How one component relates the tasks. With several sources: hard is one copy for all; soft a copy each, every source's tied to the target's;
 * gated lets the target mix its soft copy with the hard one of all, each source adding its own soft copy.
 * independent, soft, hard: TTN §"Tunable Transfer Network". gated: DTN Eq. 1–4; `independent: false` is DTN(HS).
 * shared-cell (word encoder only): one LSTM, in its top layer an output gate a task (SC-LSTM Eq. 2–3). layered (word encoder only): one
 * stack, the first source's tags come from layer `sourceLayer`, the next one's from the layer above, the target's from the last (LSTM-d,
 * SC-LSTM §2.2). experts (word encoder only): a shared copy that a critic cannot tell tasks apart by, beside it a private one read by an
 * expert a source, weighed by a gate (a variant of MAN-MoE).
 */
export const sharingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('independent') }),
  z.strictObject({ kind: z.literal('soft') }),
  z.strictObject({ kind: z.literal('hard') }),
  z.strictObject({
    kind: z.literal('gated'),
    independent: z.boolean(),
    gate: z.enum(['vector', 'scalar']).default('vector'),
  }),
  z.strictObject({ kind: z.literal('shared-cell') }),
  z.strictObject({ kind: z.literal('layered'), sourceLayer: z.int().min(1).max(3).default(1) }),
  z.strictObject({
    kind: z.literal('experts'),
    /** Numbers that an expert makes of a token's private features. */
    expertSize: units.default(100),
    /** Weight of the gate's loss, which asks it to name the source of a token. */
    gateWeight: z.number().min(0).max(100).default(0.1),
    /** What deceives: nll, a classifier of tasks; wgan, scores of tasks, the critic's weights clipped. */
    adversary: z.enum(['nll', 'wgan']).default('nll'),
    /** Weight of deceiving the critic. */
    adversaryWeight: z.number().positive().max(100).default(0.01),
    /** Steps of the critic before each of the network. */
    criticSteps: z.int().min(1).max(20).default(1),
    criticSize: units.default(100),
    /** Bound of the critic's weights; without effect on nll. */
    criticClip: z.number().positive().max(1).default(0.01),
    /** ignored: the target's training documents are read as text without labels (zero-resource). */
    targetLabels: z.enum(['learned', 'ignored']).default('learned'),
  }),
]);
export type Sharing = z.infer<typeof sharingSchema>;

/** What decides the tags. tag-lstm: an LSTM that reads its own previous tag (TTN). crf: a linear chain over all tags. softmax: each tag by itself. */
export const decoderKinds = ['tag-lstm', 'crf', 'softmax'] as const;
export type DecoderKind = (typeof decoderKinds)[number];

const probability = z.number().min(0).lt(1);
const layers = z.int().min(1).max(3).default(1);

const recipeObject = z.strictObject({
  /** Version of this schema. */
  schema: z.literal(1),
  name: z.string().min(1).max(64),
  /** The tasks trained together: `target`, and sources by name. `source` alone stands for all sources a project has; without one, none is learned from. */
  tasks: z.array(z.union([z.literal(['target', plainSource]), sourceNameSchema])).min(1),
  sharing: z.strictObject({ characterEncoder: sharingSchema, wordEncoder: sharingSchema, decoder: sharingSchema }),
  characterEncoder: z.strictObject({
    /** cnn: windows of three characters and the maximum over the word (SC-LSTM §4.2); its hiddenSize is the number of filters. */
    kind: z.enum(['lstm', 'gru', 'cnn']).default('lstm'),
    /** Stacked bidirectional layers; without effect on a cnn. */
    layers,
    embeddingSize: units.default(25),
    hiddenSize: units.default(50),
    /** Longer words are cut to this many characters. */
    maxCharacters: z.int().min(1).max(200).default(25),
  }),
  wordEmbedding: z.strictObject({
    /** Replaced by the file's own size when vectors are given. */
    size: units.default(100),
    /** At most this many words are taken from a vector file, in its order (most frequent first). */
    maxWords: z.int().min(1).default(150000),
    /** Training words seen once become unknown with this probability. */
    unknownProbability: probability.default(0.5),
  }),
  /** Vectors from files beside those of words and characters, frozen, through a learned projection; absent: none (SC-LSTM §4.1 reads ELMo so). */
  tokenFeatures: z
    .strictObject({
      /** Numbers a token; replaced by the files' own size. */
      size: z.int().min(1).max(16384).default(768),
      /** Numbers that the projection makes of them. */
      projection: units.default(100),
    })
    .optional(),
  wordEncoder: z.strictObject({
    kind: z.enum(['lstm', 'gru']).default('lstm'),
    layers,
    hiddenSize: units.default(100),
  }),
  decoder: z.strictObject({
    kind: z.enum(decoderKinds).default('tag-lstm'),
    /** Of the LSTM, or of the tanh layer before a crf or softmax; 0 leaves that layer out. */
    hiddenSize: z.int().min(0).max(2048).default(50),
    /** Without effect on crf and softmax. */
    tagEmbeddingSize: units.default(50),
    /** What a wrong tag costs in the CRF's softmax-margin (Yang 2017 §3.4); 0 is the likelihood. */
    cost: z.number().min(0).max(100).default(0),
    /** own: each task decides its own tags. mapped: the source's labels stand for target labels, and one set of weights decides (Yang 2017 T-A). */
    labels: z.enum(['own', 'mapped']).default('own'),
  }),
  dropout: z.strictObject({
    wordEmbedding: probability.default(0.5),
    characterEncoder: probability.default(0.5),
    wordEncoder: probability.default(0.5),
    decoder: probability.default(0.5),
  }),
  training: z.strictObject({
    /** Sentences a batch. */
    batchSize: z.int().min(1).max(1024).default(16),
    /** Target batches an epoch. */
    batchesPerEpoch: z.int().min(1).default(100),
    /** Batches of each source for one of the target; without effect where the recipe has no source. */
    sourceRatio: z.number().positive().max(50).default(1),
    epochs: z.int().min(1).max(10000).default(50),
    /** Epochs without a better target-dev strict micro F1 before training stops. */
    patience: z.int().min(1).default(10),
    learningRate: z.number().positive().max(1).default(0.002),
    /** Global gradient norm above which gradients are scaled down. */
    clipNorm: z.number().positive().default(5),
    /** Of the gradients: adam (Kingma and Ba 2014) or adagrad (Duchi et al. 2011). */
    optimizer: z.enum(['adam', 'adagrad']).default('adam'),
    /** even: as many batches of each task an epoch as asked for, in random order. binomial: each batch's task is drawn (Yang 2017 §3.3). */
    schedule: z.enum(['even', 'binomial']).default('even'),
    /** Weight of a source's loss beside the target's (SC-LSTM Eq. 4: λ of a source, where that of the target is 1). */
    sourceWeight: z.number().positive().max(100).default(1),
    /** The same for single sources, by name. */
    sourceWeights: z.record(sourceNameSchema, z.number().positive().max(100)).default({}),
    /** Share of the target's training sentences that is learned from, chosen by the seed, nested (Yang 2017 §4.2: labelling rate). */
    labelRate: z.number().positive().max(1).default(1),
    /** λ of L = L_target + Σ L_source + λ·L_share. */
    shareWeight: z.number().min(0).default(0.001),
    /** Longer sentences are cut into pieces of this many tokens, in training and in tagging. */
    maxSentenceTokens: z.int().min(8).max(2000).default(200),
  }),
  decoding: z.strictObject({
    /** 1 is greedy. */
    beamWidth: z.int().min(1).max(64).default(1),
  }),
});

/** What no key can say alone, as [path, what is wrong]. */
function contradictions({
  decoder,
  sharing,
  tasks,
  wordEncoder,
}: z.infer<typeof recipeObject>): [path: string, message: string][] {
  const found: [string, string][] = [];
  if (new Set(tasks).size < tasks.length) found.push(['tasks', 'each task once']);
  for (const component of ['characterEncoder', 'decoder'] as const) {
    const { kind } = sharing[component];
    if (kind === 'shared-cell' || kind === 'layered' || kind === 'experts')
      found.push([`sharing.${component}`, 'only the word encoder can be shared so']);
  }
  if (sharing.wordEncoder.kind === 'experts' && (sharing.characterEncoder.kind !== 'hard' || tasks.length < 2))
    found.push(['sharing.wordEncoder', 'experts need a source, and a hard character encoder']);
  if (sharing.wordEncoder.kind === 'shared-cell' && wordEncoder.kind !== 'lstm')
    found.push(['wordEncoder.kind', 'a shared cell is an LSTM’s']);
  if (sharing.wordEncoder.kind === 'layered' && sharing.wordEncoder.sourceLayer > wordEncoder.layers)
    found.push(['sharing.wordEncoder', 'the source’s layer is above the last']);
  if (decoder.kind === 'tag-lstm' && decoder.hiddenSize === 0)
    found.push(['decoder.hiddenSize', 'a tag-lstm needs at least one unit']);
  if (decoder.kind !== 'tag-lstm' && decoder.hiddenSize === 0 && sharing.decoder.kind === 'gated')
    found.push(['sharing.decoder', 'without a hidden layer there is nothing to gate']);
  if (decoder.cost > 0 && decoder.kind !== 'crf') found.push(['decoder.cost', 'only a crf has a margin']);
  if (decoder.labels === 'mapped' && sharing.decoder.kind !== 'hard')
    found.push(['decoder.labels', 'mapped labels need a hard decoder']);
  return found;
}

export const recipeSchema = recipeObject.superRefine((recipe, context) => {
  for (const [path, message] of contradictions(recipe))
    context.addIssue({ code: 'custom', path: path.split('.'), message });
});
export type Recipe = z.infer<typeof recipeSchema>;

export type Component = 'characterEncoder' | 'wordEncoder' | 'decoder';
export const components: readonly Component[] = ['characterEncoder', 'wordEncoder', 'decoder'];

const sections = [
  'characterEncoder',
  'wordEmbedding',
  'wordEncoder',
  'decoder',
  'dropout',
  'training',
  'decoding',
] as const;

/**
 * Check a recipe given as plain JSON and write out its defaults. Sections left out take their defaults.
 * @throws AppError `recipe-invalid` naming each wrong key.
 */
export function parseRecipe(json: unknown): Recipe {
  const given = typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  const filled = { ...Object.fromEntries(sections.map((section) => [section, {}])), ...given };
  const parsed = recipeSchema.safeParse(filled);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .map((issue) => `${issue.path.join('.') || 'recipe'}: ${issue.message}`)
    .join('; ');
  throw new AppError('recipe-invalid', `The recipe is not valid: ${problems}.`, {
    details: { nextStep: 'Correct the named keys; `notegraft recipes` lists every key with its default.' },
  });
}

/** The leaf keys of a recipe as dotted paths with their values, in order. */
export function recipeKeys(recipe: Recipe): [path: string, value: unknown][] {
  const keys: [string, unknown][] = [];
  const walk = (prefix: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, inner] of Object.entries(value)) walk(prefix ? `${prefix}.${key}` : key, inner);
    } else keys.push([prefix, value]);
  };
  walk('', recipe);
  return keys;
}

/**
 * A copy of the recipe with `path=value` settings applied (`training.learningRate=0.001`). Values are read as JSON, else as text.
 * @throws AppError `recipe-invalid` for a key that does not exist (with the nearest that do) or a value out of range.
 */
export function withSettings(recipe: Recipe, settings: readonly string[]): Recipe {
  const copy = structuredClone(recipe) as Record<string, unknown>;
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at < 1) {
      throw new AppError('recipe-invalid', `"${setting}" is not of the form path=value.`, {
        details: { nextStep: 'Write for example --set training.learningRate=0.001.' },
      });
    }
    const path = setting.slice(0, at);
    setPath(copy, path, readValue(setting.slice(at + 1)), recipe);
  }
  return parseRecipe(copy);
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Sections that most recipes leave out; a setting of theirs adds them with their defaults. */
const optionalSections: readonly string[] = ['tokenFeatures'];

function setPath(root: Record<string, unknown>, path: string, value: unknown, recipe: Recipe): void {
  const keys = path.split('.');
  let node = root;
  const [section = '', key] = keys;
  if (keys.length === 2 && key !== undefined && optionalSections.includes(section)) {
    root[section] = { ...(root[section] as Record<string, unknown> | undefined), [key]: value };
    return;
  }
  for (const [depth, key] of keys.entries()) {
    if (!Object.hasOwn(node, key)) throw unknownKey(path, recipe);
    const next = node[key];
    if (depth === keys.length - 1) node[key] = value;
    else if (typeof next === 'object' && next !== null) node = next as Record<string, unknown>;
    else throw unknownKey(path, recipe);
  }
}

function unknownKey(path: string, recipe: Recipe): AppError {
  const leaf = (path.split('.').at(-1) ?? path).toLowerCase();
  const known = recipeKeys(recipe).map(([key]) => key);
  const near = known.filter((key) => key.toLowerCase().includes(leaf.slice(0, 5)));
  return new AppError('recipe-invalid', `There is no recipe key "${path}".`, {
    details: {
      nextStep: `Known keys${near.length > 0 ? ' like it' : ''}: ${(near.length > 0 ? near : known).join(', ')}.`,
    },
  });
}
