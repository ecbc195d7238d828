/** How the contract crosses a channel: the messages of a call, its answer, and an event. */
import { z } from 'zod';
import { events, type EventName } from './events.ts';
import { errorRecord } from './views.ts';

/** One end of a channel between core and a face: a MessagePort, a Node channel, or what stands in for one. */
export interface Channel {
  post(message: ToCore | FromCore): void;
  listen(receive: (message: unknown) => void): void;
}

const eventNames = Object.keys(events) as [EventName, ...EventName[]];

export const toCoreSchema = z.strictObject({
  type: z.literal('call'),
  /** Chosen by the caller, who finds its call by it again. */
  id: z.string(),
  name: z.string(),
  input: z.unknown(),
});
export type ToCore = z.infer<typeof toCoreSchema>;

export const fromCoreSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('result'), id: z.string(), output: z.unknown() }),
  z.object({ type: z.literal('failure'), id: z.string(), error: errorRecord }),
  z.object({ type: z.literal('event'), name: z.enum(eventNames), data: z.unknown() }),
]);
export type FromCore = z.infer<typeof fromCoreSchema>;
