/** What a Select or a Combobox offers. */
export interface Option {
  readonly value: string;
  readonly label: string;
  /** A second line in the list. */
  readonly hint?: string;
  readonly isDisabled?: boolean;
}
