/** What the kinds of errors are called, and what they mean. */
import type { CallOutput } from '../../../electron/api/contract.ts';

export type ErrorRow = CallOutput<'runs.errors'>['errors'][number];
export type ErrorKind = ErrorRow['kind'];

export const errorKinds: Readonly<Record<ErrorKind, { readonly title: string; readonly meaning: string }>> = {
  missed: { title: 'Missed', meaning: 'Annotated, and nothing was predicted there.' },
  spurious: { title: 'Spurious', meaning: 'Predicted, and nothing is annotated there.' },
  label: { title: 'Label', meaning: 'Right boundaries, another label.' },
  boundary: { title: 'Boundary', meaning: 'Right label, other boundaries.' },
  both: { title: 'Label and boundary', meaning: 'They overlap, but label and boundaries differ.' },
};
