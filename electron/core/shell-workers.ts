/** Workers under the application: the shell starts them (nothing else can there), and core and worker speak over a port of their own. */
import { type ProcessPort, steadyChannel, type SteadyChannel } from '../api/steady-channel.ts';
import type { WorkerHost, WorkerListener } from './worker-host.ts';

/** What the shell tells core. Ports come beside the message. */
export type ShellMessage =
  | { readonly type: 'face' }
  | { readonly type: 'stop' }
  | { readonly type: 'worker-port'; readonly worker: number }
  | {
      readonly type: 'worker-ended';
      readonly worker: number;
      readonly exitCode: number | null;
      readonly outOfMemory: boolean;
    };

/** Core's own line to the shell: `process.parentPort` of a utility process. */
export interface ShellLink {
  postMessage(message: unknown): void;
  on(
    event: 'message',
    listener: (event: { readonly data: unknown; readonly ports: readonly ProcessPort[] }) => void,
  ): unknown;
}

export interface ShellWorkers {
  readonly host: WorkerHost;
  /** Takes the shell's messages about workers. */
  receive(message: ShellMessage, port: ProcessPort | undefined): void;
}

interface Worker {
  readonly listener: WorkerListener;
  readonly channel: Promise<SteadyChannel>;
  connect(port: ProcessPort): void;
  fail(failure: Error): void;
}

/** No worker is started yet. */
export function openShellWorkers(shell: ShellLink): ShellWorkers {
  const workers = new Map<number, Worker>();
  let started = 0;

  return {
    host(listener) {
      const id = ++started;
      const worker = newWorker(listener);
      workers.set(id, worker);
      shell.postMessage({ type: 'start-worker', worker: id });
      return {
        send: async (message) => (await worker.channel).send(message),
        kill: () => shell.postMessage({ type: 'kill-worker', worker: id }),
      };
    },
    receive(message, port) {
      if (message.type === 'worker-port' && port !== undefined) workers.get(message.worker)?.connect(port);
      if (message.type !== 'worker-ended') return;
      const worker = workers.get(message.worker);
      workers.delete(message.worker);
      worker?.fail(goneError());
      worker?.listener.onEnd({ exitCode: message.exitCode, signal: null, outOfMemory: message.outOfMemory });
    },
  };
}

function newWorker(listener: WorkerListener): Worker {
  const { promise, resolve, reject } = Promise.withResolvers<SteadyChannel>();
  // A worker that ends before anything was sent to it disappoints nobody.
  promise.catch(() => undefined);
  return {
    listener,
    channel: promise,
    connect: (port) =>
      resolve(steadyChannel(port, { onMessage: (message) => listener.onMessage(message), onClose: () => undefined })),
    fail: reject,
  };
}

function goneError(): Error {
  return Object.assign(new Error('The worker is gone.'), { code: 'ERR_IPC_CHANNEL_CLOSED' });
}
