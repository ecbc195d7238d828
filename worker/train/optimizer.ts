/** Adam keyed by weight name, so that alternating tasks never mix their moments. */
import { keep, zeros, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { adamUpdate, type AdamSettings, type DenseUpdate, type RowUpdate } from '../engine/ops/adam.ts';
import { isSoft, twinPath, type Parameters } from '../model/parameters.ts';

/** Adam's memory of one weight. */
export interface Moments {
  readonly first: Tensor;
  readonly second: Tensor;
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

export class Optimizer {
  private readonly kept = new Map<string, Moments>();
  private readonly touched = new Set<number>();
  private readonly parameters: Parameters;
  private readonly settings: AdamSettings;

  constructor(parameters: Parameters, settings: Pick<AdamSettings, 'learningRate' | 'clipNorm' | 'shareWeight'>) {
    this.parameters = parameters;
    this.settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...settings };
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
    const dense = [...paths].map((path): DenseUpdate => {
      const value = this.value(path);
      const twin = isSoft(path) ? (this.parameters.get(twinPath(path)) ?? null) : null;
      return { value, gradient: gradients.get(path) ?? null, twin, ...this.advance(path, value) };
    });
    const value = this.value(table.path);
    const rows: RowUpdate[] = [
      { table: value, rows: table.rows, gradient: table.gradient, ...this.advance(table.path, value) },
    ];
    return adamUpdate(dense, rows, this.settings);
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
      second.dispose();
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
      moments = { first: keep(zeros(value.shape)), second: keep(zeros(value.shape)), step: 0 };
      this.kept.set(path, moments);
    }
    moments.step++;
    return { ...moments };
  }
}
