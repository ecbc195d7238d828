/** The columns of a table, and its rows in the order of the column that they are sorted by. */
import { createSortedRowModel, createTable, rowSortingFeature, tableFeatures } from '@tanstack/svelte-table';
import type { Snippet } from 'svelte';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** What is shown unless `cell` is given, and what the column sorts by; null sorts last. */
  value(row: Row): string | number | null;
  readonly cell?: Snippet<[Row, Column<Row>]>;
  /** How the value is written, such as a share in percent. */
  text?(row: Row): string;
  /** Numbers belong at the end. */
  readonly align?: 'start' | 'end';
  readonly isSortable?: boolean;
  /** Takes a line of its own where rows are broken into lines. */
  readonly isBroad?: boolean;
  readonly hint?: string;
}

/** A column by its id, and which way. */
export interface SortedBy {
  readonly id: string;
  readonly isDescending: boolean;
}

export interface SortedRows<Row> {
  readonly rows: readonly Row[];
  readonly by: SortedBy | undefined;
  /** By this column, the other way round, or as the rows came. */
  readonly toggle: (column: Column<Row>) => void;
}

/** Call while a component is set up. */
export function sortedRows<Row>(
  columns: () => readonly Column<Row>[],
  rows: () => readonly Row[],
  rowKey: (row: Row) => string | number,
  first: SortedBy | undefined,
): SortedRows<Row> {
  interface Entry {
    readonly row: Row;
  }
  const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });
  const entries = $derived(rows().map((row): Entry => ({ row })));
  const definitions = $derived(
    columns().map((column) => ({
      id: column.id,
      accessorFn: ({ row }: Entry) => column.value(row) ?? undefined,
      enableSorting: column.isSortable ?? true,
      sortUndefined: 'last' as const,
      sortFn: (a: { original: Entry }, b: { original: Entry }) =>
        compare(column.value(a.original.row), column.value(b.original.row)),
    })),
  );
  const table = createTable({
    features,
    get columns() {
      return definitions;
    },
    get data() {
      return entries;
    },
    getRowId: ({ row }: Entry) => String(rowKey(row)),
    initialState: { sorting: first === undefined ? [] : [{ id: first.id, desc: first.isDescending }] },
  });
  const sorting = $derived(table.atoms.sorting.get()[0]);
  const by = $derived(sorting === undefined ? undefined : { id: sorting.id, isDescending: sorting.desc });
  return {
    get rows() {
      return table.getRowModel().rows.map(({ original }) => original.row);
    },
    get by() {
      return by;
    },
    toggle: ({ id }) => table.getColumn(id)?.toggleSorting(),
  };
}

function compare(left: string | number | null, right: string | number | null): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left ?? '').localeCompare(String(right ?? ''), 'en', { numeric: true });
}
