/** Tagging with frozen weights on the simd backend: a batch goes through the whole network on one thread, several side by side. */
import { setImmediate } from 'node:timers/promises';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { DecodedTags } from '../ops/decode.ts';
import { registerInference, type Inference, type InferenceBatch, type InferenceSpec } from '../ops/inference.ts';
import type { SimdBackend } from './backend.ts';
import { Chain } from './chain.ts';
import type { Pointer } from './heap.ts';
import { chainEncoder, layOutEncoder, type EncoderWeights } from './inference-encoder.ts';
import { chainScores, layOutScorer, queueBestPaths, type ScorerWeights } from './inference-scorer.ts';
import { WeightBuilder, type DecoderWeights } from './inference-weights.ts';
import { kind, type JobQueue } from './jobs.ts';
import { multiply } from './matrix.ts';

/** Words whose projections lie in one piece of memory. */
const wordsPerBlock = 512;

/** Register inference with the simd backend. */
export function registerSimdInference(backend: SimdBackend): void {
  registerInference('simd', (spec) => new SimdInference(backend, spec));
}

class SimdInference implements Inference {
  private readonly backend: SimdBackend;
  private readonly encoder: EncoderWeights;
  private readonly decoder: DecoderWeights | ScorerWeights;
  private readonly owned: readonly Pointer[];
  private blocks: Pointer[] = [];
  private words = 0;

  constructor(backend: SimdBackend, spec: InferenceSpec) {
    this.backend = backend;
    const builder = new WeightBuilder(backend.queue);
    this.encoder = layOutEncoder(builder, spec);
    this.decoder =
      'crf' in spec.decoder
        ? layOutScorer(builder, spec.decoder, this.encoder)
        : builder.decoder(spec.decoder, this.encoder);
    backend.queue.flush();
    this.owned = builder.owned;
  }

  get width(): number {
    return this.backend.queue.threads;
  }

  get bytes(): number {
    return this.blocks.length * wordsPerBlock * this.encoder.input.N * 4;
  }

  project(x: Tensor2D): Int32Array {
    const { queue } = this.backend;
    const { input } = this.encoder;
    const [W, I] = x.shape;
    const addresses = new Int32Array(W);
    for (let first = 0; first < W;) {
      const place = this.words % wordsPerBlock;
      if (place === 0) this.blocks.push(queue.heap.allocate(wordsPerBlock * input.N));
      const out = (this.blocks.at(-1) ?? 0) + place * input.N * 4;
      const count = Math.min(W - first, wordsPerBlock - place);
      multiply(queue, this.backend.pointer(x) + first * I * 4, count, input, out, { add: input.bias });
      for (let i = 0; i < count; i++) addresses[first + i] = out + i * input.N * 4;
      first += count;
      this.words += count;
    }
    queue.flush();
    return addresses;
  }

  forget(): void {
    this.backend.flush();
    for (const block of this.blocks) this.backend.queue.heap.release(block);
    this.blocks = [];
    this.words = 0;
  }

  async tag(batches: readonly InferenceBatch[]): Promise<DecodedTags[]> {
    const { queue } = this.backend;
    let results: Queued[] = queue.together(() =>
      batches.map((batch) => queueBatch(queue, this.encoder, this.decoder, batch)),
    );
    // With more than one batch a thread the caller's other work (reading, writing) has its turn while the helpers compute.
    if (batches.length > this.width) await giveWay(queue);
    queue.flush();
    const { decoder } = this;
    if ('transitions' in decoder) {
      results = batches.map(({ rows }, i) => queueBestPaths(queue, decoder, rows, results[i]?.scores ?? 0));
      queue.flush();
    }
    const { i32, f32 } = queue.heap;
    return results.map(({ tags, probabilities }, i): DecodedTags => {
      const count = batches[i]?.rows.rows ?? 0;
      return {
        tags: i32.slice(tags >> 2, (tags >> 2) + count),
        probabilities: f32.slice(probabilities >> 2, (probabilities >> 2) + count),
      };
    });
  }

  dispose(): void {
    this.forget();
    for (const pointer of this.owned) this.backend.queue.heap.release(pointer);
  }
}

/** Turns of the event loop, each a few microseconds when there is nothing to do. */
const mostTurns = 64;

/** Let the event loop do what waits there while the helpers work, until they are done or little waits. */
async function giveWay(queue: JobQueue): Promise<void> {
  for (let turn = 0; turn < mostTurns && !queue.isDone; turn++) await setImmediate();
}

/** What a batch's chain leaves: tags, or the scores that they are chosen by. */
interface Queued {
  readonly tags: Pointer;
  readonly probabilities: Pointer;
  readonly scores?: Pointer;
}

/** Queue a batch's whole way through the network as one job; where sequences are scored, all but the choice of the best. */
function queueBatch(
  queue: JobQueue,
  encoder: EncoderWeights,
  decoder: DecoderWeights | ScorerWeights,
  batch: InferenceBatch,
): Queued {
  const { heap } = queue;
  const [N, B, T] = [batch.rows.rows, batch.rows.sentences, batch.rows.steps.length];
  const chain = new Chain();
  const hidden = chainEncoder(chain, heap, encoder, batch);
  if ('transitions' in decoder) {
    const scores = chainScores(chain, heap, decoder, hidden, N);
    chain.queue(queue);
    return { tags: 0, probabilities: 0, scores };
  }
  const { input } = decoder;
  const fromWord = heap.temporary(N * input.N);
  const stride = encoder.parts * encoder.P * 4;
  const steps = heap.integers(batch.rows.steps);
  chain.push(kind.gemm, hidden, stride, input.pointer, input.K, fromWord, input.N * 4, input.bias, 0, N, input.N);
  // As the kernel divides it: logits, pre-activations, gates, first tags, the mixed output, cells and hidden states.
  const { P: p, cells: count, gateWidth: gate } = decoder;
  const work = heap.temporary(B * (decoder.stride + 4 * p + gate + 1 + p + 2 * count * p) + 16);
  const [tags, probabilities] = [heap.temporary(N), heap.temporary(N)];
  chain.push(kind.decodeInference, decoder.description, fromWord, steps, T, work, tags, probabilities);
  chain.queue(queue);
  return { tags, probabilities };
}
