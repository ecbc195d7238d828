/**
 * The two shaders of an LSTM over packed rows: one workgroup takes one direction of one layer through all tokens of one
 * sentence, or of four neighbours, so nothing waits for another workgroup and a pass is a single dispatch.
 */

/** What a shader is built for; everything else is a uniform. */
export interface LstmShape {
  readonly hidden: number;
  /** Directions of a layer, 1 or 2. */
  readonly directions: number;
  /** Sentences a workgroup reads at once: 4 share every weight they read, 1 spreads a small batch wider. */
  readonly lanes: 1 | 4;
  readonly threads: number;
}

/** Numbers in workgroup memory, in bytes, that the larger of the two shaders takes. */
export function workgroupBytes(hidden: number, lanes: 1 | 4): number {
  const arraysOfH = 9;
  return arraysOfH * hidden * lanes * Float32Array.BYTES_PER_ELEMENT + Int32Array.BYTES_PER_ELEMENT;
}

export function shapeKey({ hidden, directions, lanes, threads }: LstmShape): string {
  return `H${hidden} D${directions} L${lanes} W${threads}`;
}

/**
 * Forward. Inputs, Q = layers · directions, S sources: projected [Q,S,4H] (what x·kernel gives for each source), bias
 * [Q,4H], recurrent [Q,H,4H], places (see {@link layoutCode}). Result, the trace: hidden states, layer by layer [N,D·H];
 * gates after activation [Q,N,4H] in the order i, f, g, o; cells [Q,N,H].
 */
export function forwardCode(shape: LstmShape): string {
  return `
${layoutCode(shape)}
${traceCode()}
var<workgroup> hiddenState : array<Lanes, H>;
var<workgroup> cellState : array<Lanes, H>;
var<workgroup> gates : array<Lanes, 4 * H>;

fn sigmoid(x : Lanes) -> Lanes { return 1.0 / (1.0 + exp(-x)); }
// Some drivers' tanh overflows where it has long been 1.
fn squash(x : Lanes) -> Lanes { return tanh(clamp(x, Lanes(-15.0), Lanes(15.0))); }

fn main(index : i32) {
  let q = i32(workgroupId.y);
  let first = i32(workgroupId.x) * ${shape.lanes};
  let me = i32(localIndex);
  for (var u = me; u < H; u += THREADS) {
    hiddenState[u] = Lanes(0.0);
    cellState[u] = Lanes(0.0);
  }
  if (me == 0) { groupSteps = places[first]; }
  let steps = workgroupUniformLoad(&groupSteps);
  for (var k = 0; k < steps; k++) {
    ${eachLane(shape, (lane) => `let row${lane} = rowRead(first + ${lane}, k, q);`)}
    for (var j = me; j < 4 * H; j += THREADS) {
      var sum = Lanes(bias[q * 4 * H + j]);
      ${eachLane(
        shape,
        (lane, of) =>
          `if (row${lane} >= 0) { ${of('sum')} += projected[(q * uniforms.sources + sourceOf(row${lane})) * 4 * H + j]; }`,
      )}
      var weight = q * H * 4 * H + j;
      for (var u = 0; u < H; u++) {
        sum += hiddenState[u] * recurrent[weight];
        weight += 4 * H;
      }
      gates[j] = sum;
    }
    workgroupBarrier();
    for (var u = me; u < H; u += THREADS) {
      let i = sigmoid(gates[u]);
      let f = sigmoid(gates[H + u]);
      let g = squash(gates[2 * H + u]);
      let o = sigmoid(gates[3 * H + u]);
      let c = f * cellState[u] + i * g;
      let h = o * squash(c);
      cellState[u] = c;
      hiddenState[u] = h;
      ${eachLane(
        shape,
        (lane, of) => `if (row${lane} >= 0) {
        result[hiddenAt(q, row${lane}) + u] = ${of('h')};
        result[cellAt(q, row${lane}) + u] = ${of('c')};
        let at = gatesAt(q, row${lane}) + u;
        result[at] = ${of('i')};
        result[at + H] = ${of('f')};
        result[at + 2 * H] = ${of('g')};
        result[at + 3 * H] = ${of('o')};
      }`,
      )}
    }
    workgroupBarrier();
  }
}`;
}

/**
 * Backward. Inputs: trace, dy (of the hidden states, laid out as they are), transposed [Q,4H,H] (the recurrent weights,
 * turned), places. Result: the gradient of the gates before activation, [Q,N,4H].
 */
