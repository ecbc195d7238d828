/** Core as a utility process of the application, and the workers that it asks for: the way it runs for users. */
import { type MessagePortMain, MessageChannelMain, utilityProcess } from 'electron';
import type { CoreProcess, StartCore } from './core-process.ts';
import { coreEnvironment, stopGraceMs } from './core-process.ts';
import { places } from './places.ts';
import { startWorker, type RunningWorker } from './utility-worker.ts';

/** What core asks of the shell. */
type CoreRequest =
  | { readonly type: 'start-worker'; readonly worker: number }
  | { readonly type: 'kill-worker'; readonly worker: number };

export function utilityCore(version: string): StartCore {
  return (onEnd) => {
    const environment = coreEnvironment(version);
    const core = utilityProcess.fork(places.utilityEntry, ['core', places.core], {
      serviceName: 'Notegraft core',
      env: environment,
      stdio: 'ignore',
    });
    const workers = new Map<number, RunningWorker>();
    let isGone = false;

    core.on('message', (request: CoreRequest) => {
      const { worker } = request;
      if (request.type === 'kill-worker') {
        workers.get(worker)?.kill();
        return;
      }
      const started = startWorker(environment, (end) => {
        workers.delete(worker);
        if (!isGone) core.postMessage({ type: 'worker-ended', worker, ...end });
      });
      workers.set(worker, started);
      core.postMessage({ type: 'worker-port', worker }, [started.port]);
    });

    const gone = new Promise<void>((resolve) => {
      core.once('exit', () => {
        isGone = true;
        for (const worker of workers.values()) worker.kill();
        resolve();
        onEnd();
      });
    });
    return {
      openFace: () => connect((port) => core.postMessage({ type: 'face' }, [port])),
      stop() {
        core.postMessage({ type: 'stop' });
        const timer = setTimeout(() => core.kill(), stopGraceMs);
        return gone.finally(() => clearTimeout(timer));
      },
    } satisfies CoreProcess;
  };
}

function connect(give: (port: MessagePortMain) => void): MessagePortMain {
  const { port1, port2 } = new MessageChannelMain();
  give(port1);
  return port2;
}
