/**
 * The first code of a utility process: loads core, a worker or a script as it is. CommonJS, because the oldest runtime we test on starts
 * nothing else. A worker gets the channel that a child of Node has, so that it need not know where it runs.
 */
import { pathToFileURL } from 'node:url';
import { type ProcessPort, steadyChannel } from '../api/steady-channel.ts';

interface ShellEvent {
  readonly data: unknown;
  readonly ports: readonly ProcessPort[];
}

interface ScriptOutput {
  readonly type: 'script-output';
  readonly id: number;
  readonly output: string | null;
}

const [role, file = '', ...words] = process.argv.slice(2);
if (role === 'worker') startWorker();
else {
  if (role === 'script') process.argv = [process.execPath, file, ...words];
  load().then(
    // A utility process would wait for messages that nobody sends.
    () => role === 'script' && setImmediate(() => process.exit(0)),
    () => process.exit(1),
  );
}

function load(): Promise<unknown> {
  return import(pathToFileURL(file).href);
}

function startWorker(): void {
  const scripts = new Map<number, (output: string | null) => void>();
  offerScripts(scripts);
  process.parentPort.on('message', (event) => {
    const { data, ports } = event as unknown as ShellEvent;
    const [port] = ports;
    if (port !== undefined) {
      // The worker listens once it is loaded; only then may messages flow.
      load().then(
        () => adoptChannel(port),
        () => process.exit(1),
      );
      return;
    }
    const answer = data as ScriptOutput;
    scripts.get(answer.id)?.(answer.output);
    scripts.delete(answer.id);
  });
}

/** `process.send` and the events of a Node child's channel, over the port. */
function adoptChannel(port: ProcessPort): void {
  const channel = steadyChannel(port, {
    onMessage: (message) => void process.emit('message', message, undefined),
    onClose: () => void process.emit('disconnect'),
  });
  process.send = (message: unknown, _handle?: unknown, _options?: unknown, callback?: unknown) => {
    const done = callback as (failure: Error | null) => void;
    channel.send(message).then(() => done(null), done);
    return true;
  };
}

/** Run-as-node is fused off, so a worker cannot start a script itself: the shell does (see worker/engine/simd/kernel-modes.ts). */
function offerScripts(waiting: Map<number, (output: string | null) => void>): void {
  let asked = 0;
  const runScript = (script: string, scriptWords: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const id = ++asked;
      waiting.set(id, (output) => (output === null ? reject(new Error('The script failed.')) : resolve(output)));
      process.parentPort.postMessage({ type: 'run-script', id, file: script, words: scriptWords });
    });
  Object.assign(globalThis, { notegraftRunScript: runScript });
}
