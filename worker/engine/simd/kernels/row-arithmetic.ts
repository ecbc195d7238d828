/** Arithmetic on rows of a multiple of four numbers. Pairs of adjacent stores become 256-bit operations. */
import { add, fma, load4, mul, sub } from "./access";

/** q += x over `bytes` (a multiple of 16). */
export function addRow(q: usize, x: usize, bytes: usize): void {
  const end = q + bytes;
  for (; q + 32 <= end; q += 32) {
    const a = add(load4(q), load4(x)), b = add(v128.load(q, 16), v128.load(x, 16));
    v128.store(q, a); v128.store(q, b, 16);
    x += 32;
  }
  if (q < end) v128.store(q, add(load4(q), load4(x)));
}
/** out = a + b, as {@link addRow}. */
export function sumRow(a: usize, b: usize, out: usize, bytes: usize): void {
  const end = out + bytes;
  for (; out + 32 <= end; out += 32) {
    const x = add(load4(a), load4(b)), y = add(v128.load(a, 16), v128.load(b, 16));
    v128.store(out, x); v128.store(out, y, 16);
    a += 32; b += 32;
  }
  if (out < end) v128.store(out, add(load4(a), load4(b)));
}
/** out = b + g·(a − b), as {@link addRow}. */
export function mixRow(g: usize, a: usize, b: usize, out: usize, bytes: usize): void {
  const end = out + bytes;
  for (; out + 32 <= end; out += 32) {
    const b0 = load4(b), b1 = v128.load(b, 16);
    const x = fma(load4(g), sub(load4(a), b0), b0), y = fma(v128.load(g, 16), sub(v128.load(a, 16), b1), b1);
    v128.store(out, x); v128.store(out, y, 16);
    g += 32; a += 32; b += 32;
  }
  if (out < end) { const second = load4(b); v128.store(out, fma(load4(g), sub(load4(a), second), second)); }
}
/** out = a ∘ b, as {@link addRow}. */
export function productRow(a: usize, b: usize, out: usize, bytes: usize): void {
  const end = out + bytes;
  for (; out + 32 <= end; out += 32) {
    const x = mul(load4(a), load4(b)), y = mul(v128.load(a, 16), v128.load(b, 16));
    v128.store(out, x); v128.store(out, y, 16);
    a += 32; b += 32;
  }
  if (out < end) v128.store(out, mul(load4(a), load4(b)));
}
