/** A long list of core's of which only those pages are asked for that come into view. */
import { untrack } from 'svelte';
import type { EventName } from '../../electron/api/events.ts';
import { type ErrorRecord, toErrorRecord } from '../../worker/domain/errors.ts';
import { refreshOn } from './query.svelte.ts';

export interface PagedList<Row> {
  /** Null until core has answered. */
  readonly total: number | null;
  readonly failure: ErrorRecord | null;
  /** Undefined while its page is on its way; call `want` to ask for it. */
  at(index: number): Row | undefined;
  want(index: number): void;
  /** Ask again for what was shown, such as after a change. Rows stay until the new ones are there. */
  refresh(): void;
}

const pageSize = 200;

/** Call while a component is set up. State that `ask` reads is watched: a change starts the list anew; the events ask again for what is shown. */
export function newPagedList<Row>(
  ask: (page: { offset: number; limit: number }) => Promise<{ total: number; rows: readonly Row[] }>,
  changedBy: readonly EventName[] = [],
): PagedList<Row> {
  let total = $state<number | null>(null);
  let pages = $state.raw<ReadonlyMap<number, readonly Row[]>>(new Map());
  let failure = $state.raw<ErrorRecord | null>(null);
  let asked = new Set<number>();
  let turn = 0;

  $effect(() => start());
  refreshOn(changedBy, refresh);

  function start(): void {
    turn += 1;
    asked = new Set();
    fetchPage(0, true);
  }

  function fetchPage(page: number, isFirst = false): void {
    if (asked.has(page)) return;
    asked.add(page);
    const mine = turn;
    ask({ offset: page * pageSize, limit: pageSize }).then(
      (answer) => {
        if (mine !== turn) return;
        total = answer.total;
        pages = new Map([...(isFirst ? [] : untrack(() => pages)), [page, answer.rows]]);
        failure = null;
      },
      (thrown: unknown) => {
        if (mine === turn) failure = toErrorRecord(thrown);
      },
    );
  }

  function refresh(): void {
    untrack(start);
  }

  return {
    get total() {
      return total;
    },
    get failure() {
      return failure;
    },
    at: (index) => pages.get(Math.floor(index / pageSize))?.[index % pageSize],
    want(index) {
      if (pages.get(Math.floor(index / pageSize)) === undefined) untrack(() => fetchPage(Math.floor(index / pageSize)));
    },
    refresh,
  };
}
