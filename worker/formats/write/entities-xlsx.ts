/** The entity workbook entities.xlsx: sheets Entities, Notes, Labels and Run. */
import { tokenCount } from '../../domain/document.ts';
import type { PredictedSpan } from '../../domain/document.ts';
import { cellText } from './cells.ts';
import { chosenColumns, entityRows, offsetMeaning, roundedConfidence } from './entity-rows.ts';
import type { EntityColumn } from './entity-rows.ts';
import type { Column } from './sheet-xml.ts';
import type { EntityWriter, RunDescription } from './tagged-note.ts';
import { maxDataRows, openWorkbook } from './workbook.ts';

const entityWidths: Record<EntityColumn, number> = {
  note: 28,
  sentence: 9,
  line: 7,
  start: 8,
  end: 8,
  label: 18,
  text: 36,
  'left context': 44,
  'right context': 44,
  confidence: 11,
  run: 20,
  'model hash': 20,
};

const noteSheet = sheet('Notes', {
  note: 28,
  characters: 11,
  tokens: 9,
  sentences: 10,
  entities: 9,
  status: 10,
  message: 60,
});
const labelSheet = sheet('Labels', { label: 24, entities: 10, notes: 9, 'mean confidence': 16 });
const runSheet = sheet('Run', { key: 22, value: 100 });

/**
 * Start `folder`/entities.xlsx. Entities beyond `rowsPerSheet` continue on Entities_2, Entities_3, …
 * @throws AppError when the folder cannot be written to.
 */
export async function openEntityWorkbook(
  folder: string,
  run: RunDescription,
  rowsPerSheet = maxDataRows,
): Promise<EntityWriter> {
  const workbook = await openWorkbook(folder, 'entities.xlsx', rowsPerSheet);
  const entities = workbook.streamSheet(entitySheet(run));
  const notes = workbook.holdSheet(noteSheet);
  const labels = new Map<string, LabelTotal>();
  const totals = { notes: 0, failed: 0, entities: 0 };
  const started = new Date();

  async function writeLabels(): Promise<void> {
    const rows = workbook.holdSheet(labelSheet);
    for (const [label, total] of [...labels].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const mean = roundedConfidence(total.confidence / total.entities);
      await rows.addRow([cellText(label), total.entities, total.notes, mean]);
    }
  }

  async function writeRun(): Promise<void> {
    const rows = workbook.holdSheet(runSheet);
    for (const [key, value] of runRows(run, started, totals)) {
      await rows.addRow([cellText(key), typeof value === 'string' ? cellText(value) : value]);
    }
  }

  return {
    async write(note) {
      for (const row of entityRows(note, run)) await entities.addRow(row);
      addLabels(labels, note.spans);
      totals.notes++;
      totals.entities += note.spans.length;
      const { text, tokens, spans } = note;
      const counts = [text.length, tokenCount(tokens), tokens.sentenceEnds.length, spans.length];
      await notes.addRow([cellText(note.name), ...counts, 'tagged', null]);
    },
    async fail(name, error) {
      totals.failed++;
      const message = [error.message, error.details.nextStep].filter((part) => part !== undefined).join(' ');
      await notes.addRow([cellText(name), null, null, null, null, 'failed', cellText(message)]);
    },
    async close() {
      await writeLabels();
      await writeRun();
      return [await workbook.close()];
    },
    discard: () => workbook.discard(),
  };
}

interface LabelTotal {
  entities: number;
  notes: number;
  /** Sum over the entities. */
  confidence: number;
}

function addLabels(labels: Map<string, LabelTotal>, spans: readonly PredictedSpan[]): void {
  const seen = new Set<string>();
  for (const { label, confidence } of spans) {
    const total = labels.get(label) ?? { entities: 0, notes: 0, confidence: 0 };
    labels.set(label, total);
    total.entities++;
    total.confidence += confidence;
    if (!seen.has(label)) total.notes++;
    seen.add(label);
  }
}

function runRows(
  run: RunDescription,
  started: Date,
  totals: { notes: number; failed: number; entities: number },
): (readonly [string, string | number])[] {
  const convention = run.convention === undefined ? [] : [['convention', run.convention] as const];
  return [
    ['run', run.runLabel],
    ['recipe', run.recipe],
    ['model hash (SHA-256)', run.modelHash],
    ['when (UTC)', started.toISOString()],
    ['command', run.command],
    ...convention,
    ['offsets', offsetMeaning],
    ['notes tagged', totals.notes],
    ['notes failed', totals.failed],
    ['entities', totals.entities],
    ...run.rows,
  ];
}

function entitySheet(run: RunDescription): { name: string; columns: Column[] } {
  return sheet('Entities', Object.fromEntries(chosenColumns(run).map((column) => [column, entityWidths[column]])));
}

function sheet(name: string, widths: Record<string, number>): { name: string; columns: Column[] } {
  const columns = Object.entries(widths).map(([header, width]) => {
    return { header, width, isScore: header.endsWith('confidence') };
  });
  return { name, columns };
}
