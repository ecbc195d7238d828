/** The AdaGrad update of dense weights or of single rows of a table. */
import { add, fma, load4, mul, real, splat, sub, word } from "./access";

/**
 * Job: weight, gradient, sums of squares, rows index (0: dense), rows, columns, norm pointer (0: no clipping), settings.
 * Settings: learning rate, ε, clip norm.
 */
export function adagradJob(j: usize): void {
  const w: usize = word(j, 1), g: usize = word(j, 2), squares: usize = word(j, 3), index: usize = word(j, 4), rows = word(j, 5), columns = word(j, 6);
  const norm: usize = word(j, 7), s: usize = word(j, 8);
  const clip: f32 = norm ? min(<f32>1, real(s, 2) / (load<f32>(norm) + 1e-6)) : 1;
  const scale = splat(clip), rate = splat(real(s, 0)), epsilon = splat(real(s, 1));
  for (let r: u32 = 0; r < rows; r++) {
    const o = index ? <usize>word(index, r) * columns : <usize>r * columns, a = g + ((<usize>r * columns) << 2), at = o << 2;
    let k: u32 = 0;
    for (; k + 4 <= columns; k += 4) {
      const b = <usize>k << 2, x = mul(load4(a + b), scale), sum = fma(x, x, load4(squares + at + b));
      v128.store(squares + at + b, sum);
      v128.store(w + at + b, sub(load4(w + at + b), f32x4.div(mul(rate, x), add(f32x4.sqrt(sum), epsilon))));
    }
    for (; k < columns; k++) {
      const x = real(a, k) * clip, p = at + (<usize>k << 2), sum = load<f32>(squares + p) + x * x;
      store<f32>(squares + p, sum);
      store<f32>(w + p, load<f32>(w + p) - real(s, 0) * x / (Mathf.sqrt(sum) + real(s, 1)));
    }
  }
}
