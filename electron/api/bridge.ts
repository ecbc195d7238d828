/** What the preload script gives the window; no package comes with it. */

export interface ShellBridge {
  /** A call of the shell's contract; resolves with a `ShellAnswer`. */
  call(name: string, input: unknown): Promise<unknown>;
  listen(receive: (name: string, data: unknown) => void): void;
}

/** The window's message that carries a port to core. */
export const corePortMessage = 'notegraft:core-port';
