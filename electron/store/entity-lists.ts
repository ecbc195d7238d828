/** Lists of the spans of a tagging, over all its notes: filtered, ordered by note or by confidence, counted by label. */
import type { ProjectDatabase, Statement } from './database.ts';
import type { SpanState } from './review.ts';

export interface EntityFilter {
  readonly tagging: number;
  readonly label?: string | undefined;
  readonly minimumConfidence?: number | undefined;
  readonly maximumConfidence?: number | undefined;
  readonly note?: number | undefined;
  readonly state?: SpanState | undefined;
  /** Part of the covered text, whatever the case. */
  readonly text?: string | undefined;
}

/** A span as it stands. */
export interface EntityLine {
  readonly note: number;
  readonly name: string;
  readonly entity: number;
  readonly start: number;
  readonly end: number;
  readonly label: string;
  /** Null for spans that a reviewer added. */
  readonly confidence: number | null;
  readonly state: SpanState;
}

interface EntityLists {
  entities(filter: EntityFilter, order: 'note' | 'confidence', page: { offset: number; limit: number }): EntityLine[];
  countEntities(filter: EntityFilter): number;
  labels(session: number): { label: string; entities: number; meanConfidence: number | null }[];
}

const columns = `spans.note_id AS note, name, position AS entity, now_start AS start, now_end AS "end", now_label AS label,
  CASE WHEN is_added = 0 THEN confidence END AS confidence, state`;
const matching = `state <> 'deleted' AND ($state IS NULL OR state = $state)
  AND ($minimum IS NULL OR confidence >= $minimum) AND ($maximum IS NULL OR confidence <= $maximum)
  AND ($note IS NULL OR spans.note_id = $note) AND ($text IS NULL OR instr(lower(surface), lower($text)) > 0)`;
const ofSession = 'spans.session_id = $tagging';
const ofLabel = 'spans.session_id = $tagging AND now_label = $label';

/** Each way to ask has a statement of its own, that an index answers in the order asked for. */
export function entityLists(database: ProjectDatabase): EntityLists {
  const list = (name: string, from: string, where: string, order: string): Statement<EntityLine> =>
    database.statement<EntityLine>(
      `entities.${name}`,
      `SELECT ${columns} FROM ${from} WHERE ${where} AND ${matching} ORDER BY ${order} LIMIT $limit OFFSET $offset`,
    );
  const spansFirst = 'predicted_spans AS spans CROSS JOIN tagged_notes ON tagged_notes.id = spans.note_id';
  const notesFirst = 'tagged_notes CROSS JOIN predicted_spans AS spans ON spans.note_id = tagged_notes.id';
  const lists = {
    all: {
      note: list('by-note', notesFirst, 'tagged_notes.session_id = $tagging', 'tagged_notes.id, position'),
      confidence: list('by-confidence', spansFirst, ofSession, 'spans.confidence, spans.note_id, position'),
    },
    label: {
      note: list('of-label-by-note', spansFirst, ofLabel, 'spans.note_id, position'),
      confidence: list('of-label-by-confidence', spansFirst, ofLabel, 'spans.confidence, spans.note_id, position'),
    },
    note: list(
      'of-note',
      notesFirst,
      'tagged_notes.id = $note AND ($label IS NULL OR now_label = $label)',
      'now_start, position',
    ),
  };
  const count = (name: string, where: string): Statement<{ entities: number }> =>
    database.statement<{ entities: number }>(
      `entities.${name}`,
      `SELECT count(*) AS entities FROM predicted_spans AS spans WHERE ${where} AND ${matching}`,
    );
  const counts = {
    all: count('count', ofSession),
    label: count('count-of-label', ofLabel),
    note: count('count-of-note', 'spans.note_id = $note AND ($label IS NULL OR now_label = $label)'),
  };
  const labels = database.statement<{ label: string; entities: number; meanConfidence: number | null }>(
    'entities.labels',
    `SELECT now_label AS label, count(*) AS entities, avg(CASE WHEN is_added = 0 THEN confidence END) AS meanConfidence
     FROM predicted_spans WHERE session_id = $session AND state NOT IN ('rejected', 'deleted')
     GROUP BY now_label ORDER BY entities DESC, label`,
  );

  return {
    entities(filter, order, page) {
      const statement =
        filter.note !== undefined ? lists.note : lists[filter.label === undefined ? 'all' : 'label'][order];
      return statement.all({ ...parametersOf(filter), ...page });
    },
    countEntities(filter) {
      const way = filter.note !== undefined ? 'note' : filter.label === undefined ? 'all' : 'label';
      return counts[way].get(parametersOf(filter))?.entities ?? 0;
    },
    labels: (session) => labels.all({ session }),
  };
}

/** Only what a statement names may be bound; better-sqlite3 ignores the rest. */
function parametersOf(filter: EntityFilter) {
  return {
    tagging: filter.tagging,
    label: filter.label ?? null,
    minimum: filter.minimumConfidence ?? null,
    maximum: filter.maximumConfidence ?? null,
    note: filter.note ?? null,
    state: filter.state ?? null,
    text: filter.text ?? null,
  };
}
