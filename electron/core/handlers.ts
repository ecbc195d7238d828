/** The shape of what answers calls. */
import type { CallName, CallOutput, CheckedInput } from '../api/contract.ts';

/** One handler a call. */
export type Handlers = {
  readonly [K in CallName]: (input: CheckedInput<K>) => CallOutput<K> | Promise<CallOutput<K>>;
};

/** The handlers of some calls, given as their part of the contract. */
export type HandlersOf<Calls> = Pick<Handlers, Extract<keyof Calls, CallName>>;
