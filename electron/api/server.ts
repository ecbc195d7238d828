/** The contract's answering end: takes calls off a channel and sends back what core answers. */
import { AppError, toErrorRecord } from '../../worker/domain/errors.ts';
import { type CallName, calls, type CoreClient } from './contract.ts';
import type { EventListener } from './events.ts';
import { type Channel, toCoreSchema } from './wire.ts';

/** Answer the calls that come over the channel. Many may be under way at a time; each answer carries its call's id. */
export function serveCore(channel: Channel, core: CoreClient): void {
  channel.listen((message) => {
    const checked = toCoreSchema.safeParse(message);
    if (!checked.success) return;
    const { id, name, input } = checked.data;
    answer(core, name, input).then(
      (output) => channel.post({ type: 'result', id, output }),
      (thrown: unknown) => channel.post({ type: 'failure', id, error: toErrorRecord(thrown) }),
    );
  });
}

/** Sends every event over the channel. */
export function eventSender(channel: Channel): EventListener {
  return (name, data) => channel.post({ type: 'event', name, data });
}

async function answer(core: CoreClient, name: string, input: unknown): Promise<unknown> {
  if (!Object.hasOwn(calls, name)) throw new AppError('usage', `There is no call "${name}".`);
  // Core checks the input against the call's schema.
  return core.call(name as CallName, input as never);
}
