/**
 * Core as a process of its own. Under the application's shell it is a utility process: windows come as ports, and the shell starts its
 * workers. As a child of Node it has one face, on the channel it was started with, and starts its workers itself.
 */
import type { EventListener } from '../api/events.ts';
import { eventSender, serveCore } from '../api/server.ts';
import type { ProcessPort } from '../api/steady-channel.ts';
import type { Channel } from '../api/wire.ts';
import { createCore, type Core } from './main.ts';
import { openShellWorkers, type ShellLink, type ShellMessage } from './shell-workers.ts';

const appVersion = process.env['NOTEGRAFT_VERSION'] ?? '';

const parentPort = (process as { parentPort?: ShellLink }).parentPort;
if (parentPort === undefined) runUnderNode();
else runUnderShell(parentPort);

function runUnderShell(shell: ShellLink): void {
  const faces = new Set<EventListener>();
  const workers = openShellWorkers(shell);
  const core = createCore({
    appVersion,
    host: workers.host,
    onEvent: (name, data) => {
      for (const send of faces) send(name, data);
    },
  });
  shell.on('message', ({ data, ports }) => {
    const message = data as ShellMessage;
    const [port] = ports;
    if (message.type === 'face' && port !== undefined) addFace(core, faces, port);
    else if (message.type === 'stop') end(core);
    else workers.receive(message, port);
  });
}

function addFace(core: Core, faces: Set<EventListener>, port: ProcessPort): void {
  const channel: Channel = {
    post: (message) => port.postMessage(message),
    listen: (receive) => void port.on('message', ({ data }) => receive(data)),
  };
  const send = eventSender(channel);
  faces.add(send);
  port.on('close', () => void faces.delete(send));
  serveCore(channel, core);
  port.start();
}

function runUnderNode(): void {
  const channel: Channel = {
    post: (message) => process.send?.(message),
    listen: (receive) => void process.on('message', receive),
  };
  const core = createCore({ appVersion, onEvent: eventSender(channel) });
  serveCore(channel, core);
  process.on('message', (message: Partial<ShellMessage>) => {
    if (message.type === 'stop') end(core);
  });
  process.on('disconnect', () => end(core));
}

/** Jobs are cancelled and the project is closed before the process goes. */
function end(core: Core): void {
  void core.close().finally(() => process.exit(0));
}
