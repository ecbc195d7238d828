/** Natural logarithm of four positive normal numbers, about 1 ulp. */
import { add, fma, mul, splat, sub } from "./access";

/** Cephes' logf: mantissa to [√½, √2), a polynomial of degree 9, exponent times ln 2 in two parts. */
@inline export function log4(x: v128): v128 {
  const one = splat(1);
  let e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(126)));
  let m = v128.or(v128.and(x, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const isLow = f32x4.lt(m, splat(0.707106781));
  e = sub(e, v128.and(one, isLow));
  m = add(sub(m, one), v128.and(m, isLow));
  const z = mul(m, m);
  let y = splat(7.0376836292e-2);
  y = fma(y, m, splat(-1.1514610310e-1));
  y = fma(y, m, splat(1.1676998740e-1));
  y = fma(y, m, splat(-1.2420140846e-1));
  y = fma(y, m, splat(1.4249322787e-1));
  y = fma(y, m, splat(-1.6668057665e-1));
  y = fma(y, m, splat(2.0000714765e-1));
  y = fma(y, m, splat(-2.4999993993e-1));
  y = fma(y, m, splat(3.3333331174e-1));
  y = mul(mul(y, m), z);
  y = fma(e, splat(-2.12194440e-4), y);
  y = fma(z, splat(-0.5), y);
  return fma(e, splat(0.693359375), add(m, y));
}
