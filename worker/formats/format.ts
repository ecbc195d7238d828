/** What a format reader promises. One file a format; nobody branches on a format's name outside `readers.ts`. */
import type { AnnotatedDocument, AnnotationCounts, AuditRow, FormatName, TextEncoding } from '../domain/document.ts';

/** A file's bytes decoded to text, verbatim: newlines and Unicode untouched, the BOM removed and remembered. */
export interface DecodedFile {
  readonly text: string;
  readonly encoding: TextEncoding;
}

/** The files that make up one document (or, for columns, a file with many). `files[0]` is the text. */
export interface FileGroup {
  /** Document name: path without extension relative to the imported folder, with forward slashes. */
  readonly name: string;
  /** Absolute paths. */
  readonly files: readonly string[];
}

/** What reading one group yields. A group may hold several documents (CoNLL). */
export interface ReadDocument {
  readonly document: AnnotatedDocument;
  readonly counts: AnnotationCounts;
  readonly audit: readonly AuditRow[];
}

/** A reader turns decoded files into documents; it never touches the disk and never throws for bad annotations. */
export interface FormatReader {
  readonly format: FormatName;
  /**
   * `files` in the order of the group. Throws AppError only when the whole group is unusable
   * (`format-invalid`, `file-empty`, …); a bad annotation is a row in the audit.
   */
  read(group: FileGroup, files: readonly DecodedFile[]): ReadDocument[];
}

/** How an audit names file `index` of a group: its base name in the document's folder, with forward slashes. */
export function auditName(group: FileGroup, index: number): string {
  const base = (group.files[index] ?? '').replace(/^.*[/\\]/, '');
  const folderEnd = group.name.lastIndexOf('/') + 1;
  return group.name.slice(0, folderEnd) + base;
}
