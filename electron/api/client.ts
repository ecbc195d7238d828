/** The contract's calling end: core as a face sees it, over any channel. */
import { type AppError, fromErrorRecord } from '../../worker/domain/errors.ts';
import { type CoreClient } from './contract.ts';
import { events, type EventListener } from './events.ts';
import { type Channel, fromCoreSchema } from './wire.ts';

export interface ChannelClient extends CoreClient {
  /** The channel is gone: what was asked and not answered fails with `failure`, and so does every later call. */
  close(failure: AppError): void;
}

interface Waiting {
  resolve(output: unknown): void;
  reject(failure: AppError): void;
}

/**
 * A client over a channel. Core checks its own output against the contract before it leaves, so outputs are not checked a second
 * time here; envelopes and events are.
 */
export function createClient(channel: Channel, onEvent: EventListener): ChannelClient {
  const waiting = new Map<string, Waiting>();
  // Two pages may have spoken over one channel, one after the other: an answer to the first must not look like one to the second.
  const caller = Math.random().toString(36).slice(2);
  let asked = 0;
  let closed: AppError | null = null;

  channel.listen((message) => {
    const checked = fromCoreSchema.safeParse(message);
    if (!checked.success) return;
    const answer = checked.data;
    if (answer.type === 'event') {
      const data = events[answer.name].safeParse(answer.data);
      if (data.success) onEvent(answer.name, data.data as never);
      return;
    }
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.type === 'result') call?.resolve(answer.output);
    else call?.reject(fromErrorRecord(answer.error));
  });

  return {
    call(name, input) {
      if (closed !== null) return Promise.reject(closed);
      return new Promise((resolve, reject) => {
        const id = `${caller}-${++asked}`;
        waiting.set(id, { resolve: (output) => resolve(output as never), reject });
        channel.post({ type: 'call', id, name, input });
      });
    },
    close(failure) {
      closed = failure;
      for (const call of waiting.values()) call.reject(failure);
      waiting.clear();
    },
  };
}
