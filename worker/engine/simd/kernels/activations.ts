/**
 * exp, sigmoid and tanh by add, multiply and shift only (magic-number rounding), about 2 ulp of exp. Constants come from
 * memory: a broadcasting load is one instruction where V8 builds a constant vector from several each time it is used.
 * pmin and pmax are one instruction each (min and max are eight); a NaN passes through them.
 */
import { add, fma, load4, mul, splat, sub } from "./access";

const constants: usize = memory.data<f32>([
  1, 2, -126, 126, 12582912, // the last: adding it rounds to a whole number in the low bits
  1.3264727347983886e-3, 9.671512784910933e-3, 5.550733744145386e-2, 2.4022242083130843e-1, 6.931469775979213e-1,
  -1.44269504, 2.88539008, 1.44269504, -0.693359375, 2.12194440e-4,
]);
@inline function constant(index: usize): v128 { return v128.load32_splat(constants + (index << 2)); }
@inline function one4(): v128 { return constant(0); }
@inline function two4(): v128 { return constant(1); }
@inline function lowest4(): v128 { return constant(2); }
@inline function highest4(): v128 { return constant(3); }
@inline function magic4(): v128 { return constant(4); }
/** Of 2^r = 1 + r·(c₁ + r·(c₂ + …)) on [−½, ½], relative error 1e-7. */
@inline function coefficient(power: usize): v128 { return constant(10 - power); }
/** What x is multiplied with so that 2^… is e^−x, e^2x, e^x. */
@inline function sigmoidScale(): v128 { return constant(10); }
@inline function tanhScale(): v128 { return constant(11); }
@inline function expScale(): v128 { return constant(12); }

@inline function polynomial(r: v128, c5: v128, c4: v128, c3: v128, c2: v128, c1: v128, c0: v128): v128 {
  return fma(fma(fma(fma(fma(c5, r, c4), r, c3), r, c2), r, c1), r, c0);
}
/**
 * 2^y, y clamped to ±126. The constants are arguments so that the row functions load each once: the revectorizer joins two
 * operations only when both use the very same broadcast.
 */
@inline function powerOfTwo(y: v128, low: v128, high: v128, magic: v128, c5: v128, c4: v128, c3: v128, c2: v128, c1: v128, c0: v128): v128 {
  y = f32x4.pmin(f32x4.pmax(y, low), high);
  const shifted = add(y, magic);
  const r = sub(y, sub(shifted, magic));
  return i32x4.add(polynomial(r, c5, c4, c3, c2, c1, c0), i32x4.shl(shifted, 23));
}
@inline function powerOfTwo4(y: v128): v128 {
  return powerOfTwo(y, lowest4(), highest4(), magic4(), coefficient(5), coefficient(4), coefficient(3), coefficient(2), coefficient(1), one4());
}
/** x is clamped to ±87; the remainder after n·ln 2 is taken in two steps, so that the relative error stays 2e-7 far from 0. */
@inline export function exp4(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, splat(-87)), splat(87));
  const shifted = add(mul(x, expScale()), magic4());
  const n = sub(shifted, magic4());
  const r = mul(fma(n, constant(14), fma(n, constant(13), x)), expScale());
  return i32x4.add(polynomial(r, coefficient(5), coefficient(4), coefficient(3), coefficient(2), coefficient(1), one4()), i32x4.shl(shifted, 23));
}
@inline export function sigmoid4(x: v128): v128 {
  return f32x4.div(one4(), add(one4(), powerOfTwo4(mul(x, sigmoidScale()))));
}
@inline export function tanh4(x: v128): v128 {
  return sub(one4(), f32x4.div(two4(), add(one4(), powerOfTwo4(mul(x, tanhScale())))));
}
/** σ of `bytes` at p (a multiple of 16), to `out`. Pairs of adjacent stores become 256-bit operations. */
export function sigmoidRow(p: usize, out: usize, bytes: usize): void {
  const one = one4(), low = lowest4(), high = highest4(), magic = magic4(), scale = sigmoidScale();
  const c5 = coefficient(5), c4 = coefficient(4), c3 = coefficient(3), c2 = coefficient(2), c1 = coefficient(1);
  const end = p + bytes;
  for (; p + 32 <= end; p += 32) {
    const x = f32x4.div(one, add(one, powerOfTwo(mul(load4(p), scale), low, high, magic, c5, c4, c3, c2, c1, one)));
    const y = f32x4.div(one, add(one, powerOfTwo(mul(v128.load(p, 16), scale), low, high, magic, c5, c4, c3, c2, c1, one)));
    v128.store(out, x); v128.store(out, y, 16);
    out += 32;
  }
  if (p < end) v128.store(out, sigmoid4(load4(p)));
}
/** tanh of `bytes` at p (a multiple of 16), to `out`. */
export function tanhRow(p: usize, out: usize, bytes: usize): void {
  const one = one4(), two = two4(), low = lowest4(), high = highest4(), magic = magic4(), scale = tanhScale();
  const c5 = coefficient(5), c4 = coefficient(4), c3 = coefficient(3), c2 = coefficient(2), c1 = coefficient(1);
  const end = p + bytes;
  for (; p + 32 <= end; p += 32) {
    const x = sub(one, f32x4.div(two, add(one, powerOfTwo(mul(load4(p), scale), low, high, magic, c5, c4, c3, c2, c1, one))));
    const y = sub(one, f32x4.div(two, add(one, powerOfTwo(mul(v128.load(p, 16), scale), low, high, magic, c5, c4, c3, c2, c1, one))));
    v128.store(out, x); v128.store(out, y, 16);
    out += 32;
  }
  if (p < end) v128.store(out, tanh4(load4(p)));
}
/** exp(x − top) of `bytes` at p (a multiple of 16), in place; its relative error grows to 4e-6 at −86, where a softmax does not see it. */
export function expRow(p: usize, bytes: usize, top: v128): void {
  const one = one4(), low = lowest4(), high = highest4(), magic = magic4(), scale = expScale();
  const c5 = coefficient(5), c4 = coefficient(4), c3 = coefficient(3), c2 = coefficient(2), c1 = coefficient(1);
  const end = p + bytes;
  for (; p + 32 <= end; p += 32) {
    const x = powerOfTwo(mul(sub(load4(p), top), scale), low, high, magic, c5, c4, c3, c2, c1, one);
    const y = powerOfTwo(mul(sub(v128.load(p, 16), top), scale), low, high, magic, c5, c4, c3, c2, c1, one);
    v128.store(p, x); v128.store(p, y, 16);
  }
  if (p < end) v128.store(p, exp4(sub(load4(p), top)));
}
