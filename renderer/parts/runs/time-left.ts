/** How long a training still takes: at most, if all epochs are run, and at least, if no epoch improves any more. */
import type { CallOutput } from '../../../electron/api/contract.ts';
import type { RunView } from '../../../electron/api/views.ts';
import type { LiveTraining } from '../../state/run-trainings.svelte.ts';
import { duration } from '../../state/amounts.ts';

type Epoch = CallOutput<'runs.epochs'>['epochs'][number];

export interface Outlook {
  /** Epochs done, a part of the present one included. */
  readonly done: number;
  /** If all are run. */
  readonly total: number;
  /** Ends after this epoch unless dev F1 improves before; null before the first. */
  readonly stopsAfter: number | null;
  readonly secondsAtLeast: number | null;
  readonly secondsAtMost: number | null;
}

export function outlook(run: RunView, epochs: readonly Epoch[], live: LiveTraining, nowMs: number): Outlook {
  const { epochs: total, patience } = run.recipeInFull.training;
  const step = live.step;
  const done = step !== null && step.epoch > epochs.length ? step.epoch - 1 + step.batch / step.batches : epochs.length;
  const best = epochs.findLast((epoch) => epoch.best)?.epoch ?? null;
  const stopsAfter = best === null ? null : Math.min(total, best + patience);
  const perEpoch = secondsPerEpoch(epochs, live, done, nowMs);
  const left = (until: number): number | null => (perEpoch === null ? null : Math.max(0, until - done) * perEpoch);
  return {
    done,
    total,
    stopsAfter,
    secondsAtLeast: left(stopsAfter ?? Math.min(total, patience)),
    secondsAtMost: left(total),
  };
}

/** `about 2 min 10 s to 7 min 00 s`, or one of them where both are the same. */
export function timeLeftWords({ secondsAtLeast, secondsAtMost }: Outlook): string {
  if (secondsAtLeast === null || secondsAtMost === null) return 'being measured';
  const [least, most] = [duration(secondsAtLeast), duration(secondsAtMost)];
  return least === most ? `about ${most}` : `about ${least} to ${most}`;
}

function secondsPerEpoch(
  epochs: readonly Epoch[],
  { firstStep }: LiveTraining,
  done: number,
  nowMs: number,
): number | null {
  const recent = epochs.slice(-5);
  if (recent.length > 0) return recent.reduce((sum, { seconds }) => sum + seconds, 0) / recent.length;
  if (firstStep === null || done <= firstStep.epochs) return null;
  return (nowMs - firstStep.atMs) / 1000 / (done - firstStep.epochs);
}
