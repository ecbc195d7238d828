/** Tests of the GRU operation, run on every build of the kernels. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tensor1d, tensor2d, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { gruSequence, type GruLayer } from '../../../worker/engine/ops/gru.ts';
import { joinRows, noDropout } from '../../../worker/engine/ops/rows.ts';
import { assertClose } from '../numbers.ts';
import { rows, weight, type Vector, type Weights } from '../reference-blocks.ts';
import { biGru, gruStates } from './gru-reference.ts';
import { bySentence, packedRows } from './layouts.ts';
import { checkOperation, type Operation, type OperationInput } from './operation-check.ts';
import { startEngine } from './started-engine.ts';

interface GruCase {
  readonly lengths: readonly number[];
  readonly layers: number;
  readonly directions: number;
  readonly I: number;
  readonly H: number;
}

const directionNames = ['forward', 'backward'];
const parts = ['kernel', 'recurrent', 'bias'] as const;

/** Paths of one stack's directions, layer by layer. */
function paths({ layers, directions }: GruCase): string[][] {
  return Array.from({ length: layers }, (_, layer) =>
    directionNames.slice(0, directions).map((direction) => `${layer}/${direction}`),
  );
}

function weightInputs(given: GruCase, I = given.I): Record<string, OperationInput> {
  const shapes = { kernel: [I, 3 * given.H], recurrent: [given.H, 3 * given.H], bias: [3 * given.H] };
  const entries = paths(given)
    .flat()
    .flatMap((path) => parts.map((part) => [`${path}/${part}`, { shape: shapes[part] }] as const));
  return Object.fromEntries(entries);
}

function layerOf(tensors: Readonly<Record<string, Tensor>>, directions: readonly string[]): GruLayer {
  return directions.map((path) => {
    const [kernel, recurrent, bias] = parts.map((part) => tensors[`${path}/${part}`] as Tensor);
    return { kernel, recurrent, bias } as GruLayer[number];
  });
}

/** All outputs side by side, so that each gets a gradient of its own. */
function sideBySide(outputs: readonly Tensor2D[]): Tensor2D {
  const part = (table: Tensor2D) => ({ table, index: null, dropout: noDropout });
  return outputs.reduce((left, right) => joinRows(part(left), part(right), left.shape[0]));
}

/** Layers that all read the same input. */
function besideEachOther(given: GruCase): Operation {
  const layout = packedRows(given.lengths);
  const states = (weights: Weights, layer: number) => (own: Vector[]) =>
    given.directions === 2 ? biGru(weights, `${layer}`, own) : gruStates(weights, `${layer}/forward`, own);
  return {
    inputs: { x: { shape: [layout.rows, given.I] }, ...weightInputs(given) },
    run: (tensors) => {
      const layers = paths(given).map((directions) => layerOf(tensors, directions));
      return sideBySide(gruSequence(tensors['x'] as Tensor2D, layers, layout));
    },
    reference: (weights) => {
      const x = rows(weight(weights, 'x'));
      const outputs = paths(given).map((_, layer) => bySentence(layout, x, states(weights, layer)));
      return x.map((_, row) => outputs.flatMap((output) => [...(output[row] ?? [])]));
    },
  };
}

/** Two bidirectional layers, the second reading the first. */
function stacked(lengths: readonly number[], I: number, H: number): Operation {
  const layout = packedRows(lengths);
  const given: GruCase = { lengths, layers: 2, directions: 2, I, H };
  const inputs = weightInputs(given);
  for (const path of paths(given)[1] ?? []) inputs[`${path}/kernel`] = { shape: [2 * H, 3 * H] };
  return {
    inputs: { x: { shape: [layout.rows, I] }, ...inputs },
    run: (tensors) =>
      paths(given).reduce(
        (x, directions) => gruSequence(x, [layerOf(tensors, directions)], layout)[0] as Tensor2D,
        tensors['x'] as Tensor2D,
      ),
    reference: (weights) => {
      const x = rows(weight(weights, 'x'));
      return bySentence(layout, x, (own) => biGru(weights, '1', biGru(weights, '0', own)));
    },
  };
}

