/** What the gates of DTN let through: the forward pass once more, copy by copy, for looking at a trained model (DTN Eq. 1-4). */
import { concat2d, keep, matMul, tidy, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { GateShares } from '../domain/inspection.ts';
import { components, type Component } from '../domain/recipe.ts';
import { gateMix } from '../engine/ops/gate.ts';
import { joinRows, noDropout } from '../engine/ops/rows.ts';
import { blockOf } from './blocks.ts';
import { characterOutputs, decoderOutputs, met, wordInput, wordOutputs, type ComponentOutputs } from './encoders.ts';
import { headOwner, wordTable, type Network, type NetworkBatch } from './network.ts';
import { parameter } from './parameters.ts';
import { gates } from './sharing.ts';

/** The gated components of a network, in the order of the flow. */
export function gatedComponents({ recipe }: Network): Component[] {
  return components.filter((component) => recipe.sharing[component].kind === 'gated');
}

/** Shares of each row of a component: words' forms [W] for the character encoder, tokens [N] for the others. */
export type RowShares = ReadonlyMap<Component, readonly GateShares[]>;

/** A gate before its sigmoid: first·K₁ + second·K₂ + input·K₃ [rows, O], and the bias [O] to be added. */
interface RawGate {
  readonly products: Tensor2D;
  readonly bias: Tensor1D;
}

interface Raw {
  readonly component: Component;
  readonly gates: readonly RawGate[];
}

/**
 * The gates of the target at a batch. `previousTags` are the tags before each token, as the decoder would have fed itself.
 * Slower than tagging: every copy is computed on its own.
 */
export async function gateShares(network: Network, batch: NetworkBatch): Promise<RowShares> {
  const raw: Raw[] = [];
  tidy(() => forward(network, batch, raw));
  const shares = new Map<Component, GateShares[]>();
  for (const { component, gates: found } of raw) {
    const sums = await Promise.all(found.map(sumsOf));
    const [rows = 0, width = 0] = found[0]?.products.shape ?? [];
    shares.set(
      component,
      Array.from({ length: rows }, (_, row) => sharesOfRow(sums, row, width)),
    );
    for (const { products, bias } of found) {
      products.dispose();
      bias.dispose();
    }
  }
  return shares;
}

async function sumsOf({ products, bias }: RawGate): Promise<Float32Array> {
  const [values, offset] = await Promise.all([products.data<'float32'>(), bias.data<'float32'>()]);
  return values.map((value, i) => value + (offset[i % offset.length] ?? 0));
}

function forward(network: Network, batch: NetworkBatch, raw: Raw[]): void {
  const { recipe, parameters } = network;
  const { rows } = batch;
  const characters = component(
    network,
    'characterEncoder',
    characterOutputs(network, 'target', batch.tries, null),
    raw,
  );
  const words = parameter<Tensor2D>(parameters, wordTable);
  const { formIndex, features } = batch;
  const input = { wordRows: words, wordIndex: batch.words, characters, formIndex, features };
  const x = wordInput(network, rows, input, null);
  const h = component(network, 'wordEncoder', wordOutputs(network, 'target', x, rows, null), raw);
  if (recipe.sharing.decoder.kind !== 'gated') return;
  const isFedBack = recipe.decoder.kind === 'tag-lstm';
  const y = isFedBack ? joinRows(...withTagBefore(network, h, batch), rows.rows) : h;
  component(network, 'decoder', decoderOutputs(network, 'target', y, rows), raw);
}

function withTagBefore({ recipe, parameters }: Network, h: Tensor2D, { previousTags }: NetworkBatch) {
  const tags = parameter<Tensor2D>(parameters, `${headOwner(recipe, 'target')}/tagEmbedding`);
  return [
    { table: h, index: null, dropout: noDropout },
    { table: tags, index: previousTags, dropout: noDropout },
  ] as const;
}

/** One component's output; where it is gated, what its gates see is noted. */
function component(network: Network, name: Component, found: ComponentOutputs, raw: Raw[]): Tensor2D {
  const { recipe, sizes, parameters } = network;
  const weights = gates(parameters, name, recipe.sharing[name], blockOf(recipe, sizes, name).output);
  const [first, ...others] = found.outputs;
  if (weights.length === 0 || first === undefined) return met(network, name, 'target', found);
  const a = found.input();
  const seen: RawGate[] = [];
  let mixed = first;
  for (const [i, gate] of weights.entries()) {
    const other = others[i];
    if (other === undefined) throw new Error('more gates than copies');
    const products = matMul<Tensor2D>(concat2d([mixed, other, a], 1), gate.kernel);
    seen.push({ products: keep(products), bias: keep(gate.bias.clone()) });
    mixed = gateMix(mixed, other, a, gate.kernel, gate.bias);
  }
  raw.push({ component: name, gates: seen });
  return mixed;
}

/** Means over the units of a row. */
function sharesOfRow(sums: readonly Float32Array[], row: number, width: number): GateShares {
  const [first, second] = sums;
  let [soft, hard, independent] = [0, 0, 0];
  for (let i = row * width; i < (row + 1) * width; i++) {
    const g1 = sigmoid(first?.[i] ?? 0);
    const g2 = second === undefined ? 1 : sigmoid(second[i] ?? 0);
    soft += (g2 * g1) / width;
    hard += (g2 * (1 - g1)) / width;
    independent += (1 - g2) / width;
  }
  return { soft, hard, independent: second === undefined ? null : independent };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
