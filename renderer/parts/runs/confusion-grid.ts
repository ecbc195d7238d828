/** The confusion of labels as a grid: the most frequent labels, the rest taken together, and what was missed or spurious. */
import type { CallOutput } from '../../../electron/api/contract.ts';

type Cell = CallOutput<'runs.confusion'>['cells'][number];

/** `null` is nothing on that side: a missed annotation, a spurious prediction. `rest` are the labels that are not shown one by one. */
export type GridPlace = { readonly label: string } | 'rest' | 'nothing';

export interface GridRow {
  readonly gold: GridPlace;
  readonly total: number;
  readonly cells: readonly { readonly predicted: GridPlace; readonly count: number; readonly isCorrect: boolean }[];
}

export interface ConfusionGrid {
  readonly columns: readonly GridPlace[];
  readonly rows: readonly GridRow[];
}

/** `most` labels by frequency, gold and predicted together; the others are one row and one column. */
export function confusionGrid(cells: readonly Cell[], most: number): ConfusionGrid {
  const frequency = new Map<string, number>();
  for (const { gold, predicted, count } of cells) {
    for (const label of [gold, predicted]) {
      if (label !== null) frequency.set(label, (frequency.get(label) ?? 0) + count);
    }
  }
  const ranked = [...frequency].sort(([a, countA], [b, countB]) => countB - countA || a.localeCompare(b, 'en'));
  const shown = ranked.slice(0, most).map(([label]) => label);
  const hasRest = ranked.length > shown.length;
  const labels: GridPlace[] = [...shown.map((label) => ({ label })), ...(hasRest ? (['rest'] as const) : [])];
  const places: readonly GridPlace[] = [...labels, 'nothing'];

  const counts = new Map<string, number>();
  const known = new Set(shown);
  const keyOf = (label: string | null): string => (label === null ? 'n' : known.has(label) ? `l${label}` : 'r');
  // What is right among the rest stays right; labels of the rest taken for each other are told apart from it.
  let correctInRest = 0;
  for (const { gold, predicted, count } of cells) {
    const key = `${keyOf(gold)} ${keyOf(predicted)}`;
    counts.set(key, (counts.get(key) ?? 0) + count);
    if (gold === predicted && keyOf(gold) === 'r') correctInRest += count;
  }
  const rows = places.map((gold): GridRow => {
    const row = places.map((predicted) => {
      const count = counts.get(`${keyOfPlace(gold)} ${keyOfPlace(predicted)}`) ?? 0;
      const isSame = keyOfPlace(gold) === keyOfPlace(predicted) && gold !== 'nothing';
      return { predicted, count, isCorrect: isSame && (gold !== 'rest' || correctInRest === count) };
    });
    return { gold, total: row.reduce((sum, { count }) => sum + count, 0), cells: row };
  });
  return { columns: places, rows };
}

function keyOfPlace(place: GridPlace): string {
  if (place === 'nothing') return 'n';
  return place === 'rest' ? 'r' : `l${place.label}`;
}
