/** Lists of the spans of a tagging, over all its notes: filtered, ordered by note or by confidence, counted by label. */
import type { ProjectDatabase, Statement } from './database.ts';
import type { SpanState } from './review.ts';

export interface EntityFilter {
  readonly tagging: number;
  readonly label?: string | undefined;
  readonly minimumConfidence?: number | undefined;
  readonly maximumConfidence?: number | undefined;
  readonly note?: number | undefined;
  /** Part of the note's name, whatever the case. */
  readonly name?: string | undefined;
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

const columns = `spans.note_id AS note, name, spans.position AS entity, now_start AS start, now_end AS "end", now_label AS label,
  CASE WHEN is_added = 0 THEN spans.confidence END AS confidence, spans.state`;
const matching = `state <> 'deleted' AND ($state IS NULL OR state = $state)
  AND ($minimum IS NULL OR confidence >= $minimum) AND ($maximum IS NULL OR confidence <= $maximum)
  AND ($name IS NULL OR note_id IN (SELECT id FROM tagged_notes WHERE session_id = $tagging AND instr(lower(name), lower($name)) > 0))`;
const textMatching = `${matching} AND ($label IS NULL OR now_label = $label) AND instr(lower(surface), lower($text)) > 0`;

/** What is asked decides the way: an index that holds all that is filtered by, or the rows themselves for words of the text. */
type Way = 'all' | 'label' | 'text' | 'note';

const conditions: Readonly<Record<Way, string>> = {
  all: `session_id = $tagging AND ${matching}`,
  label: `session_id = $tagging AND now_label = $label AND ${matching}`,
  text: `session_id = $tagging AND ${textMatching}`,
  note: `note_id = $note AND ($label IS NULL OR now_label = $label) AND ($text IS NULL OR instr(lower(surface), lower($text)) > 0)
    AND ${matching}`,
};
const orders = { note: 'note_id, position', confidence: 'confidence, note_id, position' } as const;
const inNote = 'now_start, position';

/** Each way to ask has statements of its own. The page is picked from an index first, so that what is skipped is never read. */
export function entityLists(database: ProjectDatabase): EntityLists {
  const list = (way: Way, order: keyof typeof orders): Statement<EntityLine> => {
    const sorted = way === 'note' && order === 'note' ? inNote : orders[order];
    const outer = sorted.replace(/\b(note_id|position|confidence)\b/g, 'spans.$1');
    return database.statement<EntityLine>(
      `entities.list-${way}-by-${order}`,
      `SELECT ${columns} FROM (SELECT note_id, position FROM ${tableOf(way)} WHERE ${conditions[way]}
         ORDER BY ${sorted} LIMIT $limit OFFSET $offset) AS picked
       JOIN predicted_spans AS spans ON spans.note_id = picked.note_id AND spans.position = picked.position
       JOIN tagged_notes ON tagged_notes.id = spans.note_id ORDER BY ${outer}`,
    );
  };
  const both = (way: Way) => ({ note: list(way, 'note'), confidence: list(way, 'confidence') });
  const lists = { all: both('all'), label: both('label'), text: both('text'), note: both('note') };
  const count = (way: Way): Statement<{ entities: number }> =>
    database.statement<{ entities: number }>(
      `entities.count-${way}`,
      `SELECT count(*) AS entities FROM ${tableOf(way)} WHERE ${conditions[way]}`,
    );
  const counts = { all: count('all'), label: count('label'), text: count('text'), note: count('note') };
  const labels = database.statement<{ label: string; entities: number; meanConfidence: number | null }>(
    'entities.labels',
    `SELECT now_label AS label, count(*) AS entities, avg(CASE WHEN state <> 'added' THEN confidence END) AS meanConfidence
     FROM predicted_spans WHERE session_id = $session AND state NOT IN ('rejected', 'deleted')
     GROUP BY now_label ORDER BY entities DESC, label`,
  );

  return {
    entities: (filter, order, page) => lists[wayOf(filter)][order].all({ ...parametersOf(filter), ...page }),
    countEntities: (filter) => counts[wayOf(filter)].get(parametersOf(filter))?.entities ?? 0,
    labels: (session) => labels.all({ session }),
  };
}

/** Words of the text are in no index: rows are then read in their own order, not in an index's. */
function tableOf(way: Way): string {
  return way === 'text' ? 'predicted_spans NOT INDEXED' : 'predicted_spans';
}

function wayOf({ note, text, label }: EntityFilter): Way {
  if (note !== undefined) return 'note';
  if (text !== undefined) return 'text';
  return label === undefined ? 'all' : 'label';
}

/** Only what a statement names may be bound; better-sqlite3 ignores the rest. */
function parametersOf(filter: EntityFilter) {
  return {
    tagging: filter.tagging,
    label: filter.label ?? null,
    minimum: filter.minimumConfidence ?? null,
    maximum: filter.maximumConfidence ?? null,
    note: filter.note ?? null,
    name: filter.name ?? null,
    state: filter.state ?? null,
    text: filter.text ?? null,
  };
}
