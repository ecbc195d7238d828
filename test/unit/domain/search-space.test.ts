/** Search spaces: what may be searched, where a value lies, and the settings it becomes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../worker/domain/errors.ts';
import { withSettings } from '../../../worker/domain/recipe.ts';
import { defaultSearchSpace } from '../../../worker/domain/search-defaults.ts';
import {
  coordinateOf,
  type Dimension,
  parseSearchSpace,
  settingsOf,
  valueAt,
  valuesOf,
} from '../../../worker/domain/search-space.ts';
import { baseline, dtn, dtnHs, recipeNames, recipeNamed, ttn } from '../../../worker/domain/zoo.ts';

/** Does the thrown error say `search-space-invalid` and name every part, in its message or its next step? */
function invalid(...parts: string[]): (thrown: unknown) => boolean {
  return (thrown) => {
    assert.ok(thrown instanceof AppError, String(thrown));
    assert.equal(thrown.code, 'search-space-invalid');
    for (const part of parts)
      assert.ok(
        `${thrown.message} ${thrown.details.nextStep ?? ''}`.includes(part),
        `${thrown.message} does not name ${part}`,
      );
    return true;
  };
}

const refusals: [what: string, space: unknown, ...parts: string[]][] = [
  [
    'low above high',
    { 'training.learningRate': { kind: 'log', low: 0.1, high: 0.01 } },
    'training.learningRate',
    '0.1',
    'above',
  ],
  ['a range of one value', { 'dropout.decoder': { kind: 'real', low: 0.5, high: 0.5 } }, 'dropout.decoder', '--set'],
  [
    'the logarithm of 0',
    { 'training.shareWeight': { kind: 'log', low: 0, high: 0.1 } },
    'training.shareWeight',
    'logarithmic',
  ],
  ['the logarithm of 0 units', { 'decoder.hiddenSize': { kind: 'log-integer', low: 0, high: 9 } }, 'logarithmic'],
  ['half a unit', { 'decoder.hiddenSize': { kind: 'integer', low: 1.5, high: 9 } }, 'decoder.hiddenSize', 'whole'],
  [
    'numbers with a fraction where whole ones belong',
    { 'training.batchSize': { kind: 'real', low: 4, high: 9 } },
    'training.batchSize',
  ],
  ['a bound beyond the recipe', { 'dropout.decoder': { kind: 'real', low: 0, high: 1.2 } }, 'dropout.decoder', '1.2'],
  [
    'an unknown key',
    { 'training.learnRate': { kind: 'real', low: 0, high: 1 } },
    'training.learnRate',
    'training.learningRate',
  ],
  ['an unknown kind', { 'training.learningRate': { kind: 'cubic', low: 0, high: 1 } }, 'training.learningRate'],
  ['a choice of one', { 'sharing.decoder': { kind: 'categorical', values: ['soft'] } }, 'sharing.decoder'],
  ['a value twice', { 'sharing.decoder': { kind: 'categorical', values: ['soft', 'soft'] } }, 'twice'],
  [
    'an unknown relation',
    { 'sharing.decoder': { kind: 'categorical', values: ['soft', 'loose'] } },
    'loose',
    'gated-hs',
  ],
  ['the budget', { 'training.epochs': { kind: 'integer', low: 1, high: 9 } }, 'training.epochs'],
  ['the name', { name: { kind: 'categorical', values: ['a', 'b'] } }, 'name'],
  [
    'a key in two dimensions',
    {
      'dropout.decoder': { kind: 'real', low: 0, high: 0.5 },
      both: { kind: 'real', low: 0, high: 0.5, keys: ['dropout.decoder'] },
    },
    'dropout.decoder',
    'Two',
  ],
  ['nothing', {}, 'empty'],
  ['no object', [1], 'space'],
];
for (const [what, space, ...parts] of refusals) {
  test(`a space with ${what} is refused with the reason`, () => {
    assert.throws(() => parseSearchSpace(space, dtn()), invalid(...parts));
  });
}

