/** Little-endian numbers of 16 and 32 bits as the 32-bit numbers that networks read. */

/** Kinds of numbers that feature files may hold. */
export type NumberKind = 'float16' | 'bfloat16' | 'float32';

export const bytesPerNumber: Readonly<Record<NumberKind, number>> = { float16: 2, bfloat16: 2, float32: 4 };

/** All numbers in `bytes`, which need not be aligned; their length is a multiple of the kind's. */
export function readNumbers(bytes: Uint8Array, kind: NumberKind): Float32Array {
  // A Buffer's own slice would be a view.
  const copy = Uint8Array.from(bytes).buffer;
  if (kind === 'float32') return new Float32Array(copy);
  const halves = new Uint16Array(copy);
  if (kind === 'float16') return Float32Array.from(halves, halfToNumber);
  const words = Uint32Array.from(halves, (half) => half << 16);
  return new Float32Array(words.buffer);
}

/** IEEE 754 binary16: a sign, five bits of exponent (bias 15), ten of fraction. */
function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
