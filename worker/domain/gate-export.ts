/** The gates of a run as files: what the tables and pictures show. */
import type { Component } from './recipe.ts';
import type { ComponentGates, GateShares } from './inspection.ts';

/** Where an export comes from, written into every file of it. */
export interface GateSource {
  readonly run: string;
  readonly recipe: string;
  readonly modelHash: string;
  readonly split: string;
  readonly command: string;
}

/** One token with the gates of each component, in the order of the components. */
export interface GateToken {
  readonly document: string;
  /** Counted from 1, as in the tables. */
  readonly sentence: number;
  readonly start: number;
  readonly end: number;
  /** Null where the export holds no text. */
  readonly text: string | null;
  readonly gold: string | null;
  readonly predicted: string | null;
  readonly gates: readonly GateShares[];
}

/** What the source knows of a token's gold label. */
export const gateGroups = ['shared', 'target only', 'outside'] as const;
export type GateGroup = (typeof gateGroups)[number];

/** A component's means, and the mean over labels that the source shares, that only the target has, and outside. */
export interface GateGroups {
  readonly component: Component;
  readonly groups: readonly (GateShares & {
    readonly group: GateGroup;
    readonly tokens: number;
  })[];
}

/** Means over tokens by what the source knows of their label. `shared` are target labels that the source has too. */
export function groupGates(means: readonly ComponentGates[], shared: ReadonlySet<string>): GateGroups[] {
  const groupOf = (label: string): GateGroup =>
    label === 'O' ? 'outside' : shared.has(label) ? 'shared' : 'target only';
  return means.map(({ component, labels }) => ({
    component,
    groups: gateGroups.flatMap((group) => {
      const entries = labels.filter(({ label }) => groupOf(label) === group);
      const tokens = entries.reduce((sum, entry) => sum + entry.tokens, 0);
      if (tokens === 0) return [];
      const mean = (of: (entry: GateShares) => number | null): number =>
        entries.reduce((sum, entry) => sum + (of(entry) ?? 0) * entry.tokens, 0) / tokens;
      const hasOwn = entries.some(({ independent }) => independent !== null);
      const independent = hasOwn ? mean((entry) => entry.independent) : null;
      return [{ group, tokens, soft: mean(({ soft }) => soft), hard: mean(({ hard }) => hard), independent }];
    }),
  }));
}
