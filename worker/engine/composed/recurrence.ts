/** An LSTM recurrence over steps that hand their state on, forward and through time back, in plain operations. */
import {
  add,
  concat,
  matMul,
  mul,
  scalar,
  sigmoid,
  slice,
  split,
  square,
  sub,
  tanh,
  zerosLike,
  type Scalar,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { keepForStep } from './step.ts';

/** One step: its rows in the batch, and how they are connected to the rows of the step before. */
export interface Step {
  readonly offset: number;
  readonly count: number;
  /** From the state [m,H] of the step before to what each of this step's rows starts from [n,H]; rows may start from zeros. */
  readonly begin: (state: Tensor2D) => Tensor2D;
  /** The transpose of `begin`: from gradients [n,H] to the sum each row before gets [m,H]. */
  readonly giveBack: (gradient: Tensor2D) => Tensor2D;
}

/** What one LSTM cell computed for some rows: activated gates, state and output, all [n,H]. */
export interface CellValues {
  readonly input: Tensor2D;
  readonly forget: Tensor2D;
  readonly candidate: Tensor2D;
  readonly output: Tensor2D;
  /** Null when the rows start from zeros, as does `previousHidden`. */
  readonly previousCell: Tensor2D | null;
  readonly previousHidden: Tensor2D | null;
  readonly cell: Tensor2D;
  readonly tanhCell: Tensor2D;
  readonly hidden: Tensor2D;
}

/** What the gradient needs of a recurrence. */
export interface SavedRecurrence {
  readonly steps: readonly Step[];
  readonly cells: readonly CellValues[];
}

/** One LSTM cell: `projected` [n,4H] is x·W + b, gates in the order i, f, g, o. */
export function lstmCell(
  projected: Tensor2D,
  recurrent: Tensor2D,
  before: { readonly hidden: Tensor2D; readonly cell: Tensor2D } | null,
): CellValues {
  const z = before ? add<Tensor2D>(projected, matMul(before.hidden, recurrent)) : projected;
  const [i, f, g, o] = split(z, 4, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
  const [input, forget, candidate, output] = [sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)];
  const added = mul<Tensor2D>(input, candidate);
  const cell = before ? add<Tensor2D>(mul(forget, before.cell), added) : added;
  const tanhCell = tanh(cell);
  return {
    input,
    forget,
    candidate,
    output,
    previousCell: before?.cell ?? null,
    previousHidden: before?.hidden ?? null,
    cell,
    tanhCell,
    hidden: mul(output, tanhCell),
  };
}

/** Run a recurrence over `projected` [N,4H]; gives the hidden states [N,H], each row where its projection was. */
export function runRecurrence(
  steps: readonly Step[],
  projected: Tensor2D,
  recurrent: Tensor2D,
): { hidden: Tensor2D; saved: SavedRecurrence } {
  const cells: CellValues[] = [];
  for (const { offset, count, begin } of steps) {
    const last = cells.at(-1);
    const before = last ? { hidden: begin(last.hidden), cell: begin(last.cell) } : null;
    cells.push(lstmCell(rowsAt(projected, offset, count), recurrent, before));
  }
  for (const cell of cells) for (const value of savedValues(cell)) keepForStep(value);
  return {
    hidden: inRowOrder(
      steps,
      cells.map((cell) => cell.hidden),
    ),
    saved: { steps, cells },
  };
}

/** What a cell's gradient reads; its output is not among it. */
function savedValues(cell: CellValues): Tensor2D[] {
  const { input, forget, candidate, output, previousCell, previousHidden, tanhCell } = cell;
  const values = [input, forget, candidate, output, tanhCell];
  return previousCell && previousHidden ? [...values, previousCell, previousHidden] : values;
}

/** From dL/dhidden [N,H]: dL/dprojected [N,4H] and dL/drecurrent [H,4H]. */
export function recurrenceGradient(
  { steps, cells }: SavedRecurrence,
  recurrent: Tensor2D,
  dHidden: Tensor2D,
): { projected: Tensor2D; recurrent: Tensor2D } {
  const one = scalar(1);
  const gates: Tensor2D[] = [];
  let later: { hidden: Tensor2D; cell: Tensor2D } | null = null;
  for (let t = steps.length - 1; t >= 0; t--) {
    const { offset, count, giveBack } = steps[t] as Step;
    const values = cells[t] as CellValues;
    const own = rowsAt(dHidden, offset, count);
    const dGates = cellGradient(values, later ? add(own, later.hidden) : own, later?.cell ?? null, one);
    gates[t] = dGates.projected;
    later = {
      hidden: giveBack(matMul(dGates.projected, recurrent, false, true)),
      cell: giveBack(dGates.previousCell),
    };
  }
  return { projected: inRowOrder(steps, gates), recurrent: recurrentGradient(cells, gates, recurrent) };
}

/** Through one cell: dL/dprojected [n,4H] and dL/dc of the step before [n,H]. */
function cellGradient(
  { input, forget, candidate, output, previousCell, tanhCell }: CellValues,
  dHidden: Tensor2D,
  dCellLater: Tensor2D | null,
  one: Scalar,
): { projected: Tensor2D; previousCell: Tensor2D } {
  const through = mul<Tensor2D>(mul(dHidden, output), sub(one, square(tanhCell)));
  const dCell = dCellLater ? add<Tensor2D>(through, dCellLater) : through;
  const parts: Tensor2D[] = [
    mul(mul(dCell, candidate), sub(input, square(input))),
    previousCell ? mul(mul(dCell, previousCell), sub(forget, square(forget))) : zerosLike(forget),
    mul(mul(dCell, input), sub(one, square(candidate))),
    mul(mul(dHidden, tanhCell), sub(output, square(output))),
  ];
  return { projected: concat(parts, 1), previousCell: mul(dCell, forget) };
}

/** Σ over steps of (hidden state before)ᵀ · dL/dprojected, as one product. */
function recurrentGradient(cells: readonly CellValues[], gates: readonly Tensor2D[], recurrent: Tensor2D): Tensor2D {
  const before: Tensor2D[] = [];
  const after: Tensor2D[] = [];
  for (const [t, { previousHidden }] of cells.entries()) {
    if (!previousHidden) continue;
    before.push(previousHidden);
    after.push(gates[t] as Tensor2D);
  }
  return before.length === 0 ? zerosLike(recurrent) : matMul(concat(before), concat(after), true, false);
}

/** `count` rows from `offset` on. */
export function rowsAt(table: Tensor2D, offset: number, count: number): Tensor2D {
  return slice(table, [offset, 0], [count, -1]);
}

/** One tensor of all steps' rows, each where the batch has it. */
export function inRowOrder(steps: readonly Step[], values: readonly Tensor2D[]): Tensor2D {
  const order = steps.map((_, i) => i).sort((a, b) => (steps[a]?.offset ?? 0) - (steps[b]?.offset ?? 0));
  return concat(order.map((i) => values[i] as Tensor2D));
}
