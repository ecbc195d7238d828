/** The window's only door out: calls to core and shell, their events, and whether core is there. State leaves here as plain copies. */
import { corePortMessage, type ShellBridge } from '../electron/api/bridge.ts';
import { type ChannelClient, createClient } from '../electron/api/client.ts';
import type { CallInput, CallName, CallOutput } from '../electron/api/contract.ts';
import type { EventData, EventName } from '../electron/api/events.ts';
import {
  type CoreState,
  type ShellAnswer,
  shellAnswer,
  type ShellCallInput,
  type ShellCallName,
  type ShellCallOutput,
  type ShellEventData,
  type ShellEventName,
  shellEvents,
} from '../electron/api/shell-contract.ts';
import { AppError, fromErrorRecord } from '../worker/domain/errors.ts';

declare global {
  interface Window {
    readonly notegraft?: ShellBridge;
  }
}

type CoreListener = <K extends EventName>(name: K, data: EventData<K>) => void;
type ShellListener = <K extends ShellEventName>(name: K, data: ShellEventData<K>) => void;

/** Read it in components; only this file writes it. */
export const desk = $state<{ core: CoreState; version: string; platform: string }>({
  core: 'restarting',
  version: '',
  platform: '',
});

const coreListeners = new Set<CoreListener>();
const shellListeners = new Set<ShellListener>();
const connectListeners = new Set<() => void>();
let connected = nextClient();
let client: ChannelClient | null = null;

/** Once, at the start. */
export async function openDesk(): Promise<void> {
  window.addEventListener('message', (event) => {
    const [port] = event.ports;
    if (event.source === window && event.data === corePortMessage && port !== undefined) adopt(port);
  });
  bridge().listen(hearShell);
  const info = await askShell('shell.info', {});
  desk.version = info.version;
  desk.platform = info.platform;
  await askShell('core.connect', {});
}

/** Call core. While core is being started again, calls wait for it. @throws AppError */
export async function callCore<K extends CallName>(name: K, input: CallInput<K>): Promise<CallOutput<K>> {
  const core = await connected.promise;
  return core.call(name, $state.snapshot(input) as CallInput<K>);
}

/** Ask the shell: dialogs, settings, recent projects. @throws AppError */
export async function askShell<K extends ShellCallName>(
  name: K,
  input: ShellCallInput<K>,
): Promise<ShellCallOutput<K>> {
  const answer: ShellAnswer = shellAnswer.parse(await bridge().call(name, $state.snapshot(input)));
  if ('error' in answer) throw fromErrorRecord(answer.error);
  return answer.output as ShellCallOutput<K>;
}

/** Where a dropped file or folder lies; empty where it lies nowhere on this machine. */
export function pathOfDropped(file: File): string {
  return bridge().pathOf(file);
}

/** Hear every event of core until the returned function is called. */
export function onCoreEvent(listener: CoreListener): () => void {
  coreListeners.add(listener);
  return () => coreListeners.delete(listener);
}

export function onShellEvent(listener: ShellListener): () => void {
  shellListeners.add(listener);
  return () => shellListeners.delete(listener);
}

/** Called whenever a core has been connected: at the start, and again after a crash. */
export function onConnect(listener: () => void): () => void {
  connectListeners.add(listener);
  return () => connectListeners.delete(listener);
}

/** Resolved when a core is connected. (Promise.withResolvers is younger than the oldest runtime that we test on.) */
function nextClient(): { readonly promise: Promise<ChannelClient>; readonly resolve: (client: ChannelClient) => void } {
  let resolve: (client: ChannelClient) => void = () => undefined;
  const promise = new Promise<ChannelClient>((settle) => (resolve = settle));
  return { promise, resolve };
}

function bridge(): ShellBridge {
  if (window.notegraft === undefined) throw new Error('This page is opened by the application, not by itself.');
  return window.notegraft;
}

function adopt(port: MessagePort): void {
  client?.close(crashError());
  const opened = createClient(
    {
      post: (message) => port.postMessage(message),
      listen: (receive) => port.addEventListener('message', ({ data }) => receive(data)),
    },
    (name, data) => {
      for (const listener of coreListeners) listener(name, data);
    },
  );
  port.start();
  client = opened;
  desk.core = 'running';
  connected.resolve(opened);
  for (const listener of connectListeners) listener();
}

function hearShell(name: string, data: unknown): void {
  if (!Object.hasOwn(shellEvents, name)) return;
  const eventName = name as ShellEventName;
  const checked = shellEvents[eventName].safeParse(data);
  if (!checked.success) return;
  if ('state' in checked.data) hearCore(checked.data.state);
  for (const listener of shellListeners) listener(eventName, checked.data as never);
}

function hearCore(state: CoreState): void {
  if (state === 'running') {
    void askShell('core.connect', {});
    return;
  }
  desk.core = state;
  client?.close(crashError());
  client = null;
  connected = nextClient();
}

function crashError(): AppError {
  return new AppError('core-crashed', 'The part of Notegraft that keeps your project ended unexpectedly.', {
    details: { nextStep: 'It is started again by itself; what was stored before is intact. Then try once more.' },
  });
}
