/** The ways to start a worker process. Today one: a child of this Node process; in the application the shell will hand one in. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ToWorker } from '../../worker/protocol.ts';

/** How a worker process ended. */
export interface WorkerEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** It ran out of heap, as far as its last words tell. */
  readonly outOfMemory: boolean;
}

export interface WorkerListener {
  onMessage(message: unknown): void;
  /** Called once, after the last message. */
  onEnd(end: WorkerEnd): void;
}

/** A worker process; it runs one job. */
export interface WorkerProcess {
  /** Resolves when the message has left this process. Rejects when the worker is gone. */
  send(message: ToWorker): Promise<void>;
  /** End it at once. */
  kill(): void;
}

export type WorkerHost = (listener: WorkerListener) => WorkerProcess;

/** The worker's entry in a checkout: a path, not an import. */
export const workerEntry = new URL('../../worker/main.ts', import.meta.url);

/** V8 would let its nursery grow to 48 MB a thread and keep it; a small one saves a training process about 110 MB. */
const workerFlags = ['--max-semi-space-size=8'];

/** glibc keeps freed buffers of up to 32 MB, each epoch's copies of the model among them; with a fixed threshold they go back to the system. */
const workerEnvironment = { MALLOC_MMAP_THRESHOLD_: '131072' };

/** How much of the worker's last words is kept, in characters; they are searched, never shown. */
const lastWordsLength = 4000;

/** Starts workers as child processes of this one, under the same Node. */
export function nodeWorkerHost(entry: URL = workerEntry): WorkerHost {
  return (listener) => {
    const child = fork(fileURLToPath(entry), {
      execPath: process.execPath,
      execArgv: [...workerFlags],
      env: { ...process.env, ...workerEnvironment },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let lastWords = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-lastWordsLength);
    });
    child.on('message', (message) => listener.onMessage(message));
    // 'close' comes after the streams and, unlike 'exit', after the last message.
    child.once('close', (exitCode, signal) =>
      listener.onEnd({ exitCode, signal, outOfMemory: lastWords.includes('heap out of memory') }),
    );
    child.once('error', () => listener.onEnd({ exitCode: null, signal: null, outOfMemory: false }));
    return {
      send: (message) =>
        new Promise((resolve, reject) => {
          child.send(message, (error) => (error === null ? resolve() : reject(error)));
        }),
      kill: () => void child.kill('SIGKILL'),
    };
  };
}
