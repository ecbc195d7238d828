/** Keeps core running: starts it, starts it again when it crashes, and gives up when that does not help. */
import type { MessagePortMain } from 'electron';
import type { CoreState } from '../api/shell-contract.ts';
import type { CoreProcess, StartCore } from './core-process.ts';

export interface CoreHost {
  readonly state: () => CoreState;
  /** A port to core, or null while none runs. */
  openFace(): MessagePortMain | null;
  /** After core was given up: try once more. */
  restart(): void;
  stop(): Promise<void>;
}

/** So many crashes within the window are not bad luck. */
const mostCrashes = 3;
const crashWindowMs = 60_000;
/** A core that dies at once would otherwise be started in a tight loop. */
const restartDelayMs = 300;

/** Starts core at once. `onChange` is told of every change of state after that. */
export function keepCore(start: StartCore, onChange: (state: CoreState) => void): CoreHost {
  let core: CoreProcess | null = null;
  let state: CoreState = 'running';
  let crashes: number[] = [];
  let isStopping = false;
  run();

  function run(): void {
    core = start(ended);
    state = 'running';
  }

  function ended(): void {
    core = null;
    if (isStopping) return;
    const now = Date.now();
    crashes = [...crashes.filter((at) => now - at < crashWindowMs), now];
    if (crashes.length > mostCrashes) {
      change('stopped');
      return;
    }
    change('restarting');
    setTimeout(() => {
      if (isStopping) return;
      run();
      onChange(state);
    }, restartDelayMs);
  }

  function change(next: CoreState): void {
    state = next;
    onChange(state);
  }

  return {
    state: () => state,
    openFace: () => core?.openFace() ?? null,
    restart() {
      if (core !== null || state !== 'stopped') return;
      crashes = [];
      run();
      onChange(state);
    },
    async stop() {
      isStopping = true;
      await core?.stop();
    },
  };
}
