/** Studies in words: kinds, states, what one is about, how far it is. */
import type { StudyView, TrialView } from '../../../electron/api/study-calls.ts';
import type { StudyKind } from '../../../worker/domain/study.ts';
import { counted, duration } from '../../state/amounts.ts';
import type { LiveStudy } from '../../state/studies.svelte.ts';
import { percent, signed } from '../runs/run-words.ts';

type Tone = 'success' | 'info' | 'warning' | 'danger' | 'neutral';

export const kindWords: Readonly<Record<StudyKind, string>> = {
  curve: 'Learning curve',
  sweep: 'Sweep',
  search: 'Search',
};

export const studyStatusWords: Readonly<Record<StudyView['status'], { text: string; tone: Tone }>> = {
  running: { text: 'Running', tone: 'info' },
  done: { text: 'Done', tone: 'success' },
  interrupted: { text: 'Interrupted', tone: 'warning' },
  cancelled: { text: 'Stopped', tone: 'neutral' },
  failed: { text: 'Failed', tone: 'danger' },
};

export const trialStatusWords: Readonly<Record<TrialView['status'], { text: string; tone: Tone }>> = {
  waiting: { text: 'Waiting', tone: 'neutral' },
  running: { text: 'Training', tone: 'info' },
  done: { text: 'Done', tone: 'success' },
  stopped: { text: 'Stopped early', tone: 'neutral' },
  failed: { text: 'Failed', tone: 'danger' },
};

/** What the study compares: `baseline, dtn-hs · 5, 10, 100 % · 3 seeds`. */
export function aboutStudy({ spec }: Pick<StudyView, 'spec'>): string {
  if (spec.kind === 'search') return `${spec.recipe} · ${counted(spec.trials, 'trial')}`;
  const recipes = spec.recipes.length > 4 ? counted(spec.recipes.length, 'recipe') : spec.recipes.join(', ');
  const shares = spec.kind === 'curve' ? spec.fractions : [spec.targetFraction];
  const notes =
    spec.kind === 'sweep' && spec.targetFraction === 1 ? 'all notes' : `${shares.map(share).join(', ')} % of the notes`;
  return `${recipes} · ${notes} · ${counted(spec.seeds.length, 'seed')}`;
}

/** 0.05 as `5`. */
function share(fraction: number): string {
  return String(Number((fraction * 100).toFixed(1)));
}

/** A study that lacks trials and is not running. */
export function canGoOn({ status, trials }: StudyView): boolean {
  return status !== 'running' && (trials.waiting > 0 || status !== 'done');
}

/** `3 of 12 trials, 2 at work, about 4 min 10 s left`. */
export function progressWords({ progress, isStopping }: LiveStudy): string {
  if (isStopping) return 'Stopping …';
  if (progress === null) return 'Preparing …';
  const { ended, planned, running, remainingSeconds } = progress;
  const of = planned === null ? counted(ended, 'trial') : `${ended} of ${counted(planned, 'trial')}`;
  const left = remainingSeconds === null ? '' : `, about ${duration(remainingSeconds)} left`;
  return `${of}, ${running} at work${left}`;
}

interface Bounds {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** `36.0 – 42.1`. */
export function boundsWords({ low, high }: Bounds): string {
  return `${percent(low)}\u00a0–\u00a0${percent(high)}`;
}

/** `+3.1 (+0.4 to +5.9)`. */
export function differenceWords({ value, low, high }: Bounds): string {
  return `${signed(value)}\u00a0(${signed(low)}\u00a0to\u00a0${signed(high)})`;
}