const cases: readonly GruCase[] = [
  { lengths: [1], layers: 1, directions: 1, I: 1, H: 1 },
  { lengths: [1, 1, 1], layers: 1, directions: 2, I: 3, H: 3 },
  { lengths: [5], layers: 1, directions: 2, I: 2, H: 5 },
  { lengths: [4, 1], layers: 2, directions: 1, I: 4, H: 4 },
  { lengths: [6, 4, 4, 2, 1], layers: 3, directions: 2, I: 5, H: 7 },
  { lengths: [9, 7, 3, 3, 1, 1, 1], layers: 2, directions: 1, I: 7, H: 13 },
  { lengths: [3, 3, 3, 3, 3, 3, 3], layers: 1, directions: 2, I: 6, H: 8 },
  { lengths: [8, 5, 2, 1], layers: 1, directions: 2, I: 17, H: 50 },
  // Large enough to be cut up for several threads.
  { lengths: [12, 11, 11, 9, 8, 6, 3, 3, 2, 1], layers: 1, directions: 1, I: 40, H: 27 },
  { lengths: [12, 11, 11, 9, 8, 6, 3, 3, 2, 1], layers: 2, directions: 2, I: 40, H: 24 },
];

/** One unit, one input, worked out by hand from the paper's four equations. */
async function handNumbers(): Promise<void> {
  const engine = await startEngine();
  const x = tensor2d([1, -2], [2, 1]);
  const direction = {
    kernel: tensor2d([0.5, -0.3, 0.8], [1, 3]),
    recurrent: tensor2d([0.4, 0.7, -0.6], [1, 3]),
    bias: tensor1d([0, 0, 0]),
  };
  const [h] = gruSequence(x, [[direction]], packedRows([2]));
  // t = 1: z = σ(−0.3) = 0.4255575, h̃ = tanh(0.8) = 0.6640368, h = (1 − z) · h̃ = 0.3814510
  // t = 2: r = σ(−1 + 0.4 · h) = 0.2999744, z = σ(0.6 + 0.7 · h) = 0.7041243, h̃ = tanh(−1.6 − 0.6 · r · h) = -0.9313737,
  // h = z · 0.3814510 + (1 − z) · h̃ = -0.0069819
  assertClose(h?.dataSync() ?? [], [0.381451, -0.0069819], 1e-6, 'hidden');
  for (const tensor of [x, h, ...Object.values(direction)]) tensor?.dispose();
  engine.endStep();
}

export function gruSuite(): void {
  describe('a GRU over packed sequences agrees with one sequence at a time', () => {
    for (const given of cases) {
      const { lengths, layers, directions, I, H } = given;
      test(`lengths ${lengths.join(',')}, layers ${layers}, directions ${directions}, input ${I}, hidden ${H}`, (t) =>
        checkOperation(t, besideEachOther(given)));
    }
    for (const H of [5, 8]) {
      test(`two bidirectional layers of ${H} on top of each other`, (t) =>
        checkOperation(t, stacked([6, 4, 3, 1, 1], 3, H)));
    }
    test('the numbers of a GRU worked out by hand', handNumbers);
    test('a sequence has the same states alone and in a batch', aloneAndInABatch);
  });
}

async function aloneAndInABatch(): Promise<void> {
  const engine = await startEngine();
  const [I, H] = [3, 6];
  const values = (count: number): number[] => Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898) * 0.8);
  const direction = (): GruLayer[number] => ({
    kernel: tensor2d(values(I * 3 * H), [I, 3 * H]),
    recurrent: tensor2d(values(H * 3 * H), [H, 3 * H]),
    bias: tensor1d(values(3 * H)),
  });
  const layer = [direction(), direction()];
  const short = values(2 * I);
  const [alone] = gruSequence(tensor2d(short, [2, I]), [layer], packedRows([2]));
  // The short sequence second, beside one of four tokens: rows 1 and 3.
  const other = values(4 * I).map((value) => 1 - value);
  const both = [0, 1, 2, 3, 4, 5].map((row) => {
    const own = row === 1 ? 0 : row === 3 ? 1 : -1;
    const otherRow = [0, -1, 1, -1, 2, 3][row] ?? 0;
    return own >= 0 ? short.slice(own * I, (own + 1) * I) : other.slice(otherRow * I, (otherRow + 1) * I);
  });
  const [together] = gruSequence(tensor2d(both.flat(), [6, I]), [layer], packedRows([4, 2]));
  const found = together?.dataSync() ?? [];
  const width = 2 * H;
  assert.deepEqual(
    [...found.slice(width, 2 * width), ...found.slice(3 * width, 4 * width)],
    Array.from(alone?.dataSync() ?? []),
  );
  engine.endStep();
}
