/** Files of token features as NumPy and safetensors write them, byte by byte. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a .npy file says of its array; the numbers are little-endian unless `descr` says otherwise. */
export interface NpyOptions {
  readonly descr?: string;
  readonly version?: 1 | 2;
  readonly fortran?: boolean;
  readonly shape: readonly number[];
}

/** A .npy file around the bytes of its numbers. */
export function npyBytes(body: Uint8Array, { descr = '<f4', version = 1, fortran = false, shape }: NpyOptions): Buffer {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${tuple}), }`;
  const start = version === 1 ? 10 : 12;
  const header = `${text.padEnd(Math.ceil((start + text.length + 1) / 64) * 64 - start - 1)}\n`;
  const head = Buffer.alloc(start);
  head.write('\x93NUMPY', 'latin1');
  head[6] = version;
  if (version === 1) head.writeUInt16LE(header.length, 8);
  else head.writeUInt32LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(header), body]);
}

/** Numbers as 32-bit bytes. */
export function floats(values: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

/** 16-bit patterns as bytes. */
export function halves(patterns: readonly number[]): Uint8Array {
  return new Uint8Array(Uint16Array.from(patterns).buffer);
}

/** A .npy matrix of float32. */
export function npyMatrix(rows: readonly (readonly number[])[]): Buffer {
  return npyBytes(floats(rows.flat()), { shape: [rows.length, rows[0]?.length ?? 0] });
}

/** A safetensors file of these tensors, in their order. */
export function safetensorsBytes(
  tensors: Readonly<Record<string, { dtype: string; shape: readonly number[]; body: Uint8Array }>>,
): Buffer {
  let at = 0;
  const entries = Object.entries(tensors).map(([name, { dtype, shape, body }]) => {
    const offsets = [at, (at += body.length)];
    return [name, { dtype, shape, data_offsets: offsets }] as const;
  });
  const header = Buffer.from(JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, ...Object.values(tensors).map(({ body }) => body)]);
}

/** A matrix for each document of the column files that `notegraft export` wrote to a folder: each token's length and where it starts. */
export function writeFeatures(columns: string, features: string): string {
  const vectors = new Map<string, number[][]>();
  const lines = readdirSync(columns).flatMap((file) => readFileSync(join(columns, file), 'utf8').split('\n'));
  for (const line of lines) {
    const [token = '', start, , name = ''] = line.split('\t');
    if (token !== '' && token !== '-DOCSTART-')
      vectors.set(name, [...(vectors.get(name) ?? []), [token.length, Number(start)]]);
  }
  mkdirSync(features);
  for (const [name, matrix] of vectors) writeFileSync(join(features, `${name}.npy`), npyMatrix(matrix));
  return features;
}
