/** What the kinds of errors are called, and what they mean. */
import type { CallOutput } from '../../../electron/api/contract.ts';

export type ErrorRow = CallOutput<'runs.errors'>['errors'][number];
export type ErrorKind = ErrorRow['kind'];

interface KindWords {
  readonly title: string;
  readonly meaning: string;
}

const spanKinds: Readonly<Record<ErrorKind, KindWords>> = {
  missed: { title: 'Missed', meaning: 'Annotated, and nothing was predicted there.' },
  spurious: { title: 'Spurious', meaning: 'Predicted, and nothing is annotated there.' },
  label: { title: 'Label', meaning: 'Right boundaries, another label.' },
  boundary: { title: 'Boundary', meaning: 'Right label, other boundaries.' },
  both: { title: 'Label and boundary', meaning: 'They overlap, but label and boundaries differ.' },
};

/** Where each token has a class there are no boundaries to be wrong about. */
const classKinds: Readonly<Partial<Record<ErrorKind, KindWords>>> = {
  label: { title: 'Wrong class', meaning: 'The token was given another class.' },
  missed: { title: 'No class', meaning: 'The token was given no class.' },
  spurious: { title: 'Spurious', meaning: 'A class was given where none is annotated.' },
};

/** The kinds that there can be, in the order in which they are shown. */
export function kindsOfErrors(areClasses: boolean): readonly (readonly [ErrorKind, KindWords])[] {
  return Object.entries(areClasses ? classKinds : spanKinds) as [ErrorKind, KindWords][];
}

export function kindInWords(kind: ErrorKind, areClasses: boolean): KindWords {
  return (areClasses ? classKinds[kind] : undefined) ?? spanKinds[kind];
}
