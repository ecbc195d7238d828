/** What the shell knows of a running core, however it was started. */
import type { MessagePortMain } from 'electron';

export interface CoreProcess {
  /** A port for a window; core answers at the other end. */
  openFace(): MessagePortMain;
  /** Asks core to cancel its jobs and close the project; ends it when that takes too long. Resolves when it is gone. */
  stop(): Promise<void>;
}

/** Starts core. `onEnd` is told once when the process is gone, asked or not. */
export type StartCore = (onEnd: () => void) => CoreProcess;

/** Longer than a worker may take to put its files in order when its job is cancelled. */
export const stopGraceMs = 6000;

/** Workers and core are told nothing of the user's environment that they do not need to be; Node's own switches least of all. */
export function coreEnvironment(version: string): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, ELECTRON_RUN_AS_NODE: _asNode, ...environment } = process.env;
  return { ...environment, NOTEGRAFT_VERSION: version };
}
