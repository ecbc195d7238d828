/** What looking into a trained model yields: gold and predicted spans side by side, and what its gates let through. */
import type { Component } from './recipe.ts';

/**
 * How a gold and a predicted span relate. `label`: same boundaries, another label; `boundary`: same label, other boundaries that
 * overlap; `both`: overlapping, and neither agrees; `missed` and `spurious` stand alone.
 */
export type PairKind = 'correct' | 'missed' | 'spurious' | 'label' | 'boundary' | 'both';

interface PlacedLabel {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** A gold span and what was predicted for it; `gold` null for spurious, `predicted` null for missed. */
export interface SpanPair {
  readonly kind: PairKind;
  readonly gold: PlacedLabel | null;
  readonly predicted: (PlacedLabel & { readonly confidence: number }) | null;
}

/**
 * Shares of the copies in a gated component's output, 0..1, adding up to 1 (DTN Eq. 1-4): soft = g2·g1, hard = g2·(1-g1),
 * independent = 1-g2; without an independent copy soft = g1, hard = 1-g1. Means over the units of a vector gate.
 */
export interface GateShares {
  readonly soft: number;
  readonly hard: number;
  readonly independent: number | null;
}

/** Mean shares of a component over the tokens of each gold label; `O` stands for the tokens outside. */
export interface ComponentGates {
  readonly component: Component;
  readonly labels: readonly (GateShares & { readonly label: string; readonly tokens: number })[];
}
