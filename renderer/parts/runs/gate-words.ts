/** The parts that a gate mixes, in the order in which they are shown. */
import type { GateShares } from '../../../electron/api/report-calls.ts';
import type { Column } from '../../ui/Table.svelte';
import { percent } from './run-words.ts';

export const gateParts = [
  { id: 'soft', title: 'Soft', meaning: 'the target’s own copy that is held close to the source’s' },
  { id: 'hard', title: 'Hard', meaning: 'the one copy that both tasks share' },
  { id: 'independent', title: 'Independent', meaning: 'the target’s own copy that nothing ties to the source' },
] as const satisfies readonly { id: keyof GateShares; title: string; meaning: string }[];

export type GatePart = (typeof gateParts)[number];

/** The parts that a component has. */
export function partsOf(shares: readonly GateShares[]): readonly GatePart[] {
  return gateParts.filter(({ id }) => id !== 'independent' || shares.some(({ independent }) => independent !== null));
}

/** A column of shares for each part that these rows have. */
export function shareColumns<Row extends GateShares>(rows: readonly Row[], isSortable: boolean): Column<Row>[] {
  return partsOf(rows).map(({ id, title }) => ({
    id,
    title,
    align: 'end',
    value: (row: Row) => row[id],
    text: (row: Row) => percent(row[id] ?? 0),
    isSortable,
  }));
}
