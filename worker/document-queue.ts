/** Documents on their way from core's messages into a job. */

/** Filled chunk by chunk from one side, read one by one from the other; read once. */
export interface DocumentQueue<T> extends AsyncIterable<T> {
  push(items: readonly T[]): void;
  /** No more will come. */
  close(): void;
  /** The reader gets `error` in place of the next document. */
  fail(error: Error): void;
}

/** An empty, open queue. */
export function documentQueue<T>(): DocumentQueue<T> {
  const chunks: (readonly T[])[] = [];
  let isClosed = false;
  let failure: Error | null = null;
  let wake: () => void = () => undefined;

  async function* read(): AsyncGenerator<T> {
    for (;;) {
      if (failure !== null) throw failure;
      const chunk = chunks.shift();
      if (chunk !== undefined) yield* chunk;
      else if (isClosed) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }

  return {
    push(items) {
      chunks.push(items);
      wake();
    },
    close() {
      isClosed = true;
      wake();
    },
    fail(error) {
      failure = error;
      wake();
    },
    [Symbol.asyncIterator]: read,
  };
}
