/** Word vectors in words. */
import type { OwnVectors } from '../../electron/api/embeddings-calls.ts';
import { counted, when } from '../state/amounts.ts';

/** `4,210 words, 100 numbers each, of 12 November 2026` */
export function vectorsTitle({ words, dimensions, madeAt }: OwnVectors): string {
  return `${counted(words, 'word')}, ${dimensions} numbers each, of ${when(madeAt)}`;
}
