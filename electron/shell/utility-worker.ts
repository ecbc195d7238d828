/** Worker processes of the application, one a job, and the short-lived scripts that a worker asks for. */
import { type MessagePortMain, MessageChannelMain, utilityProcess } from 'electron';
import { relative, isAbsolute } from 'node:path';
import { places } from './places.ts';

export interface RunningWorker {
  /** Core's end of the channel to it. */
  readonly port: MessagePortMain;
  kill(): void;
}

interface WorkerEnd {
  readonly exitCode: number | null;
  readonly outOfMemory: boolean;
}

/** A worker's request to run a script in a process of its own: a self-test that may crash. */
interface ScriptRequest {
  readonly type: 'run-script';
  readonly id: number;
  readonly file: string;
  readonly words: readonly string[];
}

/** How much of a worker's last words is kept, in characters; they are searched, never shown. */
const lastWordsLength = 4000;
const scriptTimeoutMs = 20_000;

export function startWorker(environment: NodeJS.ProcessEnv, onEnd: (end: WorkerEnd) => void): RunningWorker {
  const worker = utilityProcess.fork(places.utilityEntry, ['worker', places.worker], {
    serviceName: 'Notegraft worker',
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let lastWords = '';
  worker.stderr?.on('data', (text: Buffer) => {
    lastWords = (lastWords + text.toString()).slice(-lastWordsLength);
  });
  worker.on('message', (request: ScriptRequest) => {
    void runScript(environment, request).then((output) => {
      worker.postMessage({ type: 'script-output', id: request.id, output });
    });
  });
  worker.once('exit', (exitCode) => onEnd({ exitCode, outOfMemory: lastWords.includes('heap out of memory') }));
  const { port1, port2 } = new MessageChannelMain();
  worker.postMessage({ type: 'channel' }, [port1]);
  return { port: port2, kill: () => void worker.kill() };
}

/** What the script printed, or null where it crashed, hung or is none of ours. */
function runScript(environment: NodeJS.ProcessEnv, { file, words }: ScriptRequest): Promise<string | null> {
  const place = relative(places.workerFolder, file);
  if (place.startsWith('..') || isAbsolute(place)) return Promise.resolve(null);
  return new Promise((resolve) => {
    const script = utilityProcess.fork(places.utilityEntry, ['script', file, ...words], {
      serviceName: 'Notegraft self-test',
      env: environment,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const timer = setTimeout(() => void script.kill(), scriptTimeoutMs);
    let printed = '';
    script.stdout?.on('data', (text: Buffer) => {
      printed += text.toString();
    });
    script.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code === 0 ? printed : null);
    });
  });
}
