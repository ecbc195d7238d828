/** What the preload script gives the window; no package comes with it. */

export interface ShellBridge {
  /** A call of the shell's contract; resolves with a `ShellAnswer`. */
  call(name: string, input: unknown): Promise<unknown>;
  listen(receive: (name: string, data: unknown) => void): void;
  /** Where a file or folder that was dropped on the page lies; empty where it lies nowhere. */
  pathOf(file: File): string;
}

/** The window's message that carries a port to core. */
export const corePortMessage = 'notegraft:core-port';
