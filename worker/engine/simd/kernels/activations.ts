/** exp, sigmoid and tanh of four numbers, by add, multiply and shift only (magic-number rounding), about 2 ulp of exp. */
import { add, fma, mul, splat, sub } from "./access";

/** Cephes' expf polynomial; the argument is clamped to ±87. */
@inline export function exp4(x: v128): v128 {
  x = f32x4.min(f32x4.max(x, splat(-87)), splat(87));
  const magic = splat(12582912.0);
  const shifted = add(mul(x, splat(1.44269504)), magic);
  const n = sub(shifted, magic);
  let r = fma(n, splat(-0.693359375), x);
  r = fma(n, splat(2.12194440e-4), r);
  let q = splat(1.9875691500e-4);
  q = fma(q, r, splat(1.3981999507e-3));
  q = fma(q, r, splat(8.3334519073e-3));
  q = fma(q, r, splat(4.1665795894e-2));
  q = fma(q, r, splat(1.6666665459e-1));
  q = fma(q, r, splat(5.0000001201e-1));
  q = fma(mul(q, r), r, add(r, splat(1)));
  return i32x4.add(q, i32x4.shl(shifted, 23));
}
@inline export function sigmoid4(x: v128): v128 {
  const one = splat(1);
  return f32x4.div(one, add(one, exp4(f32x4.neg(x))));
}
@inline export function tanh4(x: v128): v128 {
  const one = splat(1);
  return sub(one, f32x4.div(splat(2), add(one, exp4(add(x, x)))));
}
