/** Adam or AdaGrad, their memory keyed by weight name, so that alternating tasks never mix it. */
import { add, keep, mul, scalar, square, sub, sum, tidy, zeros, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import type { Recipe } from '../domain/recipe.ts';
import { adagradUpdate } from '../engine/ops/adagrad.ts';
import { adamUpdate, type DenseUpdate, type RowUpdate } from '../engine/ops/adam.ts';
import { isSoft, ownerOf, pathOf, type Parameters } from '../model/parameters.ts';

/** The optimiser's memory of one weight. */
export interface Moments {
  /** Adam's first moment; of AdaGrad the sum of squared gradients. */
  readonly first: Tensor;
  /** Adam's second moment; AdaGrad has none. */
  readonly second: Tensor | null;
  /** Updates so far. */
  step: number;
}

/** What one step found, still on the backend: the caller reads and disposes both. */
export interface StepTensors {
  /** Global gradient norm before clipping. */
  readonly norm: Scalar;
  /** L_share before the step (not weighted by λ); 0 without soft weights. */
  readonly shareLoss: Scalar;
}

/** Keys of a recipe's training that the optimiser reads. */
export type OptimizerSettings = Pick<Recipe['training'], 'optimizer' | 'learningRate' | 'clipNorm' | 'shareWeight'>;

type PlainDense = Pick<DenseUpdate, 'value' | 'gradient' | 'twin'>;
type PlainRows = Pick<RowUpdate, 'table' | 'rows' | 'gradient'>;

/** A gradient with the pull of all twins but the first, and their squared distances ‖θ − θ_twin‖². */
interface Further {
  readonly gradient: Tensor;
  readonly distance: Scalar;
}

export class Optimizer {
  private readonly kept = new Map<string, Moments>();
  private readonly touched = new Set<number>();
  private readonly twinsOf = new Map<string, readonly string[]>();
  private readonly parameters: Parameters;
  private readonly settings: OptimizerSettings;

  constructor(parameters: Parameters, settings: OptimizerSettings) {
    this.parameters = parameters;
    this.settings = settings;
  }

  /**
   * Update the weights that have a gradient, and of each soft pair both halves (the share loss moves the other task's half too): the
   * target's soft weights are drawn to those of every source, a source's to the target's. `rows` are updates of single rows of a table,
   * by its path.
   */
  apply(
    gradients: ReadonlyMap<string, Tensor>,
    table: { path: string; rows: Int32Array; gradient: Tensor },
  ): StepTensors {
    const paths = new Set(gradients.keys());
    for (const path of gradients.keys()) for (const twin of this.twins(path)) paths.add(twin);
    const further: Further[] = [];
    const dense = [...paths].map((path) => {
      const value = this.value(path);
      const twins = this.twins(path).filter((twin) => gradients.has(path) || gradients.has(twin));
      const [twin = null, ...others] = twins.map((name) => this.value(name));
      const own = gradients.get(path) ?? null;
      const drawn = others.length > 0 ? this.drawTo(value, others, own) : null;
      if (drawn) further.push(drawn);
      return { value, gradient: drawn?.gradient ?? own, twin, ...this.advance(path, value) };
    });
    for (const row of table.rows) this.touched.add(row);
    const value = this.value(table.path);
    const rows = [{ table: value, rows: table.rows, gradient: table.gradient, ...this.advance(table.path, value) }];
    return withFurther(this.update(dense, rows), further);
  }

  /** Update weights that no task trains, each by its own gradient: the critic's. */
  applyAlone(gradients: ReadonlyMap<string, Tensor>): void {
    const dense = [...gradients].map(([path, gradient]) => {
      const value = this.value(path);
      return { value, gradient, twin: null, ...this.advance(path, value) };
    });
    const { norm, shareLoss } = this.update(dense, []);
    norm.dispose();
    shareLoss.dispose();
  }

  private update(dense: readonly (Moments & PlainDense)[], rows: readonly (Moments & PlainRows)[]): StepTensors {
    const { optimizer, ...settings } = this.settings;
    if (optimizer === 'adagrad') {
      const withSquares = <U extends Moments>(update: U) => ({ ...update, squares: update.first });
      return adagradUpdate(dense.map(withSquares), rows.map(withSquares), { ...settings, epsilon: 1e-10 });
    }
    const withSecond = <U extends Moments>(update: U) => ({ ...update, second: update.second as Tensor });
    return adamUpdate(dense.map(withSecond), rows.map(withSecond), {
      ...settings,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
    });
  }

  /** The other halves of a weight's soft pairs: of a source's the target's, of the target's every source's. */
  private twins(path: string): readonly string[] {
    if (!isSoft(path)) return [];
    const known = this.twinsOf.get(path);
    if (known) return known;
    const isOther = (name: string): boolean => name !== path && name === pathOf(ownerOf(name), path);
    const others = [...this.parameters.keys()].filter(isOther);
    const twins = ownerOf(path) === 'target' ? others : others.filter((name) => ownerOf(name) === 'target');
    this.twinsOf.set(path, twins);
    return twins;
  }

  /** What further twins add to a weight's gradient and to L_share, where the update knows one alone. */
  private drawTo(value: Tensor, others: readonly Tensor[], own: Tensor | null): Further {
    const { shareWeight } = this.settings;
    return tidy(() => {
      const distances = others.map((other) => sub(value, other));
      const pulls = distances.map((distance) => mul(distance, scalar(2 * shareWeight)));
      const squares = distances.map((distance) => sum<Scalar>(square(distance)));
      return {
        gradient: (own ? [own, ...pulls] : pulls).reduce((a, b) => add(a, b)),
        distance: squares.reduce((a, b) => add(a, b)),
      };
    });
  }

  /** The moments of every weight that was updated, by path; they stay the optimizer's. */
  get moments(): ReadonlyMap<string, Readonly<Moments>> {
    return this.kept;
  }

  /** The table's rows that were ever updated, ascending. All others are as they began, with moments of zero. */
  get touchedRows(): Int32Array {
    return Int32Array.from(this.touched).sort();
  }

  /** Go on from saved moments; the optimizer keeps the tensors. */
  restore(moments: ReadonlyMap<string, Moments>, touchedRows: Int32Array): void {
    this.dispose();
    for (const [path, saved] of moments) this.kept.set(path, { ...saved });
    for (const row of touchedRows) this.touched.add(row);
  }

  dispose(): void {
    for (const { first, second } of this.kept.values()) {
      first.dispose();
      second?.dispose();
    }
    this.kept.clear();
    this.touched.clear();
  }

  private value(path: string): Tensor {
    const value = this.parameters.get(path);
    if (!value) throw new Error(`no weight ${path}`);
    return value;
  }

  private advance(path: string, value: Tensor): Moments {
    let moments = this.kept.get(path);
    if (!moments) {
      const second = this.settings.optimizer === 'adam' ? keep(zeros(value.shape)) : null;
      moments = { first: keep(zeros(value.shape)), second, step: 0 };
      this.kept.set(path, moments);
    }
    moments.step++;
    return { ...moments };
  }
}

/** L_share with the further pairs: the update saw each of them from the source's side alone, and counted it half. */
function withFurther(found: StepTensors, further: readonly Further[]): StepTensors {
  if (further.length === 0) return found;
  const { norm, shareLoss } = found;
  const whole = tidy(() => further.reduce((sum, { distance }) => add(sum, mul(distance, scalar(0.5))), shareLoss));
  for (const tensor of [shareLoss, ...further.flatMap(({ gradient, distance }) => [gradient, distance])])
    tensor.dispose();
  return { norm, shareLoss: whole };
}
