/** Adam or AdaGrad, their memory keyed by weight name, so that alternating tasks never mix it. */
import { keep, zeros, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import type { Recipe } from '../domain/recipe.ts';
import { adagradUpdate } from '../engine/ops/adagrad.ts';
import { adamUpdate } from '../engine/ops/adam.ts';
import { isSoft, twinPath, type Parameters } from '../model/parameters.ts';

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

export class Optimizer {
  private readonly kept = new Map<string, Moments>();
  private readonly touched = new Set<number>();
  private readonly parameters: Parameters;
  private readonly settings: OptimizerSettings;

  constructor(parameters: Parameters, settings: OptimizerSettings) {
    this.parameters = parameters;
    this.settings = settings;
  }

  /**
   * Update the weights that have a gradient, and of each soft pair both halves (the share loss moves the other task's
   * half too). `rows` are updates of single rows of a table, by its path.
   */
  apply(
    gradients: ReadonlyMap<string, Tensor>,
    table: { path: string; rows: Int32Array; gradient: Tensor },
  ): StepTensors {
    const paths = new Set(gradients.keys());
    for (const path of gradients.keys()) {
      if (isSoft(path) && this.parameters.has(twinPath(path))) paths.add(twinPath(path));
    }
    const dense = [...paths].map((path) => {
      const value = this.value(path);
      const twin = isSoft(path) ? (this.parameters.get(twinPath(path)) ?? null) : null;
      return { value, gradient: gradients.get(path) ?? null, twin, ...this.advance(path, value) };
    });
    for (const row of table.rows) this.touched.add(row);
    const value = this.value(table.path);
    const rows = [{ table: value, rows: table.rows, gradient: table.gradient, ...this.advance(table.path, value) }];
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
