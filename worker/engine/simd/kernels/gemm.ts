/** Matrix product over packed 16-column panels, and the packing and transposing that feed it. */
import { tile16, tile8 } from "../build/micro";
import { load4, put, real, word } from "./access";

let scratch: usize = 0;
let wide: bool = false;

/** `scratchPointer`: 512 private bytes of this thread. `useWide`: one 6×16 tile instead of two 6×8 (for 256-bit registers). */
export function configureGemm(scratchPointer: usize, useWide: bool): void {
  scratch = scratchPointer;
  wide = useWide;
}

/**
 * C[M,N] = A[M,K] · B (+ D[M,N]); row strides in bytes, B packed by `pack` or `packTransposed`.
 * D with stride 0 is a bias row; D = C accumulates.
 */
export function gemm(A: usize, aStride: usize, B: usize, K: u32, C: usize, cStride: usize, D: usize, dStride: usize, M: u32, N: u32): void {
  if (!M) return;
  const blocks = (M + 5) / 6, base = M / blocks, extra = M % blocks, panels = (N + 15) >> 4;
  for (let p: u32 = 0; p < panels; p++) {
    const b = B + <usize>(p * K) * 64;
    const columns = N - (p << 4);
    let m: u32 = 0;
    for (let q: u32 = 0; q < blocks; q++) {
      const rows = base + (q < extra ? 1 : 0);
      const a = A + <usize>m * aStride, c = C + <usize>m * cStride + <usize>p * 64;
      const d = D ? D + <usize>m * dStride + <usize>p * 64 : 0;
      if (columns >= 16) {
        if (wide) tile16(rows, a, aStride, b, c, cStride, d, dStride, K);
        else {
          tile8(rows, a, aStride, b, c, cStride, d, dStride, K);
          tile8(rows, a, aStride, b + 32, c + 32, cStride, d ? d + 32 : 0, dStride, K);
        }
      } else ragged(rows, columns, a, aStride, b, c, cStride, d, dStride, K);
      m += rows;
    }
  }
}
/** The last panel when N is no multiple of 16: computed into scratch, copied element by element. */
function ragged(rows: u32, columns: u32, a: usize, aStride: usize, b: usize, c: usize, cStride: usize, d: usize, dStride: usize, K: u32): void {
  const t = scratch;
  if (wide) tile16(rows, a, aStride, b, t, 64, 0, 0, K);
  else {
    tile8(rows, a, aStride, b, t, 64, 0, 0, K);
    if (columns > 8) tile8(rows, a, aStride, b + 32, t + 32, 64, 0, 0, K);
  }
  for (let i: u32 = 0; i < rows; i++) {
    for (let j: u32 = 0; j < columns; j++) {
      const x = real(t + <usize>i * 64, j);
      put(c + <usize>i * cStride, j, d ? x + real(d + <usize>i * dStride, j) : x);
    }
  }
}
/** Job: A, aStride, B, K, C, cStride, D, dStride, M, N. */
export function gemmJob(j: usize): void {
  gemm(word(j, 1), word(j, 2), word(j, 3), word(j, 4), word(j, 5), word(j, 6), word(j, 7), word(j, 8), word(j, 9), word(j, 10));
}
@inline function copyLine(source: usize, out: usize): void {
  const a = load4(source), b = v128.load(source, 16), c = v128.load(source, 32), d = v128.load(source, 48);
  v128.store(out, a); v128.store(out, b, 16); v128.store(out, c, 32); v128.store(out, d, 48);
}
/** Job: B[K,N], stride, K, N, out. Panels of 16 columns, zero-filled at the right edge. */
export function packJob(j: usize): void {
  const B: usize = word(j, 1), stride: usize = word(j, 2), K = word(j, 3), N = word(j, 4), panel = <usize>K << 6;
  let out: usize = word(j, 5), p: u32 = 0;
  // Four panels at a time: rows lie far apart, so each visit to one should read more than a cache line.
  for (; p + 64 <= N; p += 64) {
    let row = B + (<usize>p << 2), o = out;
    for (let k: u32 = 0; k < K; k++) {
      copyLine(row, o); copyLine(row + 64, o + panel); copyLine(row + 128, o + 2 * panel); copyLine(row + 192, o + 3 * panel);
      o += 64; row += stride;
    }
    out += panel << 2;
  }
  for (; p < N; p += 16) {
    let row = B + (<usize>p << 2);
    const columns = N - p;
    for (let k: u32 = 0; k < K; k++) {
      if (columns >= 16) copyLine(row, out);
      else for (let c: u32 = 0; c < 16; c++) put(out, c, c < columns ? real(row, c) : 0);
      out += 64; row += stride;
    }
  }
}
@inline function transpose4(source: usize, sourceStride: usize, out: usize, outStride: usize): void {
  const a = load4(source), b = load4(source + sourceStride), c = load4(source + 2 * sourceStride), d = load4(source + 3 * sourceStride);
  const x = v128.shuffle<f32>(a, b, 0, 4, 1, 5), y = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const z = v128.shuffle<f32>(c, d, 0, 4, 1, 5), w = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<f32>(x, z, 0, 1, 4, 5));
  v128.store(out + outStride, v128.shuffle<f32>(x, z, 2, 3, 6, 7));
  v128.store(out + 2 * outStride, v128.shuffle<f32>(y, w, 0, 1, 4, 5));
  v128.store(out + 3 * outStride, v128.shuffle<f32>(y, w, 2, 3, 6, 7));
}
/** Job: B[N,K], stride, K, N, out. Packs the transpose of B. */
export function packTransposedJob(j: usize): void {
  const B: usize = word(j, 1), stride: usize = word(j, 2), K = word(j, 3), N = word(j, 4);
  let out: usize = word(j, 5);
  for (let p: u32 = 0; p < N; p += 16) {
    const columns = N - p, source = B + <usize>p * stride;
    let k: u32 = 0;
    if (columns >= 16) for (; k + 4 <= K; k += 4) {
      for (let c: u32 = 0; c < 16; c += 4) transpose4(source + <usize>c * stride + (<usize>k << 2), stride, out + (<usize>c << 2), 64);
      out += 256;
    }
    for (; k < K; k++) {
      for (let c: u32 = 0; c < 16; c++) put(out, c, c < columns ? real(source + <usize>c * stride, k) : 0);
      out += 64;
    }
  }
}
/** Job: A[M,N], stride, M, N, out[N,M], outStride. */
export function transposeJob(j: usize): void {
  const A: usize = word(j, 1), stride: usize = word(j, 2), M = word(j, 3), N = word(j, 4);
  const out: usize = word(j, 5), outStride: usize = word(j, 6);
  let m: u32 = 0;
  for (; m + 4 <= M; m += 4) {
    const source = A + <usize>m * stride;
    let n: u32 = 0;
    for (; n + 4 <= N; n += 4) transpose4(source + (<usize>n << 2), stride, out + <usize>n * outStride + (<usize>m << 2), outStride);
    for (; n < N; n++) for (let i: u32 = 0; i < 4; i++) put(out + <usize>n * outStride, m + i, real(source + <usize>i * stride, n));
  }
  for (; m < M; m++) for (let n: u32 = 0; n < N; n++) put(out + <usize>n * outStride, m, real(A + <usize>m * stride, n));
}
