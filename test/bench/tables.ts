/** The benchmark's tables, on the terminal and as Markdown. */
import os from 'node:os';

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  /** Cells as text; numbers are aligned to the right. */
  readonly rows: string[][];
}

const isNumeric = (cell: string): boolean => /^[\d.,%-]+$/.test(cell);

/** A row padded to the given widths. */
export function alignedRow(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, i) => (isNumeric(cell) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
    .join('  ')
    .trimEnd();
}

/** Widths that fit the headings and cells of usual length. */
export function columnWidths({ columns }: Table): number[] {
  return columns.map((heading) => Math.max(heading.length, 8));
}

export function markdown(tables: readonly Table[], notes: readonly string[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const parts = tables.map(({ title, columns, rows }) =>
    [`### ${title}`, '', line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n'),
  );
  return [...notes.map((note) => `${note}\n`), ...parts.map((part) => `${part}\n`)].join('\n');
}

/** Date, processor, memory, runtime: what a number needs beside it. */
export function machineDescription(peak: number): string {
  const cores = os.availableParallelism();
  const gibibytes = Math.round(os.totalmem() / 2 ** 30);
  const day = new Date().toISOString().slice(0, 10);
  const processor = `${cores} × ${(os.cpus()[0]?.model ?? 'unknown processor').trim()}`;
  return `${day}, ${processor}, ${gibibytes} GiB, ${os.platform()} ${os.arch()}, Node ${process.versions.node}. Peak of a thread (the kernels' self-test, a matrix product): ${peak.toFixed(0)} GFLOP/s.`;
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
