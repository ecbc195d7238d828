/** Loss, gate mix, gradient norm and Adam: what a training step does besides products and recurrences. */
import { add, fma, horizontal, load4, mul, put, real, splat, sub, word } from "./access";
import { expRow, sigmoidRow } from "./activations";

/** Job: logits[n,stride], stride, K, tags, n, 1/N bits, loss slot. In place: logits become dL/dlogits of the mean cross-entropy; pads become 0. */
export function crossEntropyJob(j: usize): void {
  const logits: usize = word(j, 1), stride: usize = word(j, 2), K = word(j, 3), tags: usize = word(j, 4), n = word(j, 5), inverse = reinterpret<f32>(word(j, 6));
  const padded = <u32>(stride >> 2);
  let total: f32 = 0;
  for (let r: u32 = 0; r < n; r++) {
    const q = logits + <usize>r * stride, gold = word(tags, r);
    let highest = real(q, 0);
    for (let k: u32 = 1; k < K; k++) highest = max(highest, real(q, k));
    const goldLogit = real(q, gold) - highest;
    for (let k = K; k < padded; k++) put(q, k, -Infinity);
    const top = splat(highest);
    expRow(q, stride, top);
    for (let k = K; k < padded; k++) put(q, k, 0);
    let sums = splat(0);
    for (let k: u32 = 0; k < padded; k += 4) sums = add(sums, load4(q + (<usize>k << 2)));
    const sum = horizontal(sums), scale = splat(inverse / sum);
    for (let k: u32 = 0; k < padded; k += 4) v128.store(q + (<usize>k << 2), mul(load4(q + (<usize>k << 2)), scale));
    put(q, gold, real(q, gold) - inverse);
    total += Mathf.log(sum) - goldLogit;
  }
  put(word(j, 7), 0, total * inverse);
}
/** Job: z (gate values out), a, b, out, n. out = (1−σ(z))·b + σ(z)·a (DTN Eq. 2, 4). */
export function gateForwardJob(j: usize): void {
  const z: usize = word(j, 1), a: usize = word(j, 2), b: usize = word(j, 3), out: usize = word(j, 4), bytes = <usize>word(j, 5) << 2;
  sigmoidRow(z, z, (bytes + 15) & ~15);
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = load4(b + i);
    v128.store(out + i, fma(load4(z + i), sub(load4(a + i), y), y));
  }
}
/** Job: dout, g, a, b, dz out, da out, db out, n. */
export function gateBackwardJob(j: usize): void {
  const d: usize = word(j, 1), g: usize = word(j, 2), a: usize = word(j, 3), b: usize = word(j, 4), dz: usize = word(j, 5), da: usize = word(j, 6), db: usize = word(j, 7);
  const bytes = <usize>word(j, 8) << 2, one = splat(1);
  for (let i: usize = 0; i < bytes; i += 16) {
    const o = load4(d + i), gate = load4(g + i), x = mul(o, gate);
    v128.store(da + i, x);
    v128.store(db + i, sub(o, x));
    v128.store(dz + i, mul(mul(x, sub(one, gate)), sub(load4(a + i), load4(b + i))));
  }
}
/** Sums of squares, four vectors at a time: one would wait for its own last addition. */
@inline function sumOfSquares(g: usize, n: u32): f32 {
  let s0 = splat(0), s1 = splat(0), s2 = splat(0), s3 = splat(0), i: u32 = 0, tail: f32 = 0;
  for (; i + 16 <= n; i += 16) {
    const p = g + (<usize>i << 2), a = load4(p), b = v128.load(p, 16), c = v128.load(p, 32), d = v128.load(p, 48);
    s0 = fma(a, a, s0); s1 = fma(b, b, s1); s2 = fma(c, c, s2); s3 = fma(d, d, s3);
  }
  for (; i < n; i++) tail += real(g, i) * real(g, i);
  return horizontal(add(add(s0, s1), add(s2, s3))) + tail;
}
/**
 * Job: gradient, n, norm slot, own weight (0: no twin), twin weight, 2λ bits, share slot, out (0: in place).
 * Sum of squares of the gradient; with a twin, of out = gradient + gradient of λ‖own − twin‖², where a gradient of 0 is none, and
 * ‖own − twin‖² goes to the share slot.
 */
