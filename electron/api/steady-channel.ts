/** A message port that answers each message with a receipt, so that a sender of long streams can wait for what has arrived. */

/** What both ends of a port between processes of the application have; electron's MessagePortMain fits it. */
export interface ProcessPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

export interface SteadyChannel {
  /** Resolves when the other end has the message. Rejects with ERR_IPC_CHANNEL_CLOSED when it is gone. */
  send(message: unknown): Promise<void>;
  close(): void;
}

type Frame = { readonly type: 'message'; readonly body: unknown } | { readonly type: 'receipt' };

interface Listener {
  onMessage(message: unknown): void;
  /** The other end is gone. Called once. */
  onClose(): void;
}

/** Ports keep the order of messages, so receipts need no number. */
export function steadyChannel(port: ProcessPort, listener: Listener): SteadyChannel {
  const unanswered: Unanswered[] = [];
  let isClosed = false;

  port.on('message', ({ data }) => {
    const frame = data as Frame;
    if (frame.type === 'receipt') {
      unanswered.shift()?.resolve();
      return;
    }
    port.postMessage({ type: 'receipt' } satisfies Frame);
    listener.onMessage(frame.body);
  });
  port.on('close', () => {
    if (isClosed) return;
    isClosed = true;
    for (const { reject } of unanswered.splice(0)) reject(closedError());
    listener.onClose();
  });
  port.start();

  return {
    send(message) {
      if (isClosed) return Promise.reject(closedError());
      return new Promise((resolve, reject) => {
        unanswered.push({ resolve, reject });
        port.postMessage({ type: 'message', body: message } satisfies Frame);
      });
    },
    close: () => port.close(),
  };
}

interface Unanswered {
  readonly resolve: () => void;
  readonly reject: (failure: Error) => void;
}

function closedError(): Error {
  return Object.assign(new Error('The other process is gone.'), { code: 'ERR_IPC_CHANNEL_CLOSED' });
}
