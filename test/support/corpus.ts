/** Tiny annotated corpora, written as lines of words in which `[Drug:aspirin 81 mg]` marks an entity. */
import type { AnnotatedDocument, Span, Split } from '../../worker/domain/document.ts';
import type { Task } from '../../worker/domain/task-names.ts';
import type { TaskDocument } from '../../worker/protocol.ts';

const mark = /^\[(?:([^:\]]+):)(.*)$/;

/** A document of one sentence a line; the words are its tokens. */
export function markedDocument(name: string, lines: readonly string[]): AnnotatedDocument {
  const [starts, ends, sentenceEnds]: [number[], number[], number[]] = [[], [], []];
  const spans: Span[] = [];
  let text = '';
  for (const line of lines) {
    let open: { start: number; label: string } | null = null;
    for (const written of line.split(' ')) {
      const [, label, rest] = mark.exec(written) ?? [];
      const isLast = written.endsWith(']');
      const word = (rest ?? written).slice(0, isLast ? -1 : undefined);
      if (label !== undefined) open = { start: text.length, label };
      starts.push(text.length);
      text += word;
      ends.push(text.length);
      if (isLast && open) spans.push({ ...open, end: text.length });
      text += ' ';
    }
    text = `${text.slice(0, -1)}\n`;
    sentenceEnds.push(starts.length);
  }
  const tokens = {
    starts: Int32Array.from(starts),
    ends: Int32Array.from(ends),
    sentenceEnds: Int32Array.from(sentenceEnds),
  };
  return { name, text, tokens, spans };
}

/** The same, as core streams it to a job. */
export function taskDocument(task: Task, split: Split, name: string, lines: readonly string[]): TaskDocument {
  return { ...markedDocument(name, lines), task, split };
}

/** Ten sentences of the target, three labels, entities of one to four words, and one sentence without any. */
export const targetLines: readonly string[] = [
  'He takes [Drug:aspirin] [Dose:81 mg] daily .',
  'Stop [Drug:warfarin] now .',
  'She denies [Problem:chest pain] today .',
  'No complaints .',
  'Give [Drug:insulin glargine] [Dose:10 units] at night',
  '[Problem:Fever]',
  'Known [Problem:chronic kidney disease stage] three .',
  '[Drug:Metformin] [Dose:500 mg] was held for [Problem:nausea] .',
  'Pain of the [Problem:left lower leg] after a fall .',
  'Restart [Drug:lisinopril] [Dose:5 mg] for [Problem:high blood pressure] .',
];

/** The source: other labels, partly the same words. */
export const sourceLines: readonly string[] = [
  'Patient was given [treatment:aspirin] for [problem:chest pain] .',
  '[treatment:Warfarin] was stopped .',
  'A [test:chest film] showed [problem:pneumonia] .',
  'No [problem:fever] overnight .',
  'Glucose was high , [treatment:insulin] started .',
  'The [problem:nausea] resolved with [treatment:ondansetron] .',
];

/** Documents as a training job reads them. */
export async function* streamed(documents: readonly TaskDocument[]): AsyncGenerator<TaskDocument> {
  yield* documents;
}
