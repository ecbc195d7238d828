/** Adam in double precision, after clipping to a global norm, with the share loss of soft pairs. */
import type { AdamSettings } from '../../../worker/engine/ops/adam.ts';

export interface ReferenceWeight {
  readonly value: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
  step: number;
}

export function referenceWeight(values: ArrayLike<number>): ReferenceWeight {
  const zeros = (): Float64Array => new Float64Array(values.length);
  return { value: Float64Array.from(values), first: zeros(), second: zeros(), step: 0 };
}

/** Kingma and Ba 2014, Algorithm 1, over the numbers that `at` lists. */
export function adamStep(
  weight: ReferenceWeight,
  gradient: ArrayLike<number>,
  at: readonly number[],
  { learningRate, beta1, beta2, epsilon }: AdamSettings,
): void {
  weight.step++;
  for (const [i, place] of at.entries()) {
    const g = gradient[i] ?? NaN;
    const m = beta1 * (weight.first[place] ?? NaN) + (1 - beta1) * g;
    const v = beta2 * (weight.second[place] ?? NaN) + (1 - beta2) * g * g;
    weight.first[place] = m;
    weight.second[place] = v;
    const corrected = m / (1 - beta1 ** weight.step);
    const deviation = Math.sqrt(v / (1 - beta2 ** weight.step));
    weight.value[place] = (weight.value[place] ?? NaN) - (learningRate * corrected) / (deviation + epsilon);
  }
}

/** g + d/dθ λ‖θ − twin‖². */
export function withShareGradient(
  gradient: ArrayLike<number>,
  own: ArrayLike<number>,
  twin: ArrayLike<number>,
  shareWeight: number,
): Float64Array {
  return Float64Array.from(gradient, (g, i) => g + 2 * shareWeight * ((own[i] ?? NaN) - (twin[i] ?? NaN)));
}

/** All gradients scaled so that their common norm is at most `limit`; and the norm before. */
export function clipped(
  gradients: readonly Float64Array[],
  limit: number,
): { norm: number; gradients: Float64Array[] } {
  const norm = Math.sqrt(gradients.flatMap((g) => [...g]).reduce((sum, value) => sum + value * value, 0));
  const scale = Math.min(1, limit / (norm + 1e-6));
  return { norm, gradients: gradients.map((gradient) => gradient.map((value) => value * scale)) };
}