export function squaredNormJob(j: usize): void {
  const g: usize = word(j, 1), n = word(j, 2), own: usize = word(j, 4), twin: usize = word(j, 5), k = reinterpret<f32>(word(j, 6));
  const out: usize = word(j, 8) ? word(j, 8) : g;
  if (!own) { put(word(j, 3), 0, sumOfSquares(g, n)); return; }
  const k4 = splat(k);
  let sum = splat(0), sum2 = splat(0), distance = splat(0), distance2 = splat(0), tail: f32 = 0, tailDistance: f32 = 0, i: u32 = 0;
  for (; i + 8 <= n; i += 8) {
    const o = <usize>i << 2, d = sub(load4(own + o), load4(twin + o)), d2 = sub(v128.load(own + o, 16), v128.load(twin + o, 16));
    let x = mul(d, k4), x2 = mul(d2, k4);
    if (g) { x = add(x, load4(g + o)); x2 = add(x2, v128.load(g + o, 16)); }
    v128.store(out + o, x); v128.store(out + o, x2, 16);
    sum = fma(x, x, sum); sum2 = fma(x2, x2, sum2);
    distance = fma(d, d, distance); distance2 = fma(d2, d2, distance2);
  }
  for (; i < n; i++) {
    const d = real(own, i) - real(twin, i), x = d * k + (g ? real(g, i) : <f32>0);
    put(out, i, x);
    tail += x * x; tailDistance += d * d;
  }
  put(word(j, 3), 0, horizontal(add(sum, sum2)) + tail);
  put(word(j, 7), 0, horizontal(add(distance, distance2)) + tailDistance);
}
/** Job: norm slots, count, out. The global norm, summed in order. */
export function globalNormJob(j: usize): void {
  const slots: usize = word(j, 1), count = word(j, 2);
  let sum: f32 = 0;
  for (let i: u32 = 0; i < count; i++) sum += real(slots, i);
  put(word(j, 3), 0, Mathf.sqrt(sum));
}
@inline function adam4(w: usize, x: v128, m: usize, v: usize, b1: v128, r1: v128, b2: v128, r2: v128, rate: v128, root: v128, epsilon: v128): void {
  const mm = fma(x, r1, mul(load4(m), b1)), vv = fma(mul(x, x), r2, mul(load4(v), b2));
  v128.store(m, mm); v128.store(v, vv);
  v128.store(w, sub(load4(w), f32x4.div(mul(rate, mm), fma(f32x4.sqrt(vv), root, epsilon))));
}
/**
 * Job: weight, gradient, m, v, rows index (0: dense), rows, columns, norm pointer (0: no clipping), settings.
 * Settings: learning rate, β1, β2, ε, 1−β1^t, 1−β2^t, clip norm. Buffers have slack up to a multiple of 4 columns when dense.
 */
export function adamJob(j: usize): void {
  const w: usize = word(j, 1), g: usize = word(j, 2), m: usize = word(j, 3), v: usize = word(j, 4), index: usize = word(j, 5), rows = word(j, 6), columns = word(j, 7);
  const norm: usize = word(j, 8), s: usize = word(j, 9);
  const clip: f32 = norm ? min(<f32>1, real(s, 6) / (load<f32>(norm) + 1e-6)) : 1;
  const scale = splat(clip), b1 = splat(real(s, 1)), r1 = splat(1 - real(s, 1)), b2 = splat(real(s, 2)), r2 = splat(1 - real(s, 2));
  const rate = splat(real(s, 0) / real(s, 4)), epsilon = splat(real(s, 3)), root = splat(1 / Mathf.sqrt(real(s, 5)));
  for (let r: u32 = 0; r < rows; r++) {
    const o = index ? <usize>word(index, r) * columns : <usize>r * columns, a = g + ((<usize>r * columns) << 2), at = o << 2;
    let k: u32 = 0;
    for (; k + 4 <= columns; k += 4) {
      const b = <usize>k << 2;
      adam4(w + at + b, mul(load4(a + b), scale), m + at + b, v + at + b, b1, r1, b2, r2, rate, root, epsilon);
    }
    for (; k < columns; k++) {
      const x = real(a, k) * clip, p = at + (<usize>k << 2);
      const mm = x * (1 - real(s, 1)) + load<f32>(m + p) * real(s, 1), vv = x * x * (1 - real(s, 2)) + load<f32>(v + p) * real(s, 2);
      store<f32>(m + p, mm); store<f32>(v + p, vv);
      store<f32>(w + p, load<f32>(w + p) - real(s, 0) / real(s, 4) * mm / (Mathf.sqrt(vv) / Mathf.sqrt(real(s, 5)) + real(s, 3)));
    }
  }
}
