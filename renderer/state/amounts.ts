/** Counts, times and sizes as the page writes them. */

/** `1,204 notes`, `1 note`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** Seconds as `42 s`, `3 min 20 s`, `1 h 05 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return unbroken(`${whole} s`);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return unbroken(`${minutes} min ${String(whole % 60).padStart(2, '0')} s`);
  return unbroken(`${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`);
}

/** A stored time as the user's clock has it; without the year where it is this one. */
export function when(iso: string): string {
  const date = new Date(iso);
  const day = { day: 'numeric', month: 'short' } as const;
  const year = date.getFullYear() === new Date().getFullYear() ? {} : ({ year: 'numeric' } as const);
  return unbroken(date.toLocaleString('en-GB', { ...day, ...year, hour: '2-digit', minute: '2-digit' }));
}

/** Bytes as `840 MB`, `1.4 GB`. */
export function memory(bytes: number): string {
  const megabytes = bytes / 1e6;
  return megabytes < 1000 ? `${Math.round(megabytes)} MB` : `${(megabytes / 1000).toFixed(1)} GB`;
}

/** An amount and its unit stay on one line. */
function unbroken(words: string): string {
  return words.replaceAll(' ', '\u00a0');
}
