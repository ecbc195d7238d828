/** Heat maps of gates as SVG: means by label and component (DTN table 4), and the tokens of one sentence (DTN figure 4). */
import type { GateToken } from '../../domain/gate-export.ts';
import type { ComponentGates, GateShares } from '../../domain/inspection.ts';
import type { Component } from '../../domain/recipe.ts';
import { cellText } from './cells.ts';

const componentNames: Readonly<Record<Component, string>> = {
  characterEncoder: 'character encoder',
  wordEncoder: 'word encoder',
  decoder: 'decoder',
};

const shareNames = ['soft', 'hard', 'independent'] as const;

/** One row of a heat map; a cell without a value stays empty. */
interface Row {
  readonly title: string;
  readonly values: readonly (number | null)[];
}

interface Picture {
  readonly title: string;
  readonly note: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** Column titles stand upright, for long ones. */
  readonly isUpright: boolean;
}

/** Labels down, the shares of each component across. Labels that the source shares are marked. */
export function labelPicture(means: readonly ComponentGates[], shared: ReadonlySet<string>): string {
  const columns = means.flatMap(({ component, labels }) => columnsOf(component, labels));
  const labels = means[0]?.labels.map(({ label }) => label) ?? [];
  const rows = labels.map((label) => ({
    title: label === 'O' ? 'O (outside)' : `${label}${shared.has(label) ? ' *' : ''}`,
    values: means.flatMap(({ labels: all }) =>
      valuesOf(
        all.find((entry) => entry.label === label),
        all,
      ),
    ),
  }));
  return draw({
    title: 'Mean gate by gold label, in percent',
    note: '* the source has this label too. soft + hard + independent = 100.',
    columns,
    rows,
    isUpright: false,
  });
}

/** The tokens of one sentence across, the shares of each component down. */
export function tokenPicture(components: readonly Component[], tokens: readonly GateToken[]): string {
  const rows = components.flatMap((component, c) => {
    const shares = tokens.flatMap(({ gates }) => gates[c] ?? []);
    return columnsOf(component, shares).map((title, i) => ({
      title,
      values: shares.map((share) => valuesOf(share, shares)[i] ?? null),
    }));
  });
  const first = tokens[0];
  return draw({
    title: `Gates of sentence ${first?.sentence ?? 1} of ${first?.document ?? ''}, in percent`,
    note: 'In brackets the gold label. soft + hard + independent = 100.',
    columns: tokens.map(({ text, gold }, i) => `${text ?? i + 1}${gold === null ? '' : ` [${gold}]`}`),
    rows,
    isUpright: true,
  });
}

function columnsOf(component: Component, shares: readonly GateShares[]): string[] {
  return namesOf(shares).map((name) => `${componentNames[component]}: ${name}`);
}

function valuesOf(share: GateShares | undefined, all: readonly GateShares[]): (number | null)[] {
  return namesOf(all).map((name) => share?.[name] ?? null);
}

function namesOf(shares: readonly GateShares[]): (typeof shareNames)[number][] {
  return shareNames.filter((name) => name !== 'independent' || shares.some(({ independent }) => independent !== null));
}

const cell = { width: 46, height: 24 };
const characterWidth = 6.6;

function draw({ title, note, columns, rows, isUpright }: Picture): string {
  const longest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length));
  const left = 16 + longest(rows.map((row) => row.title)) * characterWidth;
  const top = 44 + longest(columns) * characterWidth * (isUpright ? 0.95 : 0.75);
  // Slanted titles reach past the last column.
  const width = left + columns.length * cell.width + (isUpright ? 16 : longest(columns) * characterWidth * 0.75);
  const needed = Math.max(width, title.length * 8 + 32, note.length * characterWidth + 32);
  const height = top + rows.length * cell.height + 36;
  const titles = columns.map((text, c) => {
    const [x, y] = [left + (c + 0.5) * cell.width + 4, top - 8];
    return `<text x="${x}" y="${y}" transform="rotate(${isUpright ? -90 : -45} ${x} ${y})">${escaped(text)}</text>`;
  });
  const body = rows.flatMap((row, r) => {
    const y = top + r * cell.height;
    const name = `<text x="${left - 8}" y="${y + 16}" text-anchor="end">${escaped(row.title)}</text>`;
    return [name, ...row.values.map((value, c) => (value === null ? '' : drawCell(value, left + c * cell.width, y)))];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(needed)}" height="${Math.ceil(height)}" role="img">`,
    `<title>${escaped(title)}</title>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    '<g font-family="DejaVu Sans, Arial, sans-serif" font-size="11" fill="#1a1a1a">',
    `<text x="16" y="24" font-size="14" font-weight="bold">${escaped(title)}</text>`,
    ...titles,
    ...body,
    `<text x="16" y="${height - 12}" fill="#555555">${escaped(note)}</text>`,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** White at 0, dark blue at 1; the number stands in it, so that colour is not all there is. */
function drawCell(value: number, x: number, y: number): string {
  const mix = (from: number, to: number): number => Math.round(from + (to - from) * Math.min(1, Math.max(0, value)));
  const fill = `rgb(${mix(255, 16)},${mix(255, 61)},${mix(255, 140)})`;
  const ink = value > 0.5 ? '#ffffff' : '#1a1a1a';
  return (
    `<rect x="${x}" y="${y}" width="${cell.width - 2}" height="${cell.height - 2}" fill="${fill}" stroke="#d0d4da"/>` +
    `<text x="${x + cell.width / 2 - 1}" y="${y + 15}" text-anchor="middle" fill="${ink}">${(value * 100).toFixed(0)}</text>`
  );
}

function escaped(text: string): string {
  return cellText(text).replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
