/** What a Select or a Combobox offers. */
export interface Option {
  readonly value: string;
  readonly label: string;
  /** A second line in the list. */
  readonly hint?: string;
  readonly isDisabled?: boolean;
}

/** What a Select and a Combobox are given. */
export interface ChoiceProps {
  value: string;
  label: string;
  options: readonly Option[];
  hint?: string;
  placeholder?: string;
  isDisabled?: boolean;
  onChange?: (value: string) => void;
}
