/** The critic's side of training experts: steps of its own on batches of all tasks, so that it keeps telling them apart (alternating optimisation). */
import { engine, keep, tensor, tidy, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { batchStream, encodeBatch } from '../data/batches.ts';
import type { EncodedSentence, FormTable } from '../data/dataset.ts';
import { expertsOf, type Experts } from '../domain/experts.ts';
import { deriveSeed, seededRandom } from '../domain/random.ts';
import type { Task } from '../domain/task-names.ts';
import type { Engine } from '../engine/engine.ts';
import { criticLoss, isCritic } from '../model/discriminator.ts';
import { encodeCharacters, wordInput, wordOutputs } from '../model/encoders.ts';
import { gatherWordRows, type Network, type NetworkBatch } from '../model/network.ts';
import type { Parameters } from '../model/parameters.ts';
import type { Optimizer } from './optimizer.ts';

/** What a critic learns from. */
interface CriticSetup {
  readonly network: Network;
  readonly forms: FormTable;
  readonly sentences: ReadonlyMap<Task, readonly EncodedSentence[]>;
  readonly seed: number;
  readonly engine: Pick<Engine, 'endStep'>;
}

/** Sentences of all tasks in one batch, and whose each token is. */
export interface CriticBatch {
  readonly batch: NetworkBatch & { readonly distinctWords: Int32Array };
  /** Places of the tasks in the recipe [N]. */
  readonly tasks: Int32Array;
}

/**
 * The critic's turn before a step of the network, `criticSteps` batches; null for recipes without experts. The batches follow from the
 * seed; those of the first `stepsDone` turns are drawn and left, so that a training that goes on does so as it would have.
 */
export function criticTurns(setup: CriticSetup, optimizer: Optimizer, stepsDone: number): (() => Promise<void>) | null {
  const { network, engine: backend } = setup;
  const experts = expertsOf(network.recipe);
  if (experts === null) return null;
  const draw = drawer(setup);
  for (let i = 0; i < stepsDone * experts.criticSteps; i++) draw();
  return async () => {
    for (let i = 0; i < experts.criticSteps; i++) {
      await criticStep(network, optimizer, experts, criticBatch(setup, draw()));
      backend.endStep();
    }
  };
}

/** One step on a batch: the critic's weights alone are moved. Gives its loss. */
export async function criticStep(
  network: Network,
  optimizer: Optimizer,
  experts: Experts,
  { batch, tasks }: CriticBatch,
): Promise<number> {
  const { parameters } = network;
  const paths = [...parameters.keys()].filter(isCritic);
  const features = tidy(() => sharedFeatures(network, batch));
  const { value, grads } = engine().gradients(
    () => criticLoss(parameters, experts.adversary, features, tasks),
    paths.map((path) => parameters.get(path) as Tensor),
  );
  optimizer.applyAlone(new Map(paths.map((path, i) => [path, grads[i] as Tensor])));
  const [loss = NaN] = await value.data();
  for (const gone of [features, value, ...grads]) gone.dispose();
  if (experts.adversary === 'wgan') await clip(parameters, paths, experts.criticClip);
  return loss;
}

/** The shared copy's output [N, 2·hidden], without dropout and without gradients. */
function sharedFeatures(network: Network, batch: CriticBatch['batch']): Tensor2D {
  const { rows, wordIndex, formIndex, features } = batch;
  const characters = encodeCharacters(network, 'target', batch.tries, null);
  const wordRows = gatherWordRows(network, batch.distinctWords);
  const x = wordInput(network, rows, { wordRows, wordIndex, characters, formIndex, features }, null);
  const [shared] = wordOutputs(network, 'target', x, rows, null).outputs;
  return shared as Tensor2D;
}

/** Weights beyond ±limit are put back to it (Arjovsky et al. 2017, Algorithm 1). */
async function clip(parameters: Parameters, paths: readonly string[], limit: number): Promise<void> {
  for (const path of paths) {
    const before = parameters.get(path) as Tensor;
    const values = (await before.data<'float32'>()).map((value) => Math.min(limit, Math.max(-limit, value)));
    before.dispose();
    parameters.set(path, keep(tensor(values, before.shape)));
  }
}

type TaskSentences = readonly (readonly [task: number, sentences: readonly EncodedSentence[]])[];

/** Sentences of every task for a batch: as many of each, together about as many as a batch of the network has. */
function drawer({ network, sentences, seed }: CriticSetup): () => TaskSentences {
  const { tasks, training } = network.recipe;
  const random = seededRandom(deriveSeed(seed, 'critic'));
  const size = Math.ceil(training.batchSize / tasks.length);
  const streams = tasks.map((task) => batchStream(sentences.get(task) ?? [], size, random));
  return () => streams.map((stream, task) => [task, stream.next().value] as const);
}

function criticBatch({ forms }: CriticSetup, drawn: TaskSentences): CriticBatch {
  const taskOf = new Map(drawn.flatMap(([task, sentences]) => sentences.map((sentence) => [sentence, task] as const)));
  const batch = encodeBatch([...taskOf.keys()], forms, 0, null);
  const tasks = new Int32Array(batch.rows.rows);
  let row = 0;
  for (const count of batch.rows.steps)
    for (let s = 0; s < count; s++) tasks[row++] = taskOf.get(batch.sentences[s] as EncodedSentence) ?? 0;
  return { batch, tasks };
}
