/** Keeps the books of one document's annotations: spans kept, rows for the audit, and counts that always add up. */
import type { AnnotationCounts, AuditRow, Span } from '../domain/document.ts';
import type { Verdict } from './repair.ts';

/** Where an annotation stands: the file as the audit names it, and the 1-based line. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface Tally {
  /** Take in an annotation whose offsets were checked; one that is there already becomes 'duplicate'. */
  record(place: Place, label: string, verdict: Verdict): void;
  /** An annotation that cannot be used. */
  skip(place: Place, kind: string, reason: string): void;
  /** Something worth knowing that changed no annotation. */
  note(place: { readonly file: string; readonly line?: number }, kind: string, reason: string): void;
  /** Spans in the order of the text, longer ones first. */
  finish(): { spans: Span[]; counts: AnnotationCounts; audit: AuditRow[] };
}

/** Open the books for one document. */
export function openTally(): Tally {
  const spans = new Map<string, Span>();
  const audit: AuditRow[] = [];
  const counts = { ok: 0, repaired: 0, skipped: 0 };

  function skip(place: Place, kind: string, reason: string): void {
    counts.skipped++;
    audit.push({ ...place, status: 'skipped', kind, reason });
  }

  return {
    record(place, label, verdict) {
      if (verdict.status === 'skipped') return skip(place, verdict.kind, verdict.reason);
      const name = label.trim();
      if (name === '') return skip(place, 'label-empty', 'The annotation has no label.');
      const span = spanOf(name, verdict.pieces);
      const key = JSON.stringify(span);
      if (spans.has(key)) return skip(place, 'duplicate', 'The same label is already on the same text.');
      spans.set(key, span);
      counts[verdict.status]++;
      if (verdict.status === 'repaired') {
        audit.push({ ...place, status: 'repaired', kind: verdict.kind, reason: verdict.reason });
      }
    },
    skip,
    note(place, kind, reason) {
      audit.push({ ...place, status: 'note', kind, reason });
    },
    finish() {
      const ordered = [...spans].sort(inTextOrder).map(([, span]) => span);
      return { spans: ordered, counts, audit };
    },
  };
}

function spanOf(label: string, pieces: readonly (readonly [number, number])[]): Span {
  const start = pieces[0]?.[0] ?? 0;
  const end = pieces.at(-1)?.[1] ?? 0;
  return pieces.length > 1 ? { start, end, label, fragments: pieces } : { start, end, label };
}

function inTextOrder([keyA, a]: readonly [string, Span], [keyB, b]: readonly [string, Span]): number {
  return a.start - b.start || b.end - a.end || (keyA < keyB ? -1 : 1);
}
