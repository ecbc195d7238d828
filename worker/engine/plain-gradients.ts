/** Gradients of the few plain tfjs operations that models use between the fused ones (tfjs-core's Node build brings none). */
import {
  concat,
  matMul,
  mul,
  registerGradient,
  reshape,
  scalar,
  slice,
  square,
  sub,
  sum,
  zeros,
  type Rank,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';

/**
 * Register the gradients of Add (equal shapes, or a row added to all rows), Multiply (equal shapes, or by a constant number), Tanh,
 * Concat and Slice (columns of matrices), BatchMatMul (untransposed), Identity, Reshape and Cast.
 */
export function registerPlainGradients(): void {
  registerGradient({
    kernelName: 'Add',
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [Tensor, Tensor];
      const summed = ({ rank }: Tensor): Tensor =>
        rank === (dy as Tensor).rank ? (dy as Tensor).clone() : sum(dy as Tensor, 0);
      return { a: () => summed(a), b: () => summed(b) };
    },
  });
  registerGradient({
    kernelName: 'Multiply',
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [Tensor, Tensor];
      return { a: () => mul(dy as Tensor, b), b: () => mul(dy as Tensor, a) };
    },
  });
  registerGradient({
    kernelName: 'Tanh',
    outputsToSave: [true],
    gradFunc: (dy, saved) => ({
      x: () => mul(dy as Tensor, sub(scalar(1), square(saved[0] as Tensor))),
    }),
  });
  registerGradient({
    kernelName: 'Concat',
    saveAllInputs: true,
    gradFunc: (dy, saved) => {
      const starts: number[] = [];
      let columns = 0;
      for (const part of saved) {
        starts.push(columns);
        columns += part.shape[1] ?? 0;
      }
      return Object.fromEntries(
        saved.map((part, i) => [String(i), () => slice(dy as Tensor2D, [0, starts[i] ?? 0], [-1, part.shape[1] ?? 0])]),
      );
    },
  });
  registerGradient({
    kernelName: 'Slice',
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attributes) => {
      const [rows = 0, columns = 0] = (saved[0] as Tensor).shape;
      const from = (attributes['begin'] as number[])[1] ?? 0;
      const width = (dy as Tensor2D).shape[1];
      const blank = (count: number): Tensor2D[] => (count > 0 ? [zeros<Rank.R2>([rows, count])] : []);
      return {
        x: () => concat([...blank(from), dy as Tensor2D, ...blank(columns - from - width)], 1),
      };
    },
  });
  registerGradient({
    kernelName: 'BatchMatMul',
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [Tensor2D, Tensor2D];
      return {
        a: () => matMul(dy as Tensor2D, b, false, true),
        b: () => matMul(a, dy as Tensor2D, true, false),
      };
    },
  });
  registerGradient({ kernelName: 'Identity', gradFunc: (dy) => ({ x: () => (dy as Tensor).clone() }) });
  registerGradient({
    kernelName: 'Reshape',
    inputsToSave: ['x'],
    gradFunc: (dy, saved) => ({ x: () => reshape(dy as Tensor, (saved[0] as Tensor).shape) }),
  });
  registerGradient({ kernelName: 'Cast', gradFunc: (dy) => ({ x: () => (dy as Tensor).clone() }) });
}