export function backwardCode(shape: LstmShape): string {
  return `
${layoutCode(shape)}
${traceCode()}
var<workgroup> gateGradient : array<Lanes, 4 * H>;
// What the token read next gives back to each unit's state, one sum for each of its gates.
var<workgroup> givenBack : array<Lanes, 4 * H>;
var<workgroup> cellGradient : array<Lanes, H>;

fn main(index : i32) {
  let q = i32(workgroupId.y);
  let first = i32(workgroupId.x) * ${shape.lanes};
  let me = i32(localIndex);
  for (var u = me; u < H; u += THREADS) { cellGradient[u] = Lanes(0.0); }
  for (var j = me; j < 4 * H; j += THREADS) { givenBack[j] = Lanes(0.0); }
  if (me == 0) { groupSteps = places[first]; }
  let steps = workgroupUniformLoad(&groupSteps);
  for (var k = steps - 1; k >= 0; k--) {
    ${eachLane(
      shape,
      (lane) => `let row${lane} = rowRead(first + ${lane}, k, q);
    let before${lane} = rowRead(first + ${lane}, k - 1, q);`,
    )}
    for (var u = me; u < H; u += THREADS) {
      // A sentence that has not begun (it is read from its end) keeps gradients of zero.
      var i = Lanes(0.0);
      var f = Lanes(0.0);
      var g = Lanes(0.0);
      var o = Lanes(0.0);
      var c = Lanes(0.0);
      var cBefore = Lanes(0.0);
      var dh = givenBack[u] + givenBack[H + u] + givenBack[2 * H + u] + givenBack[3 * H + u];
      ${eachLane(
        shape,
        (lane, of) => `if (row${lane} >= 0) {
        let at = gatesAt(q, row${lane}) + u;
        ${of('i')} = trace[at];
        ${of('f')} = trace[at + H];
        ${of('g')} = trace[at + 2 * H];
        ${of('o')} = trace[at + 3 * H];
        ${of('c')} = trace[cellAt(q, row${lane}) + u];
        ${of('dh')} += dy[hiddenAt(q, row${lane}) + u];
      }
      if (before${lane} >= 0) { ${of('cBefore')} = trace[cellAt(q, before${lane}) + u]; }`,
      )}
      let squashed = tanh(clamp(c, Lanes(-15.0), Lanes(15.0)));
      let dc = cellGradient[u] + dh * o * (1.0 - squashed * squashed);
      cellGradient[u] = dc * f;
      let di = dc * g * i * (1.0 - i);
      let df = dc * cBefore * f * (1.0 - f);
      let dg = dc * i * (1.0 - g * g);
      let do_ = dh * squashed * o * (1.0 - o);
      gateGradient[u] = di;
      gateGradient[H + u] = df;
      gateGradient[2 * H + u] = dg;
      gateGradient[3 * H + u] = do_;
      ${eachLane(
        shape,
        (lane, of) => `if (row${lane} >= 0) {
        let to = (q * uniforms.rows + row${lane}) * 4 * H + u;
        result[to] = ${of('di')};
        result[to + H] = ${of('df')};
        result[to + 2 * H] = ${of('dg')};
        result[to + 3 * H] = ${of('do_')};
      }`,
      )}
    }
    workgroupBarrier();
    for (var j = me; j < 4 * H; j += THREADS) {
      let gate = j / H;
      var weight = (q * 4 + gate) * H * H + j % H;
      var sum = Lanes(0.0);
      for (var u = gate * H; u < (gate + 1) * H; u++) {
        sum += gateGradient[u] * transposed[weight];
        weight += H;
      }
      givenBack[j] = sum;
    }
    workgroupBarrier();
  }
}`;
}

/** One piece of code for each lane; `of` writes a lane of a variable. */
function eachLane({ lanes }: LstmShape, code: (lane: number, of: (variable: string) => string) => string): string {
  return Array.from({ length: lanes }, (_, lane) =>
    code(lane, (variable) => (lanes === 1 ? variable : `${variable}[${lane}]`)),
  ).join('\n      ');
}

/**
 * `places` holds the sentences' lengths (decreasing), the row of the first sentence at each token, and the source of each
 * row. A direction's k-th token is the sentence's own k-th from its start or, read backwards, from its end.
 */
function layoutCode({ hidden, directions, lanes, threads }: LstmShape): string {
  return `
alias Lanes = ${lanes === 1 ? 'f32' : `vec${lanes}<f32>`};
const H = ${hidden};
const DIRECTIONS = ${directions};
const THREADS = ${threads};
var<workgroup> groupSteps : i32;

// The row of the k-th token that direction q reads of a sentence; -1 before its start and past its end.
fn rowRead(sentence : i32, k : i32, q : i32) -> i32 {
  if (sentence >= uniforms.sentences) { return -1; }
  let length = places[sentence];
  if (k < 0 || k >= length) { return -1; }
  let t = select(k, length - 1 - k, q % DIRECTIONS == 1);
  return places[uniforms.sentences + t] + sentence;
}
fn sourceOf(row : i32) -> i32 { return places[uniforms.sentences + uniforms.longest + row]; }
`;
}

/** Where a row's numbers lie in the trace; see {@link forwardCode}. */
export function traceCode(): string {
  return `
fn hiddenAt(q : i32, row : i32) -> i32 {
  return ((q / DIRECTIONS) * uniforms.rows + row) * DIRECTIONS * H + (q % DIRECTIONS) * H;
}
fn gatesAt(q : i32, row : i32) -> i32 { return uniforms.planes * uniforms.rows * H + (q * uniforms.rows + row) * 4 * H; }
fn cellAt(q : i32, row : i32) -> i32 { return uniforms.planes * uniforms.rows * 5 * H + (q * uniforms.rows + row) * H; }
`;
}
