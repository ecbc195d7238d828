/** Word vectors in word2vec's binary form, in which a project keeps those it trained: written at once, read in chunks. */

export interface WordVector {
  readonly word: string;
  readonly values: Float32Array;
}

/** Takes a file's bytes behind its header line, chunk by chunk. */
export interface WordVectorReader {
  /** The vectors that are whole now. */
  push(chunk: Uint8Array): WordVector[];
}

const newline = 10;
const blank = 32;
const floatBytes = 4;

/** "words dimensions", then each word, a blank, and its numbers as 32-bit floats (little-endian). `values` is `[words, dimensions]`. */
export function encodeWord2vec(
  words: readonly string[],
  dimensions: number,
  values: Float32Array,
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const header = encoder.encode(`${words.length} ${dimensions}\n`);
  const names = words.map((word) => encoder.encode(`${word} `));
  const vectorBytes = dimensions * floatBytes;
  const bytes = new Uint8Array(names.reduce((sum, name) => sum + name.length + vectorBytes + 1, header.length));
  const view = new DataView(bytes.buffer);
  bytes.set(header);
  let at = header.length;
  for (const [word, name] of names.entries()) {
    bytes.set(name, at);
    at += name.length;
    for (let k = 0; k < dimensions; k++, at += floatBytes)
      view.setFloat32(at, values[word * dimensions + k] ?? 0, true);
    bytes[at++] = newline;
  }
  return bytes;
}

/** A reader that has seen nothing behind the header. A line break before a word is skipped: some writers put one, some do not. */
export function word2vecReader(dimensions: number): WordVectorReader {
  const decoder = new TextDecoder();
  let rest = new Uint8Array(0);
  return {
    push(chunk) {
      const bytes = joined(rest, chunk);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const found: WordVector[] = [];
      let at = 0;
      for (;;) {
        let start = at;
        while (bytes[start] === newline) start++;
        const space = bytes.indexOf(blank, start);
        const end = space + 1 + dimensions * floatBytes;
        if (space < 0 || end > bytes.length) break;
        const values = new Float32Array(dimensions);
        for (let k = 0; k < dimensions; k++) values[k] = view.getFloat32(space + 1 + k * floatBytes, true);
        found.push({ word: decoder.decode(bytes.subarray(start, space)), values });
        at = end;
      }
      rest = bytes.slice(at);
      return found;
    },
  };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
