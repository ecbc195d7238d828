/** What a command tells on stderr while it works. */
import { SingleBar } from 'cli-progress';
import type { Figure } from '../../worker/domain/figures.ts';
import type { CallOutput } from '../api/contract.ts';
import type { EventData, EventListener, EventName } from '../api/events.ts';
import { engineLine } from './engine-text.ts';
import { duration, grouped, percent } from './table.ts';

/** Shows a job's progress on stderr, as a bar on a terminal and as a line now and then elsewhere. */
export interface Progress {
  readonly onEvent: EventListener;
  /** Leave the line of the bar. */
  stop(): void;
}

/** Time between two lines where stderr is no terminal. */
const lineIntervalMs = 5000;

type Handlers = { readonly [K in EventName]?: (data: EventData<K>) => void };

/** `isQuiet`: show nothing. */
export function openProgress(isQuiet: boolean): Progress {
  if (isQuiet) return { onEvent: () => undefined, stop: () => undefined };
  let bar: SingleBar | null = null;

  function show(done: number, total: number, text: string): void {
    if (bar === null) {
      bar = newBar();
      bar.start(total, done, { text });
    } else {
      if (bar.getTotal() !== total) bar.setTotal(total);
      bar.update(done, { text });
    }
  }
  function stop(): void {
    bar?.stop();
    bar = null;
  }
  function say(text: string): void {
    stop();
    process.stderr.write(`${text}\n`);
  }

  const handlers: Handlers = {
    'job.progress': ({ done, total, failed, tokensPerSecond }) => {
      const speed = tokensPerSecond === undefined ? '' : `, ${grouped(tokensPerSecond)} tokens/s`;
      const failures = failed === undefined || failed === 0 ? '' : `, ${grouped(failed)} failed`;
      show(done, total ?? done, `${grouped(done)} of ${grouped(total ?? done)}${failures}${speed}`);
    },
    'tagging.progress': ({ done, failed, left, tokensPerSecond, secondsLeft }) => {
      const total = done + failed + left;
      const failures = failed === 0 ? '' : `, ${grouped(failed)} failed`;
      const time = secondsLeft === null ? '' : `, ${duration(secondsLeft)} left`;
      show(
        done + failed,
        total,
        `${grouped(done)} of ${grouped(total)}${failures}, ${grouped(tokensPerSecond)} tokens/s${time}`,
      );
    },
    'run.started': ({ run, targetDocuments, sourceDocuments, sources }) => {
      const names = sources.length > 1 ? ` (${sources.join(', ')})` : '';
      say(
        `Run ${run}: ${grouped(targetDocuments)} target and ${grouped(sourceDocuments)} source documents${names} to train on.`,
      );
    },
    'run.prepared': ({
      parameters,
      targetSentences,
      sourceSentences,
      knownVectorShare,
      flattened,
      memoryBytes,
      devFrom,
      engine,
    }) => {
      say(
        `${grouped(targetSentences)} target and ${grouped(sourceSentences)} source sentences, ${grouped(parameters)} weights, ` +
          `${percent(knownVectorShare)} % of the words with a vector, ${grouped(flattened)} overlapping spans left out.`,
      );
      if (devFrom === 'sources')
        say('The sources’ development documents choose the epoch: the target has none that are labelled.');
      say(`${engineLine(engine)} About ${Math.ceil(memoryBytes / 1e6)} MB of memory.`);
    },
    'run.backend': ({ reason, afterEpoch }) => say(`${reason} Going on after epoch ${afterEpoch}.`),
    'run.step': ({ epoch, batch, batches, loss, tokensPerSecond }) =>
      show(batch, batches, `epoch ${epoch}, loss ${loss.toFixed(2)}, ${grouped(tokensPerSecond)} tokens/s`),
    'study.progress': ({ ended, running, planned, remainingSeconds }) => {
      const time = remainingSeconds === null ? '' : `, ${duration(remainingSeconds)} left`;
      const all = planned ?? ended + running;
      const text = `${grouped(ended)} of ${planned === null ? 'so far ' : ''}${grouped(all)} trials, ${running} running${time}`;
      // A trial takes minutes: elsewhere than on a terminal a line for each is no flood, and a bar would stand twice.
      if (process.stderr.isTTY) show(ended, all, text);
      else say(text);
    },
    'job.ended': () => stop(),
  };

  return {
    onEvent: (name, data) => handlers[name]?.(data as never),
    stop,
  };
}

/** One line an epoch, said by the train command when it has asked core for it. */
export function epochLine(epoch: CallOutput<'runs.epochs'>['epochs'][number], figure: Figure): string {
  const { devMicroF1, devMacroF1, targetLoss, seconds, best } = epoch;
  const all = figure === 'f1' ? 'strict F1 micro' : 'accuracy';
  const scores = `dev ${all} ${percent(devMicroF1)}, macro${figure === 'f1' ? '' : ' F1'} ${percent(devMacroF1)}`;
  return `Epoch ${epoch.epoch}: loss ${targetLoss?.toFixed(3) ?? 'not finite'}, ${scores}, ${duration(seconds)}${best ? ', best so far' : ''}.`;
}

function newBar(): SingleBar {
  return new SingleBar({
    format: '{bar} {text}',
    barsize: 24,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    noTTYOutput: true,
    notTTYSchedule: lineIntervalMs,
    gracefulExit: false,
  });
}
