/** What the demo tells while it works: lines that stay, and one line of progress for two trainings at once. */
import type { CoreClient } from '../api/contract.ts';
import type { EventData, EventListener } from '../api/events.ts';
import { grouped, percent } from './table.ts';

export interface DemoDisplay {
  /** Print a line on stdout, above the progress. */
  readonly line: (text: string) => void;
  /** Hears core's events; `core` is asked which recipe a run trains and what an epoch scored. */
  readonly listener: (core: CoreClient) => EventListener;
  /** Clear the progress. */
  readonly stop: () => void;
}

/** Time between two lines where stderr is no terminal. */
const lineIntervalMs = 5000;

interface Running {
  readonly job: string;
  recipe: string;
  epoch: number;
  isDone: boolean;
  /** Best strict micro F1 on target dev so far; null before the first epoch has ended. */
  best: number | null;
}

/** The events the demo listens to. */
type Heard = 'run.started' | 'run.step' | 'run.epoch' | 'job.ended' | 'job.progress';

/** `epochs`: how many a training takes at most. */
export function openDemoDisplay(epochs: number): DemoDisplay {
  const running = new Map<number, Running>();
  let shownAt = 0;
  let onScreen = false;

  function clear(): void {
    if (onScreen) process.stderr.write('\r\u001b[K');
    onScreen = false;
  }
  function show(text: string): void {
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\u001b[K${text.slice(0, Math.max(20, process.stderr.columns - 1))}`);
      onScreen = true;
    } else if (performance.now() - shownAt > lineIntervalMs) {
      shownAt = performance.now();
      process.stderr.write(`${text}\n`);
    }
  }
  function showRuns(): void {
    show(`  ${[...running.values()].map((run) => runText(run, epochs)).join('; ')}`);
  }

  return {
    line(text) {
      clear();
      process.stdout.write(`${text}\n`);
    },
    stop: clear,
    listener: (core) => {
      const handlers: {
        [K in Heard]: (data: EventData<K>) => void;
      } = {
        'run.started': ({ run, job }) => {
          running.set(run, { job, recipe: `run ${run}`, epoch: 1, isDone: false, best: null });
          void core.call('runs.get', { run }).then(({ recipe }) => {
            const known = running.get(run);
            if (known !== undefined) known.recipe = recipe;
          });
        },
        'run.step': ({ run, epoch }) => {
          const known = running.get(run);
          if (known !== undefined) known.epoch = epoch;
          showRuns();
        },
        'run.epoch': ({ run }) => {
          void core.call('runs.epochs', { run }).then(({ epochs: scored }) => {
            const known = running.get(run);
            if (known === undefined) return;
            known.epoch = scored.length;
            known.best = Math.max(...scored.map(({ devMicroF1 }) => devMicroF1));
            if (!known.isDone) showRuns();
          });
        },
        'job.ended': ({ job }) => {
          for (const known of running.values()) if (known.job === job) known.isDone = true;
        },
        'job.progress': ({ done, total }) => show(`  ${grouped(done)} of ${grouped(total ?? done)}`),
      };
      return (name, data) => {
        if (name in handlers) handlers[name as keyof typeof handlers](data as never);
      };
    },
  };
}

function runText({ recipe, epoch, isDone, best }: Running, epochs: number): string {
  const score = best === null ? '' : `, best dev F1 ${percent(best)}`;
  return `${recipe}: ${isDone ? 'done after' : 'in'} epoch ${epoch}${isDone ? '' : ` of at most ${epochs}`}${score}`;
}
