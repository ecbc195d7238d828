/** What formats, splits and findings of an import are called on the page. */
import type { AuditRowView } from '../../../electron/api/views.ts';
import type { FormatName, Split } from '../../../worker/domain/document.ts';

export const formatTitles: Readonly<Record<FormatName, string>> = {
  'i2b2-2010': 'i2b2 2010 (text and .con)',
  'i2b2-2009': 'i2b2 2009 medication (.m)',
  brat: 'brat (text and .ann)',
  conll: 'CoNLL columns',
  text: 'Plain text without annotations',
};

export const splitTitles: Readonly<Record<Split, string>> = { train: 'train', dev: 'dev', test: 'test' };

export const statusTitles: Readonly<Record<AuditRowView['status'], string>> = {
  repaired: 'repaired',
  skipped: 'skipped',
  failed: 'not readable',
  note: 'note',
};

export const statusTones = { repaired: 'info', skipped: 'warning', failed: 'danger', note: 'neutral' } as const;

/** An import's format as it is stored, without the endings; `auto` where it was never recognised. */
export function shortFormat(format: string): string {
  return format === 'auto' ? '–' : format.replace('i2b2-', 'i2b2 ');
}

/** `partner-missing` is written `partner missing`. */
export function kindTitle(kind: string): string {
  return kind.replaceAll('-', ' ');
}

export function folderName(path: string): string {
  return (
    path
      .replace(/[\\/]+$/, '')
      .split(/[\\/]/)
      .at(-1) ?? path
  );
}