test('the width of a gate that is not there is refused, unless relations are searched too', () => {
  const gate = { 'sharing.decoder.gate': { kind: 'categorical', values: ['vector', 'scalar'] } };
  assert.throws(() => parseSearchSpace(gate, ttn('SSS')), invalid('sharing.decoder.gate'));
  const both = { ...gate, 'sharing.decoder': { kind: 'categorical', values: ['soft', 'gated'] } };
  const space = parseSearchSpace(both, ttn('SSS'));
  const soft = settingsOf(space, { 'sharing.decoder.gate': 'scalar', 'sharing.decoder': 'soft' }, ttn('SSS'));
  assert.deepEqual(soft, ['sharing.decoder={"kind":"soft"}']);
  const gated = settingsOf(space, { 'sharing.decoder.gate': 'scalar', 'sharing.decoder': 'gated' }, ttn('SSS'));
  assert.deepEqual(withSettings(ttn('SSS'), gated).sharing.decoder, {
    kind: 'gated',
    independent: true,
    gate: 'scalar',
  });
});

const dimensions: Dimension[] = [
  { kind: 'real', low: -2, high: 3 },
  { kind: 'log', low: 1e-5, high: 0.1 },
  { kind: 'integer', low: 1, high: 7 },
  { kind: 'log-integer', low: 1, high: 200 },
  { kind: 'categorical', values: ['a', 'b', 'c'] },
];
for (const dimension of dimensions) {
  test(`a value of a ${dimension.kind} dimension is found again at its coordinate`, () => {
    for (const coordinate of [0, 0.1, 0.5, 0.77, 1]) {
      const value = valueAt(dimension, coordinate);
      const own = coordinateOf(dimension, value);
      assert.ok(own >= 0 && own <= 1);
      assert.equal(valueAt(dimension, own), value);
    }
  });
}

test('the ends of a range are its bounds, and the middle of a logarithmic one their geometric mean', () => {
  const rate: Dimension = { kind: 'log', low: 0.0001, high: 0.01 };
  assert.deepEqual(
    [0, 0.5, 1].map((at) => valueAt(rate, at)),
    [0.0001, 0.001, 0.01],
  );
});

test('every whole number and every category takes an equal part', () => {
  const counted = (dimension: Dimension): number[] => {
    const counts = new Map<unknown, number>();
    for (let i = 0; i < 1200; i++) {
      const value = valueAt(dimension, (i + 0.5) / 1200);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return [...counts.values()];
  };
  assert.deepEqual(counted({ kind: 'integer', low: 1, high: 4 }), [300, 300, 300, 300]);
  assert.deepEqual(counted({ kind: 'categorical', values: ['a', 'b', 'c'] }), [400, 400, 400]);
});

test('every recipe has a space of its own, and its own values lie inside', () => {
  for (const name of recipeNames) {
    for (const sharing of [false, true]) {
      const recipe = recipeNamed(name);
      const space = defaultSearchSpace(recipe, { sharing });
      const values = valuesOf(space, recipe);
      assert.ok(values !== null, name);
      assert.deepEqual(withSettings(recipe, settingsOf(space, values, recipe)), recipe);
    }
  }
});

test('λ is searched where there are twins, and the width of gates where there are gates', () => {
  const has = (recipe: ReturnType<typeof dtn>, key: string): boolean =>
    key in defaultSearchSpace(recipe, { sharing: false });
  assert.deepEqual(
    [baseline(), ttn('HHI'), ttn('HSI'), dtnHs()].map((recipe) => has(recipe, 'training.shareWeight')),
    [false, false, true, true],
  );
  assert.deepEqual(
    [baseline(), ttn('HSI'), dtn()].map((recipe) => has(recipe, 'gate')),
    [false, false, true],
  );
});

test('a dimension over several keys sets them all', () => {
  const space = defaultSearchSpace(dtnHs(), { sharing: false });
  const values = { ...valuesOf(space, dtnHs()), gate: 'scalar' };
  const { sharing } = withSettings(dtnHs(), settingsOf(space, values, dtnHs()));
  for (const relation of Object.values(sharing))
    assert.deepEqual(relation, { kind: 'gated', independent: false, gate: 'scalar' });
});

test('a recipe outside the space has no values in it', () => {
  const space = parseSearchSpace({ 'training.learningRate': { kind: 'log', low: 0.01, high: 0.1 } }, dtn());
  assert.equal(valuesOf(space, dtn()), null);
});
