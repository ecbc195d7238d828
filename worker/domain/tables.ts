/** Tables to be written as a file: what a study says, as rows. A part of the protocol. */
import { z } from 'zod';

export const tableFormats = ['xlsx', 'csv'] as const;
export type TableFormat = (typeof tableFormats)[number];

const cell = z.union([z.string(), z.number(), z.null()]);

/** One table: its name (a sheet's: letters, at most 26) and its rows, a value a column. */
export const tableSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z]{1,26}$/),
  columns: z.array(z.strictObject({ header: z.string(), width: z.number(), isScore: z.boolean() })).min(1),
  rows: z.array(z.array(cell)),
});
export type Table = z.infer<typeof tableSchema>;

/** Writes the tables as `folder`/`name`: sheets of a workbook, or a CSV file each. */
export const exportTablesJobSchema = z.strictObject({
  kind: z.literal('export-tables'),
  format: z.enum(tableFormats),
  folder: z.string(),
  /** With its ending. */
  name: z.string().min(1),
  tables: z.array(tableSchema).min(1),
});

export interface ExportTablesResult {
  readonly files: string[];
}
