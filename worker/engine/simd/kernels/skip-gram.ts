/**
 * Skip-gram with negative sampling (Mikolov et al. 2013, Eq. 4) over word rows and subword rows (Bojanowski et al. 2017, Eq. 1).
 * Threads write the shared tables without locks (Hogwild, Recht et al. 2011): an update may be lost, none is ever torn within a number.
 * Rows are multiples of 32 bytes, so that every loop takes two vectors a turn.
 */
import { add, fma, load4, mul, splat, sub, word } from "./access";
import { sigmoid4 } from "./activations";

/** In the stream of words: ends a sentence. */
const sentenceEnd: u32 = 0xffffffff;

// The plan, shared by all jobs: words of 4 bytes.
@inline function inputTable(plan: usize): usize { return word(plan, 0); }
@inline function outputTable(plan: usize): usize { return word(plan, 1); }
@inline function rowBytes(plan: usize): usize { return word(plan, 2); }
@inline function windowOf(plan: usize): u32 { return word(plan, 3); }
@inline function negativesOf(plan: usize): u32 { return word(plan, 4); }
/** Alias table {threshold, other word} of the noise distribution, one entry a word. */
@inline function noiseTable(plan: usize): usize { return word(plan, 5); }
/** A word is kept where a 32-bit draw is at most its number here. */
@inline function keepTable(plan: usize): usize { return word(plan, 6); }
/** Row numbers of word w's subwords are subwords[offsets[w]] up to subwords[offsets[w + 1]]; 0: no subwords. */
@inline function subwordOffsets(plan: usize): usize { return word(plan, 7); }
@inline function subwordRows(plan: usize): usize { return word(plan, 8); }
@inline function wordsOf(plan: usize): u32 { return word(plan, 9); }
/** Outputs of one centre at most, a multiple of four. */
@inline function outputCapacity(plan: usize): usize { return word(plan, 10); }

/** 64-bit linear congruential step (Knuth, MMIX); the upper half is the draw. */
@inline function step(state: u64): u64 { return state * 6364136223846793005 + 1442695040888963407; }
@inline function draw(state: u64): u32 { return <u32>(state >> 32); }

/** A word of the noise distribution: the draw's whole part picks an entry, its fraction decides between the entry and its other word. */
@inline function noiseWord(table: usize, words: u32, random: u32): u32 {
  const product = <u64>random * <u64>words, entry = <u32>(product >> 32), place = table + (<usize>entry << 3);
  return <u32>product <= load<u32>(place) ? entry : load<u32>(place, 4);
}

/** Job: plan, words, count, seed, rate bits, scratch. One pass over a stretch of text, each sentence ended by {@link sentenceEnd}. */
export function skipGramJob(j: usize): void {
  const plan: usize = word(j, 1), text: usize = word(j, 2), count = word(j, 3), rate = reinterpret<f32>(word(j, 5)), scratch: usize = word(j, 6);
  const bytes = rowBytes(plan), capacity = outputCapacity(plan) << 2, window = windowOf(plan), keep = keepTable(plan);
  const kept = scratch + 2 * bytes + 2 * capacity;
  let state = step(<u64>word(j, 4)), at: u32 = 0;
  while (at < count) {
    let length: u32 = 0;
    for (; at < count; at++) {
      const id = word(text, at);
      if (id == sentenceEnd) { at++; break; }
      state = step(state);
      if (draw(state) <= word(keep, id)) { store<u32>(kept + (<usize>length << 2), id); length++; }
    }
    for (let i: u32 = 0; i < length; i++) {
      state = step(state);
      // The window's radius is drawn anew for each centre, as in word2vec: near words count more.
      const radius: u32 = 1 + <u32>((<u64>draw(state) * <u64>window) >> 32);
      const first: u32 = i > radius ? i - radius : 0, last = min<u32>(length - 1, i + radius);
      if (first == last) continue;
      state = centre(plan, kept, i, first, last, rate, scratch, state);
    }
  }
}

