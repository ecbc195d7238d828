/** The power law of learning: how the error falls with the number of training documents, and how many more a gain would take. */

export interface CurvePoint {
  /** Training documents. */
  readonly size: number;
  /** 0..1. */
  readonly f1: number;
}

/** error(n) = 1 − F1(n) = scale · n^−exponent + floor. */
export interface PowerLaw {
  readonly scale: number;
  readonly exponent: number;
  /** The error that no number of documents goes below. */
  readonly floor: number;
}

/** With fewer sizes than this the floor is taken as 0: three parameters through three points would fit anything. */
const sizesForFloor = 4;
const exponents = { least: 0.01, most: 3, steps: 40 };

/**
 * Least squares over the points, each weighing the same. The inverse power law is the form that fits learning curves of classifiers on
 * clinical text (Figueroa et al. 2012, "Predicting sample size required for classification performance") and the error of neural
 * networks (Hestness et al. 2017). For each exponent of a grid the best scale ≥ 0 and floor ≥ 0 are linear; the grid is then refined
 * around the best. Null with fewer than two different sizes.
 */
export function fitPowerLaw(points: readonly CurvePoint[]): PowerLaw | null {
  const sizes = new Set(points.map(({ size }) => size));
  if (sizes.size < 2) return null;
  const hasFloor = sizes.size >= sizesForFloor;
  const { least, most, steps } = exponents;
  let ratio = (most / least) ** (1 / steps);
  let best = bestOf(points, hasFloor, Array.from({ length: steps + 1 }, (_, i) => least * ratio ** i)); // prettier-ignore
  for (let round = 0; round < 3; round++) {
    const around = Array.from({ length: 9 }, (_, i) => best.law.exponent * ratio ** ((i - 4) / 4));
    best = bestOf(points, hasFloor, around);
    ratio **= 1 / 4;
  }
  return best.law;
}

/** F1 expected at a number of documents. */
export function expectedF1({ scale, exponent, floor }: PowerLaw, size: number): number {
  return 1 - (scale * size ** -exponent + floor);
}

/** How many documents are expected to give an F1; infinite where none would. */
export function documentsFor({ scale, exponent, floor }: PowerLaw, f1: number): number {
  const above = 1 - f1 - floor;
  return above <= 0 || scale <= 0 ? Infinity : (scale / above) ** (1 / exponent);
}

interface Fit {
  readonly law: PowerLaw;
  readonly squares: number;
}

function bestOf(points: readonly CurvePoint[], hasFloor: boolean, candidates: readonly number[]): Fit {
  return candidates
    .map((exponent) => fitScale(points, hasFloor, exponent))
    .reduce((best, fit) => (fit.squares < best.squares ? fit : best));
}

/** The best scale and floor, neither below 0, for an exponent. */
function fitScale(points: readonly CurvePoint[], hasFloor: boolean, exponent: number): Fit {
  let [x1, x2, y1, xy] = [0, 0, 0, 0];
  for (const { size, f1 } of points) {
    const [x, y] = [size ** -exponent, 1 - f1];
    x1 += x;
    x2 += x * x;
    y1 += y;
    xy += x * y;
  }
  const n = points.length;
  const spread = n * x2 - x1 * x1;
  let scale = hasFloor && spread > 0 ? (n * xy - x1 * y1) / spread : xy / x2;
  let floor = hasFloor ? (y1 - scale * x1) / n : 0;
  if (floor < 0) [scale, floor] = [xy / x2, 0];
  // An error that rises with documents: then they do nothing, as far as this law can say.
  if (scale < 0) [scale, floor] = [0, y1 / n];
  const law = { scale, exponent, floor };
  const squares = points.reduce((sum, { size, f1 }) => sum + (expectedF1(law, size) - f1) ** 2, 0);
  return { law, squares };
}
