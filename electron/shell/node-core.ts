/** Core as a child process of a Node named from outside: for runtimes too old to load its native module, as in our end-to-end tests. */
import { fork } from 'node:child_process';
import { MessageChannelMain, type MessagePortMain } from 'electron';
import { type CoreProcess, coreEnvironment, type StartCore, stopGraceMs } from './core-process.ts';
import { places } from './places.ts';

/** `node` is the path of a Node 24. */
export function nodeCore(node: string, version: string): StartCore {
  return (onEnd) => {
    const child = fork(places.core, {
      execPath: node,
      execArgv: [],
      env: coreEnvironment(version),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let face: MessagePortMain | null = null;
    child.on('message', (message) => face?.postMessage(message));
    const gone = new Promise<void>((resolve) => {
      const end = (): void => {
        resolve();
        onEnd();
      };
      child.once('exit', end);
      child.once('error', () => {
        if (child.pid === undefined) end();
      });
    });
    return {
      openFace() {
        face?.close();
        const { port1, port2 } = new MessageChannelMain();
        port1.on('message', ({ data }) => {
          if (child.connected) child.send(data as object);
        });
        port1.start();
        face = port1;
        return port2;
      },
      stop() {
        if (child.connected) child.send({ type: 'stop' });
        const timer = setTimeout(() => child.kill('SIGKILL'), stopGraceMs);
        return gone.finally(() => clearTimeout(timer));
      },
    } satisfies CoreProcess;
  };
}
