/** Tables and numbers as the command line prints them. */

/** A column's cells stand left; `right` for numbers. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Aligned columns with a header line; no trailing spaces. */
export function table(columns: readonly Column[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [columns.map((column) => column.title), ...rows.map((row) => row.map(String))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => (row[index] ?? '').length)));
  const line = (row: readonly string[]): string =>
    columns
      .map(({ align }, index) => {
        const cell = row[index] ?? '';
        const width = widths[index] ?? 0;
        return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return cells.map(line).join('\n');
}

/** Columns of numbers. */
export function numbers(...titles: string[]): Column[] {
  return titles.map((title) => ({ title, align: 'right' }));
}

/** 0..1 as a percentage with one decimal, without the sign: `38.2`. */
export function percent(value: number): string {
  return (value * 100).toFixed(1);
}

/** 12345 as `12,345`. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `1 note`, `2 notes`. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(value)} ${value === 1 ? noun : plural}`;
}

/** Seconds as `45 s` or `3 min 20 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 100 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Prose broken into lines of at most 100 characters. */
export function wrapped(text: string): string {
  return text.replace(/(?![^\n]{1,100}$)([^\n]{1,100}) /g, '$1\n');
}
