/** Seeded nonsense in token-and-tag columns, shaped like clinical text, for benchmarks where no real corpus is at hand. */
import { writeFileSync } from 'node:fs';
import { seededRandom } from '../../worker/domain/random.ts';

const vocabularySize = 8000;

/** Writes IOB2 columns (token, TAB, tag; blank line between sentences of 4 to 40 tokens) over a Zipf-like vocabulary. */
export function writeSyntheticColumns(
  file: string,
  options: { seed: number; sentences: number; labels: number },
): void {
  const random = seededRandom(options.seed);
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const lines: string[] = [];
  for (let sentence = 0; sentence < options.sentences; sentence++) {
    let left = 4 + below(37);
    while (left > 0) {
      const isEntity = random.next() < 0.15;
      const length = isEntity ? Math.min(left, 1 + below(3)) : 1;
      const label = `Label${below(options.labels)}`;
      for (let i = 0; i < length; i++)
        lines.push(`${word(random.next())}\t${isEntity ? `${i === 0 ? 'B' : 'I'}-${label}` : 'O'}`);
      left -= length;
    }
    lines.push('');
  }
  writeFileSync(file, lines.join('\n'));
}

/** The word at a uniform draw: rank = size^draw makes frequent words common and most words rare. */
function word(draw: number): string {
  const rank = Math.floor(vocabularySize ** draw);
  const syllables = ['ra', 'no', 'ti', 'mel', 'os', 'car', 'di', 'pen', 'ul', 'gas'];
  return [...String(rank)].map((digit) => syllables[Number(digit)]).join('');
}
