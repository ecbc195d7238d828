/** What a page shows of core: asked for when the page opens or its inputs change, and again when an event says that it changed. */
import { untrack } from 'svelte';
import type { EventName } from '../../electron/api/events.ts';
import { type ErrorRecord, toErrorRecord } from '../../worker/domain/errors.ts';
import { onConnect, onCoreEvent } from '../desk.svelte.ts';

export interface Query<T> {
  /** The last answer; kept while a newer one is on its way. */
  readonly value: T | undefined;
  readonly failure: ErrorRecord | null;
  readonly isLoading: boolean;
  refresh(): void;
}

/**
 * Call while a component is set up. State that `ask` reads before its first `await` is watched: a change asks again. Answers that arrive
 * out of order are dropped.
 */
export function newQuery<T>(ask: () => Promise<T>, changedBy: readonly EventName[] = []): Query<T> {
  let value = $state.raw<T | undefined>();
  let failure = $state.raw<ErrorRecord | null>(null);
  let isLoading = $state(true);
  let turn = $state(0);
  let asked = 0;

  $effect(() => {
    void turn;
    const mine = ++asked;
    isLoading = true;
    ask().then(
      (answer) => settle(mine, () => ((value = answer), (failure = null))),
      (thrown: unknown) => settle(mine, () => (failure = toErrorRecord(thrown))),
    );
  });
  refreshOn(changedBy, refresh);

  function settle(mine: number, store: () => void): void {
    if (mine !== asked) return;
    store();
    isLoading = false;
  }

  function refresh(): void {
    untrack(() => (turn += 1));
  }

  return {
    get value() {
      return value;
    },
    get failure() {
      return failure;
    },
    get isLoading() {
      return isLoading;
    },
    refresh,
  };
}

/** Call while a component is set up: `refresh` is called when a core is connected and at each of the events. */
export function refreshOn(events: readonly EventName[], refresh: () => void): void {
  $effect(() => onConnect(refresh));
  $effect(() =>
    onCoreEvent((name) => {
      if (events.includes(name)) refresh();
    }),
  );
}
