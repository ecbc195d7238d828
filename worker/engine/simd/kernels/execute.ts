/** Which kernel a job number means; the list is that of `simd/jobs.ts`. */
import { word } from "./access";
import { adagradJob } from "./adagrad";
import { crfBackwardJob, crfExponentsJob, crfForwardJob } from "./crf";
import { crfBestPathJob, crfTransitionsJob } from "./crf-paths";
import { addGatheredJob, bestTagJob } from "./decoding";
import { gemmJob, packJob, packTransposedJob, transposeJob } from "./gemm";
import { decodeInferenceJob, gruInferenceJob, lstmInferenceJob, mixInferenceJob, sharedCellInferenceJob } from "./inference";
import { gruBackwardJob, gruForwardJob } from "./gru";
import { cellStepJob, lstmBackwardJob, lstmForwardJob } from "./lstm";
import { maxBackwardJob, maxForwardJob } from "./max-pool";
import { columnSumJob, dropoutMaskJob, elementwiseJob, gatherJob, resegmentJob, scatterJob, sumJob, zeroJob } from "./rows";
import { sharedCellBackwardJob, sharedCellForwardJob } from "./shared-cell";
import { skipGramJob } from "./skip-gram";
import { adamJob, crossEntropyJob, gateBackwardJob, gateForwardJob, globalNormJob, squaredNormJob } from "./training";
import { trieBackwardJob, trieForwardJob, trieSumBackwardJob, trieSumForwardJob } from "./trie";

/** Run one job: a row of 24 words, the first its number. */
export function execute(j: usize): void {
  switch (word(j, 0)) {
    case 1: gemmJob(j); break;
    case 2: packJob(j); break;
    case 3: packTransposedJob(j); break;
    case 4: transposeJob(j); break;
    case 5: lstmForwardJob(j); break;
    case 6: lstmBackwardJob(j); break;
    case 7: cellStepJob(j); break;
    case 8: trieForwardJob(j); break;
    case 9: trieBackwardJob(j); break;
    case 10: trieSumForwardJob(j); break;
    case 11: trieSumBackwardJob(j); break;
    case 12: gatherJob(j); break;
    case 13: scatterJob(j); break;
    case 14: zeroJob(j); break;
    case 15: resegmentJob(j); break;
    case 16: columnSumJob(j); break;
    case 17: dropoutMaskJob(j); break;
    case 18: elementwiseJob(j); break;
    case 19: sumJob(j); break;
    case 20: crossEntropyJob(j); break;
    case 21: gateForwardJob(j); break;
    case 22: gateBackwardJob(j); break;
    case 23: squaredNormJob(j); break;
    case 24: globalNormJob(j); break;
    case 25: adamJob(j); break;
    case 26: addGatheredJob(j); break;
    case 27: bestTagJob(j); break;
    case 28: chainJob(j); break;
    case 29: lstmInferenceJob(j); break;
    case 30: mixInferenceJob(j); break;
    case 31: decodeInferenceJob(j); break;
    case 40: gruForwardJob(j); break;
    case 41: gruBackwardJob(j); break;
    case 42: crfExponentsJob(j); break;
    case 43: crfForwardJob(j); break;
    case 44: crfBackwardJob(j); break;
    case 45: crfTransitionsJob(j); break;
    case 46: crfBestPathJob(j); break;
    case 47: adagradJob(j); break;
    case 48: skipGramJob(j); break;
    case 49: maxForwardJob(j); break;
    case 50: maxBackwardJob(j); break;
    case 51: sharedCellForwardJob(j); break;
    case 52: sharedCellBackwardJob(j); break;
    case 53: gruInferenceJob(j); break;
    case 54: sharedCellInferenceJob(j); break;
  }
}
/** Job: jobs, count. Jobs that one thread runs one after another: a slice of a batch goes through all of them without waiting for others. */
function chainJob(j: usize): void {
  const jobs: usize = word(j, 1), count = word(j, 2);
  for (let i: u32 = 0; i < count; i++) execute(jobs + <usize>i * 96);
}
