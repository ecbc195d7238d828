/** Token tables and texts as SQLite keeps them. */

/** 32-bit integers as bytes, little-endian whatever the machine. */
export function toBlob(values: Int32Array): Buffer {
  const blob = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) blob.writeInt32LE(value, index * 4);
  return blob;
}

/** The inverse of {@link toBlob}; a copy that does not share the blob's memory. */
export function fromBlob(blob: Buffer): Int32Array {
  const values = new Int32Array(blob.length / 4);
  for (let index = 0; index < values.length; index++) values[index] = blob.readInt32LE(index * 4);
  return values;
}

/** Text as a column value: SQLite's UTF-8 would turn a lone surrogate into U+FFFD, so such text goes in as UTF-16LE bytes. */
export function toTextColumn(text: string): string | Buffer {
  return text.isWellFormed() ? text : Buffer.from(text, 'utf16le');
}

/** The inverse of {@link toTextColumn}. */
export function fromTextColumn(value: string | Buffer): string {
  return typeof value === 'string' ? value : value.toString('utf16le');
}
