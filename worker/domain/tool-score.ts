/** Scores under the conventions of other tools, so that our numbers can be put beside numbers they gave. */

/** `seqeval`: seqeval 1.2.2 as it is by default (conlleval); `seqeval-strict`: its strict mode; `nervaluate`: nervaluate 1.2.1. */
export const toolConventions = ['seqeval', 'seqeval-strict', 'nervaluate'] as const;
export type ToolConvention = (typeof toolConventions)[number];

/** Tag schemes that seqeval's strict mode knows. */
export const strictSchemes = ['IOB1', 'IOB2', 'IOE2', 'IOBES', 'BILOU'] as const;
export type StrictScheme = (typeof strictSchemes)[number];

/** One line of such a tool's report; values 0..1, 0/0 = 0. */
export interface ToolRow {
  /** `micro`, `macro`, `weighted`; of nervaluate `strict`, `exact`, `partial`, `ent_type`. */
  readonly name: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** What the ratios are made of, as the tool calls it. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface ToolScore {
  readonly convention: ToolConvention;
  /** The convention in words. */
  readonly description: string;
  readonly sentences: number;
  readonly overall: readonly ToolRow[];
  readonly perLabel: readonly { readonly label: string; readonly rows: readonly ToolRow[] }[];
}