/** Word `i` of the sentence against the words from `first` to `last` and their noise. Returns the state of the draws. */
function centre(plan: usize, kept: usize, i: u32, first: u32, last: u32, rate: f32, scratch: usize, state: u64): u64 {
  const bytes = rowBytes(plan), table = outputTable(plan), noise = noiseTable(plan), words = wordsOf(plan), negatives = negativesOf(plan);
  const gradient = scratch + bytes, outputs = gradient + bytes, wanted = outputs + (outputCapacity(plan) << 2);
  let count: usize = 0;
  for (let k = first; k <= last; k++) {
    if (k == i) continue;
    const context = word(kept, k);
    store<u32>(outputs + count, <u32>(table + <usize>context * bytes)); store<f32>(wanted + count, 1); count += 4;
    for (let n: u32 = 0; n < negatives; n++) {
      state = step(state);
      const other = noiseWord(noise, words, draw(state));
      if (other == context) continue;
      store<u32>(outputs + count, <u32>(table + <usize>other * bytes)); store<f32>(wanted + count, 0); count += 4;
    }
  }
  // Fill up to four with the row of zeros behind the table: its sigmoid is one half, so its gradient is nothing.
  for (; count & 15; count += 4) { store<u32>(outputs + count, <u32>(table + <usize>words * bytes)); store<f32>(wanted + count, 0.5); }
  const id = word(kept, i), offsets = subwordOffsets(plan), row = inputTable(plan) + <usize>id * bytes;
  let hidden = row;
  if (offsets) { hidden = scratch; meanOfRows(plan, id, row, scratch); }
  memory.fill(gradient, 0, bytes);
  for (let at: usize = 0; at < count; at += 16) fourOutputs(hidden, gradient, bytes, outputs + at, load4(wanted + at), rate);
  addTo(row, gradient, bytes);
  if (offsets) {
    const end = word(offsets, id + 1), rows = subwordRows(plan);
    for (let s = word(offsets, id); s < end; s++) addTo(inputTable(plan) + <usize>word(rows, s) * bytes, gradient, bytes);
  }
  return state;
}

/** out = mean of the word's own row and its subwords' rows. */
function meanOfRows(plan: usize, id: u32, row: usize, out: usize): void {
  const bytes = rowBytes(plan), offsets = subwordOffsets(plan), rows = subwordRows(plan), begin = word(offsets, id), end = word(offsets, id + 1);
  memory.copy(out, row, bytes);
  for (let s = begin; s < end; s++) addTo(out, inputTable(plan) + <usize>word(rows, s) * bytes, bytes);
  const rowCount: u32 = 1 + end - begin, share = splat(<f32>1 / <f32>rowCount);
  for (let k: usize = 0; k < bytes; k += 16) v128.store(out + k, mul(load4(out + k), share));
}

function addTo(sum: usize, x: usize, bytes: usize): void {
  for (let k: usize = 0; k < bytes; k += 32) {
    const a = add(load4(sum + k), load4(x + k)), b = add(v128.load(sum + k, 16), v128.load(x + k, 16));
    v128.store(sum + k, a); v128.store(sum + k, b, 16);
  }
}

/** Four outputs at once share the loads of the hidden vector: gᵢ = (wantedᵢ − σ(h·oᵢ))·rate; gradient += Σ gᵢ oᵢ; oᵢ += gᵢ h. */
function fourOutputs(hidden: usize, gradient: usize, bytes: usize, outputs: usize, wanted: v128, rate: f32): void {
  const o0: usize = load<u32>(outputs), o1: usize = load<u32>(outputs, 4), o2: usize = load<u32>(outputs, 8), o3: usize = load<u32>(outputs, 12);
  let s0 = splat(0), s1 = splat(0), s2 = splat(0), s3 = splat(0);
  for (let k: usize = 0; k < bytes; k += 16) {
    const h = load4(hidden + k);
    s0 = fma(h, load4(o0 + k), s0); s1 = fma(h, load4(o1 + k), s1); s2 = fma(h, load4(o2 + k), s2); s3 = fma(h, load4(o3 + k), s3);
  }
  const s01 = add(v128.shuffle<f32>(s0, s1, 0, 4, 1, 5), v128.shuffle<f32>(s0, s1, 2, 6, 3, 7));
  const s23 = add(v128.shuffle<f32>(s2, s3, 0, 4, 1, 5), v128.shuffle<f32>(s2, s3, 2, 6, 3, 7));
  const scores = add(v128.shuffle<f32>(s01, s23, 0, 1, 4, 5), v128.shuffle<f32>(s01, s23, 2, 3, 6, 7));
  const g = mul(sub(wanted, sigmoid4(scores)), splat(rate));
  const g0 = v128.shuffle<f32>(g, g, 0, 0, 0, 0), g1 = v128.shuffle<f32>(g, g, 1, 1, 1, 1), g2 = v128.shuffle<f32>(g, g, 2, 2, 2, 2), g3 = v128.shuffle<f32>(g, g, 3, 3, 3, 3);
  for (let k: usize = 0; k < bytes; k += 16) {
    const h = load4(hidden + k);
    // Each is stored before the next is loaded: two of the four may be the same word.
    const x0 = load4(o0 + k); v128.store(o0 + k, fma(g0, h, x0));
    const x1 = load4(o1 + k); v128.store(o1 + k, fma(g1, h, x1));
    const x2 = load4(o2 + k); v128.store(o2 + k, fma(g2, h, x2));
    const x3 = load4(o3 + k); v128.store(o3 + k, fma(g3, h, x3));
    v128.store(gradient + k, fma(g3, x3, fma(g2, x2, fma(g1, x1, fma(g0, x0, load4(gradient + k))))));
  }
}
