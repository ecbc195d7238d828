/** Our fused operations composed from tfjs's plain ones, for any tfjs backend. */
import { registerKernel, tidy, type KernelFunc, type Tensor } from '@tensorflow/tfjs-core';
import type { AdagradAttributes } from '../ops/adagrad.ts';
import type { AdamAttributes } from '../ops/adam.ts';
import { adagradUpdate } from './adagrad.ts';
import { adamUpdate } from './adam.ts';
import { characterLstm, characterLstmGradient } from './characters.ts';
import { crfLoss, crfLossGradient } from './crf.ts';
import { crfViterbi } from './crf-path.ts';
import { decodeTags } from './decode.ts';
import { uploadedMask } from './dropout.ts';
import { gateMix, gateMixGradient } from './gate.ts';
import { gruSequence, gruSequenceGradient } from './gru.ts';
import { tagLoss, tagLossGradient } from './loss.ts';
import { lstmSequence, lstmSequenceGradient } from './lstm.ts';
import { maxOverSteps, maxOverStepsGradient } from './max-pool.ts';
import { characterMean, characterMeanGradient, joinRows, joinRowsGradient } from './rows.ts';
import { sharedCell, sharedCellGradient } from './shared-cell.ts';

/** What a composed kernel reads: the operation's tensors by name, and its attributes (see ops/). */
export type ComposedKernel<A> = (inputs: Readonly<Record<string, Tensor>>, attributes: A) => Tensor | Tensor[];

/**
 * Register every fused operation for the tfjs backend of this name. `overrides` are kernels of the backend's own, by kernel
 * name, which take the place of the composed ones: an operation together with its gradient, which reads what it saved.
 * CharacterLstm and SharedCell run by way of LstmSequence, so a backend's own kernel for that serves all three.
 */
export function registerComposedKernels(
  backendName: string,
  overrides: Readonly<Record<string, KernelFunc>> = {},
): void {
  for (const [kernelName, kernelFunc] of Object.entries({ ...composed, ...overrides })) {
    registerKernel({ kernelName, backendName, kernelFunc });
  }
}

/** A composed kernel as tfjs calls it: temporaries are disposed when it returns. tfjs passes whole tensors as inputs. */
export function kernelFunc<A>(run: ComposedKernel<A>): KernelFunc {
  return ({ inputs, attrs }) =>
    tidy(() => run(inputs as unknown as Readonly<Record<string, Tensor>>, attrs as unknown as A));
}

const composed: Readonly<Record<string, KernelFunc>> = {
  LstmSequence: kernelFunc(lstmSequence),
  LstmSequenceGrad: kernelFunc(lstmSequenceGradient),
  CharacterLstm: kernelFunc(characterLstm),
  CharacterLstmGrad: kernelFunc(characterLstmGradient),
  CharacterMean: kernelFunc(characterMean),
  CharacterMeanGrad: kernelFunc(characterMeanGradient),
  JoinRows: kernelFunc(joinRows),
  JoinRowsGrad: kernelFunc(joinRowsGradient),
  GateMix: kernelFunc(gateMix),
  GateMixGrad: kernelFunc(gateMixGradient),
  TagLoss: kernelFunc(tagLoss),
  TagLossGrad: kernelFunc(tagLossGradient),
  DecodeTags: kernelFunc(decodeTags),
  GruSequence: kernelFunc(gruSequence),
  GruSequenceGrad: kernelFunc(gruSequenceGradient),
  CrfLoss: kernelFunc(crfLoss),
  CrfLossGrad: kernelFunc(crfLossGradient),
  CrfViterbi: kernelFunc(crfViterbi),
  MaxOverSteps: kernelFunc(maxOverSteps),
  MaxOverStepsGrad: kernelFunc(maxOverStepsGradient),
  SharedCell: kernelFunc(sharedCell),
  SharedCellGrad: kernelFunc(sharedCellGradient),
  DropoutMask: kernelFunc(uploadedMask),
  // Not in a tidy: they give the weights new tensors, which must outlive it.
  AdamUpdate: ({ attrs }) => adamUpdate(attrs as unknown as AdamAttributes),
  AdagradUpdate: ({ attrs }) => adagradUpdate(attrs as unknown as AdagradAttributes),
};
