/** The reference's arithmetic: vectors, matrices by path, and one LSTM step, all in double precision. */

export type Vector = readonly number[];

/** Row-major; a bias is one row. */
export interface Matrix {
  readonly values: Float64Array;
  readonly columns: number;
}

export type Weights = ReadonlyMap<string, Matrix>;

/** Copies 32-bit values of a shape into a matrix. */
export function matrixOf(values: ArrayLike<number>, shape: readonly number[]): Matrix {
  return { values: Float64Array.from(values), columns: shape.at(-1) ?? 1 };
}

/** @throws Error for a path that does not exist. */
export function weight(weights: Weights, path: string): Matrix {
  const found = weights.get(path);
  if (!found) throw new Error(`the reference has no weight ${path}`);
  return found;
}

export function rows({ values, columns }: Matrix): Vector[] {
  return Array.from({ length: values.length / columns }, (_, row) => [
    ...values.subarray(row * columns, (row + 1) * columns),
  ]);
}

export function embeddingRow(weights: Weights, path: string, row: number): Vector {
  const { values, columns } = weight(weights, path);
  return [...values.subarray(row * columns, (row + 1) * columns)];
}

/** x·W, with the rows of W from `firstRow` on. */
export function times(x: Vector, { values, columns }: Matrix, firstRow = 0): number[] {
  const out = new Float64Array(columns);
  let at = firstRow * columns;
  for (const factor of x) {
    for (let c = 0; c < columns; c++) out[c] = (out[c] ?? NaN) + factor * (values[at + c] ?? NaN);
    at += columns;
  }
  return Array.from(out);
}

export function addVectors(a: Vector, b: Vector): Vector {
  return a.map((value, i) => value + (b[i] ?? NaN));
}

export function concatenate(a: Vector, b: Vector): Vector {
  return [...a, ...b];
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** g·first + (1 − g)·second; a gate of one number holds for all. */
export function mixed(gate: Vector, first: Vector, second: Vector): Vector {
  return first.map((value, i) => {
    const g = (gate.length === 1 ? gate[0] : gate[i]) ?? NaN;
    return g * value + (1 - g) * (second[i] ?? NaN);
  });
}

export interface LstmState {
  readonly hidden: Vector;
  readonly cell: Vector;
}

export function zeroState(weights: Weights, path: string): LstmState {
  const zeros = new Array<number>(weight(weights, `${path}/recurrent`).columns / 4).fill(0);
  return { hidden: zeros, cell: zeros };
}

/** One step of an LSTM (Hochreiter and Schmidhuber 1997; no peepholes); gates in the order i, f, g, o. */
export function lstmStep(weights: Weights, path: string, x: Vector, before: LstmState): LstmState {
  const z = [
    times(x, weight(weights, `${path}/kernel`)),
    times(before.hidden, weight(weights, `${path}/recurrent`)),
    rows(weight(weights, `${path}/bias`))[0] ?? [],
  ].reduce(addVectors);
  const H = z.length / 4;
  const part = (gate: number, unit: number): number => z[gate * H + unit] ?? NaN;
  const cell = before.cell.map((c, k) => sigmoid(part(1, k)) * c + sigmoid(part(0, k)) * Math.tanh(part(2, k)));
  return { cell, hidden: cell.map((c, k) => sigmoid(part(3, k)) * Math.tanh(c)) };
}

/** The hidden states of an LSTM that starts from zeros. */
export function lstmStates(weights: Weights, path: string, inputs: readonly Vector[]): Vector[] {
  let state = zeroState(weights, path);
  return inputs.map((x) => {
    state = lstmStep(weights, path, x, state);
    return state.hidden;
  });
}
