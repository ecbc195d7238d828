/** What computed, in a line. */
import type { EngineReport } from '../../worker/domain/backends.ts';
import { counted } from './table.ts';

/** `Backend simd, 2 threads, revectorized kernels. The fastest of 2 on this machine: …` */
export function engineLine({ backend, threads, kernels, reason, notes }: EngineReport): string {
  const how = [counted(threads, 'thread'), ...(kernels === null ? [] : [`${kernels} kernels`])];
  return [`Backend ${backend}, ${how.join(', ')}. ${reason}`, ...notes].join(' ');
}
