/** Symmetric positive definite matrices by their Cholesky factor; square matrices lie row by row in one array. */

/** Lower triangular `L` with `L Lᵀ = matrix`, [n,n]. */
export interface CholeskyFactor {
  readonly n: number;
  readonly lower: Float64Array;
}

/** What is added to the diagonal at most, as a share of its mean, before a matrix counts as not positive definite. */
const mostJitter = 1e-2;

/**
 * The factor of a symmetric matrix [n,n]. Where rounding has cost it its definiteness, a growing jitter is added to the diagonal, from
 * 1e-10 of its mean (Rasmussen & Williams 2006, §A.4 and §2.2).
 * @throws RangeError where even the largest jitter does not do.
 */
export function factorize(matrix: Float64Array, n: number): CholeskyFactor {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += matrix[i * n + i] ?? 0;
  for (let jitter = 0; jitter <= mostJitter; jitter = jitter === 0 ? 1e-10 : jitter * 10) {
    const lower = tryFactorize(matrix, n, (jitter * trace) / n);
    if (lower !== null) return { n, lower };
  }
  throw new RangeError('The matrix is not positive definite.');
}

/** `x` with `L x = right`, [n] (forward substitution). */
export function solveLower({ n, lower }: CholeskyFactor, right: ArrayLike<number>): Float64Array {
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = right[i] ?? 0;
    for (let j = 0; j < i; j++) sum -= (lower[i * n + j] as number) * (x[j] as number);
    x[i] = sum / (lower[i * n + i] as number);
  }
  return x;
}

/** `x` with `L Lᵀ x = right`, [n]. */
export function solve(factor: CholeskyFactor, right: ArrayLike<number>): Float64Array {
  const { n, lower } = factor;
  const x = solveLower(factor, right);
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i] as number;
    for (let j = i + 1; j < n; j++) sum -= (lower[j * n + i] as number) * (x[j] as number);
    x[i] = sum / (lower[i * n + i] as number);
  }
  return x;
}

/** The inverse of `L Lᵀ`, [n,n]. */
export function inverse(factor: CholeskyFactor): Float64Array {
  const { n } = factor;
  const out = new Float64Array(n * n);
  const unit = new Float64Array(n);
  for (let column = 0; column < n; column++) {
    unit.fill(0);
    unit[column] = 1;
    out.set(solve(factor, unit), column * n);
  }
  return out;
}

/** The logarithm of the determinant of `L Lᵀ`. */
export function logDeterminant({ n, lower }: CholeskyFactor): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(lower[i * n + i] as number);
  return 2 * sum;
}

function tryFactorize(matrix: Float64Array, n: number, jitter: number): Float64Array | null {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = (matrix[i * n + j] as number) + (i === j ? jitter : 0);
      for (let k = 0; k < j; k++) sum -= (lower[i * n + k] as number) * (lower[j * n + k] as number);
      if (i !== j) lower[i * n + j] = sum / (lower[j * n + j] as number);
      else if (sum > 0) lower[i * n + i] = Math.sqrt(sum);
      else return null;
    }
  }
  return lower;
}
