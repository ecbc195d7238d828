/** Checks the sample's gold and says how hard it is: `node resources/sample/check.ts`. Reads nothing but the generator. */
import { sampleFiles } from './generate.ts';

/** An annotation as the files state it, with the text at its offsets. */
interface StatedAnnotation {
  readonly file: string;
  readonly label: string;
  readonly stated: string;
  /** What the text holds there; pieces joined by one space. */
  readonly found: string;
}

/** Every annotation of the brat files below `folder`, such as `target/train`. */
export function bratGold(files: ReadonlyMap<string, string>, folder: string): StatedAnnotation[] {
  return [...files].flatMap(([path, content]) => {
    if (!path.startsWith(`${folder}/`) || !path.endsWith('.ann')) return [];
    const text = files.get(path.replace(/ann$/, 'txt')) ?? '';
    return content
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [, body = '', stated = ''] = line.split('\t');
        const [label = '', ...offsets] = body.split(/[ ;]/);
        const pieces = offsets.flatMap((offset, index) =>
          index % 2 === 0 ? [text.slice(Number(offset), Number(offsets[index + 1]))] : [],
        );
        return { file: path, label, stated, found: pieces.join(' ') };
      });
  });
}

/** Every annotation of the i2b2 files; i2b2 states surfaces in small letters, and so is what is found. */
export function i2b2Gold(files: ReadonlyMap<string, string>): StatedAnnotation[] {
  return [...files].flatMap(([path, content]) => {
    if (!path.endsWith('.con')) return [];
    const sentences = (files.get(path.replace('/concept/', '/txt/').replace(/con$/, 'txt')) ?? '').split('\n');
    return content
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [, stated = '', row, first, , last, label = ''] =
          /^c="(.*)" (\d+):(\d+) (\d+):(\d+)\|\|t="(.*)"$/.exec(line) ?? [];
        const tokens = (sentences[Number(row) - 1] ?? '').split(' ');
        const found = tokens
          .slice(Number(first), Number(last) + 1)
          .join(' ')
          .toLowerCase();
        return { file: path, label, stated, found };
      });
  });
}

/** Text of the source's sentences and surfaces of annotations, for look-ups: small letters, tokens apart, padded by spaces. */
function comparable(text: string): string {
  return ` ${(text.toLowerCase().match(/[a-z]+|\d+|[^\sa-z\d]/g) ?? []).join(' ')} `;
}

/** How many of the test's annotations have a surface that is annotated in target train, that stands in the source, or either. */
export function overlap(
  files: ReadonlyMap<string, string>,
): Map<string, { all: number; train: number; source: number; either: number }> {
  const train = new Set(bratGold(files, 'target/train').map(({ stated }) => comparable(stated)));
  const source = [...files]
    .filter(([path]) => path.startsWith('source/txt/'))
    .map(([, text]) => comparable(text))
    .join('\n');
  const rows = new Map<string, { all: number; train: number; source: number; either: number }>();
  for (const { label, stated } of bratGold(files, 'target/test')) {
    const surface = comparable(stated);
    for (const key of [label, 'all labels']) {
      const row = rows.get(key) ?? { all: 0, train: 0, source: 0, either: 0 };
      row.all++;
      if (train.has(surface)) row.train++;
      if (source.includes(surface)) row.source++;
      if (train.has(surface) || source.includes(surface)) row.either++;
      rows.set(key, row);
    }
  }
  return rows;
}

function main(): void {
  const files = sampleFiles();
  const bytes = [...files.values()].reduce((sum, content) => sum + content.length, 0);
  console.log(`${files.size} files, ${bytes} bytes`);
  const parts = new Map([
    ['source', i2b2Gold(files)],
    ...(['train', 'dev', 'test'] as const).map(
      (split) => [`target ${split}`, bratGold(files, `target/${split}`)] as const,
    ),
  ]);
  for (const [name, gold] of parts) {
    const counts = Object.entries(Object.groupBy(gold, ({ label }) => label)).map(
      ([label, of]) => `${label} ${of?.length}`,
    );
    console.log(`${name}: ${gold.length} annotations (${counts.toSorted().join(', ')})`);
    for (const { file, stated, found } of gold.filter((one) => one.stated !== one.found)) {
      console.error(`${file}: "${stated}" is stated, "${found}" is there`);
      process.exitCode = 1;
    }
  }
  console.log('surfaces of the target test that are annotated in target train / stand in the source / either:');
  for (const [label, { all, train, source, either }] of [...overlap(files)].toSorted(([a], [b]) =>
    a.localeCompare(b),
  )) {
    const share = (count: number): string => `${((100 * count) / all).toFixed(0)} %`.padStart(6);
    console.log(`${label.padEnd(11)} ${String(all).padStart(4)} ${share(train)} ${share(source)} ${share(either)}`);
  }
}

if (import.meta.main) main();
