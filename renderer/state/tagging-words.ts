/** How taggings and models are written. */
import type { TaggingView } from '../../electron/api/tagging-calls.ts';
import type { RunView } from '../../electron/api/views.ts';

type Tone = 'success' | 'info' | 'warning' | 'danger' | 'neutral';

export const statusWords: Readonly<Record<TaggingView['status'], { readonly text: string; readonly tone: Tone }>> = {
  running: { text: 'Tagging', tone: 'info' },
  done: { text: 'Done', tone: 'success' },
  paused: { text: 'Paused', tone: 'warning' },
  interrupted: { text: 'Interrupted', tone: 'warning' },
  cancelled: { text: 'Cancelled', tone: 'neutral' },
  failed: { text: 'Stopped by an error', tone: 'danger' },
};

/** `40 %` of what was tagged is reviewed. */
export function reviewedShare({ reviewed, done }: Pick<TaggingView, 'reviewed' | 'done'>): string {
  return done === 0 ? '–' : `${Math.floor((reviewed / done) * 100)} %`;
}

/** Something is left to do, or to try again. */
export function isResumable({ status, left, failed, inProject }: TaggingView): boolean {
  return inProject && status !== 'running' && (left > 0 || failed > 0);
}

/** Strict F1 on the development notes, by which models are told apart; null where there were none. */
export function devF1({ dev }: Pick<RunView, 'dev'>): number | null {
  return dev?.strict.micro.f1 ?? null;
}

/** The runs that left a model, best first. */
export function models(runs: readonly RunView[]): RunView[] {
  return runs.filter(({ modelHash }) => modelHash !== null).toSorted((a, b) => (devF1(b) ?? -1) - (devF1(a) ?? -1));
}

/** `dev F1 71.2, test F1 69.9`. */
export function modelScore({ dev, test }: Pick<RunView, 'dev' | 'test'>): string {
  const words = [
    dev === null ? 'no score' : `dev F1 ${(dev.strict.micro.f1 * 100).toFixed(1)}`,
    test === null ? null : `test F1 ${(test.strict.micro.f1 * 100).toFixed(1)}`,
  ];
  return words.filter((word) => word !== null).join(', ');
}
