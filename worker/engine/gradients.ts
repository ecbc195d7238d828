/** All gradients that a backend's models need, whatever runs the kernels. */
import { registerCrfGradients } from './ops/crf.ts';
import { registerGateGradients } from './ops/gate.ts';
import { registerGruGradients } from './ops/gru.ts';
import { registerLossGradients } from './ops/loss.ts';
import { registerLstmGradients } from './ops/lstm.ts';
import { registerMaxPoolGradients } from './ops/max-pool.ts';
import { registerRowGradients } from './ops/rows.ts';
import { registerSharedCellGradients } from './ops/shared-cell.ts';
import { registerPlainGradients } from './plain-gradients.ts';

/** Register the gradients of our fused operations and of the plain ones between them. Doing so twice does no harm. */
export function registerGradients(): void {
  registerPlainGradients();
  registerLstmGradients();
  registerRowGradients();
  registerGateGradients();
  registerLossGradients();
  registerGruGradients();
  registerCrfGradients();
  registerMaxPoolGradients();
  registerSharedCellGradients();
}
