/** The signal that the device which held the numbers is gone, or can no longer be believed. */

/**
 * Reading a tensor throws this when the GPU disappeared (unplugged, driver reset, out of memory) in the middle of work.
 * Nothing computed since the last read can be trusted, and the backend of this process is of no further use: go on from
 * the last checkpoint on another backend.
 */
export class DeviceLost extends Error {
  constructor(reason: string, options?: { cause: unknown }) {
    super(`The GPU is gone: ${reason}`, options);
    this.name = 'DeviceLost';
  }
}

/** True where `error`, or what caused it, is a {@link DeviceLost}. */
export function isDeviceLost(error: unknown): boolean {
  return (
    error instanceof DeviceLost || (error instanceof Error && error.cause !== undefined && isDeviceLost(error.cause))
  );
}
