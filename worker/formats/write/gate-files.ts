/** Writes the gates of a run: gates.json, gates.xlsx and two pictures, together or not at all. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GateGroups, GateSource, GateToken } from '../../domain/gate-export.ts';
import type { ComponentGates, GateShares } from '../../domain/inspection.ts';
import type { Component } from '../../domain/recipe.ts';
import { cellText } from './cells.ts';
import { labelPicture, tokenPicture } from './gate-pictures.ts';
import { whileWriting } from './output-error.ts';
import { openOutputFile } from './output-file.ts';
import type { Column } from './sheet-xml.ts';
import { openWorkbook } from './workbook.ts';

export interface GateWriter {
  write(tokens: readonly GateToken[]): Promise<void>;
  /** Finish with the means; `example` is the sentence that is drawn. The paths of the files. */
  close(
    means: readonly ComponentGates[],
    groups: readonly GateGroups[],
    example: readonly GateToken[],
  ): Promise<string[]>;
  discard(): Promise<void>;
}

/** Start the files. `shared`: target labels that the source has too. @throws AppError when the folder cannot be written to. */
export async function openGateFiles(
  folder: string,
  source: GateSource,
  components: readonly Component[],
  shared: ReadonlySet<string>,
): Promise<GateWriter> {
  const json = await openOutputFile(folder, 'gates.json');
  const workbook = await openWorkbook(folder, 'gates.xlsx');
  const means = workbook.holdSheet(
    sheet('Means', { component: 20, label: 24, 'in source': 10, tokens: 9, ...shareColumns }),
  );
  const groups = workbook.holdSheet(sheet('Groups', { component: 20, group: 14, tokens: 9, ...shareColumns }));
  const tokenSheet = workbook.streamSheet(
    sheet('Tokens', {
      ...{ note: 28, sentence: 9, start: 8, end: 8, text: 24, gold: 18, predicted: 18, component: 20 },
      ...shareColumns,
    }),
  );
  const run = workbook.holdSheet(sheet('Run', { key: 16, value: 100 }));
  let isFirst = true;
  await json.write(`{"source":${JSON.stringify(source)},"components":${JSON.stringify(components)},"tokens":[`);
  return {
    async write(tokens) {
      for (const token of tokens) {
        await json.write(`${isFirst ? '' : ','}\n${JSON.stringify(token)}`);
        isFirst = false;
        const { document, sentence, start, end, text, gold, predicted, gates } = token;
        for (const [i, share] of gates.entries()) {
          const place = [cellText(document), sentence, start, end, text === null ? null : cellText(text)];
          await tokenSheet.addRow([
            ...place,
            textOrNull(gold),
            textOrNull(predicted),
            components[i] ?? '',
            ...values(share),
          ]);
        }
      }
    },
    async close(found, grouped, example) {
      await json.write(`\n],"means":${JSON.stringify(found)},"groups":${JSON.stringify(grouped)}}\n`);
      for (const { component, labels } of found) {
        for (const entry of labels) {
          const inSource = entry.label === 'O' ? null : shared.has(entry.label) ? 'yes' : 'no';
          await means.addRow([component, cellText(entry.label), inSource, entry.tokens, ...values(entry)]);
        }
      }
      for (const { component, groups: entries } of grouped) {
        for (const entry of entries) await groups.addRow([component, entry.group, entry.tokens, ...values(entry)]);
      }
      for (const [key, value] of Object.entries(source)) await run.addRow([key, cellText(String(value))]);
      const pictures: [string, string][] = [['gates-labels.svg', labelPicture(found, shared)]];
      if (example.length > 0) pictures.push(['gates-tokens.svg', tokenPicture(components, example)]);
      const files = [await json.commit(), await workbook.close()];
      for (const [name, svg] of pictures) {
        const path = join(folder, name);
        await whileWriting(path, () => writeFile(path, svg));
        files.push(path);
      }
      return files;
    },
    async discard() {
      await json.discard();
      await workbook.discard();
    },
  };
}

const shareColumns = { soft: 12, hard: 12, independent: 12 };

function sheet(name: string, widths: Record<string, number>): { name: string; columns: Column[] } {
  const columns = Object.entries(widths).map(([header, width]) => ({ header, width, isScore: header in shareColumns }));
  return { name, columns };
}

function values({ soft, hard, independent }: GateShares): (number | null)[] {
  return [soft, hard, independent];
}

function textOrNull(text: string | null): string | null {
  return text === null ? null : cellText(text);
}
