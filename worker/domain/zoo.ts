/** The named recipes: each model of the papers is a few words over the same defaults. */
import { AppError } from './errors.ts';
import { parseRecipe, type Recipe, type Sharing } from './recipe.ts';

const independent: Sharing = { kind: 'independent' };

/** The paper's single-task tagger, trained on the target alone. */
export function baseline(): Recipe {
  return parseRecipe({
    schema: 1,
    name: 'baseline',
    tasks: ['target'],
    sharing: { characterEncoder: independent, wordEncoder: independent, decoder: independent },
  });
}

const letters: Record<string, Sharing> = { I: independent, S: { kind: 'soft' }, H: { kind: 'hard' } };

/** The 27 codes of the Tunable Transfer Network, in the order character encoder, word encoder, decoder. */
export const ttnCodes: readonly string[] = [...'ISH'].flatMap((c) =>
  [...'ISH'].flatMap((w) => [...'ISH'].map((d) => c + w + d)),
);

/** Tunable Transfer Network: one of Independent, Soft, Hard for each component (TTN §"Tunable Transfer Network"). */
export function ttn(code: string): Recipe {
  const [characterEncoder, wordEncoder, decoder] = [...code].map((letter) => letters[letter]);
  return parseRecipe({
    schema: 1,
    name: `ttn-${code}`,
    tasks: ['source', 'target'],
    sharing: { characterEncoder, wordEncoder, decoder },
  });
}

function gatedRecipe(name: string, withIndependent: boolean): Recipe {
  const gated: Sharing = { kind: 'gated', independent: withIndependent, gate: 'vector' };
  return parseRecipe({
    schema: 1,
    name,
    tasks: ['source', 'target'],
    sharing: { characterEncoder: gated, wordEncoder: gated, decoder: gated },
  });
}

/** Dynamic Transfer Network: two gates a component (DTN Eq. 1–4). */
export function dtn(): Recipe {
  return gatedRecipe('dtn', true);
}

/** DTN Hard-Soft: the first gate only (DTN §"DTN Hard-Soft"). */
export function dtnHs(): Recipe {
  return gatedRecipe('dtn-hs', false);
}

/** Every name that `--recipe` takes. */
export const recipeNames: readonly string[] = ['baseline', 'dtn', 'dtn-hs', ...ttnCodes.map((code) => `ttn-${code}`)];

/** @throws AppError `recipe-unknown` with the names that exist. */
export function recipeNamed(name: string): Recipe {
  if (name === 'baseline') return baseline();
  if (name === 'dtn') return dtn();
  if (name === 'dtn-hs') return dtnHs();
  const code = /^ttn-([ISH]{3})$/i.exec(name)?.[1]?.toUpperCase();
  if (code !== undefined) return ttn(code);
  throw new AppError('recipe-unknown', `There is no recipe "${name}".`, {
    details: { nextStep: 'Choose baseline, dtn, dtn-hs or ttn-XYZ with X, Y, Z each one of I, S, H.' },
  });
}
