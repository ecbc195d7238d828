/** Loads, stores and vector shorthands that every kernel uses; a job is a row of 24 words in shared memory. */
import { fma } from "../build/fma";

export { fma };
@inline export function load4(p: usize): v128 { return v128.load(p); }
@inline export function word(p: usize, i: u32): u32 { return load<u32>(p + (<usize>i << 2)); }
@inline export function real(p: usize, i: u32): f32 { return load<f32>(p + (<usize>i << 2)); }
@inline export function put(p: usize, i: u32, x: f32): void { store<f32>(p + (<usize>i << 2), x); }
@inline export function splat(x: f32): v128 { return f32x4.splat(x); }
@inline export function add(a: v128, b: v128): v128 { return f32x4.add(a, b); }
@inline export function sub(a: v128, b: v128): v128 { return f32x4.sub(a, b); }
@inline export function mul(a: v128, b: v128): v128 { return f32x4.mul(a, b); }

/** Sum of the four lanes, in a fixed order. */
@inline export function horizontal(a: v128): f32 {
  return (f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1)) + (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3));
}
