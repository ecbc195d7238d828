/** Named tensors and facts about them in one block of bytes: the safetensors layout (header length, JSON header, tensor bytes) with a hash. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AppError } from '../domain/errors.ts';

/** Weights as plain arrays, by path. */
export type WeightValues = Map<string, { readonly values: Float32Array; readonly shape: number[] }>;

/** Texts that travel in the header. */
type Facts = Readonly<Record<string, string>>;

const tensorSchema = z.object({
  dtype: z.literal('F32'),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});

/** Serialise. The same tensors and facts give the same bytes. */
export function encodeTensors(version: string, weights: WeightValues, facts: Facts): Uint8Array {
  const header: Record<string, unknown> = {};
  const sorted = [...weights].sort(([a], [b]) => (a < b ? -1 : 1));
  let size = 0;
  for (const [path, { values, shape }] of sorted) {
    header[path] = { dtype: 'F32', shape, data_offsets: [size, size + values.byteLength] };
    size += values.byteLength;
  }
  const pieces = sorted.map(([, { values }]) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  header['__metadata__'] = { notegraft: version, sha256: digest(header, pieces, facts), ...facts };
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  const start = 8 + Math.ceil(json.length / 8) * 8;
  // One block and one copy: these files can be large.
  const bytes = new Uint8Array(start + size).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  let at = start;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

export interface TensorFile {
  /** `notegraft` (the version) and the facts; not checked against the hash before {@link tensors}. */
  readonly metadata: Facts;
  /** Copies of all tensors. @throws what `damaged` makes when the hash does not match. */
  tensors(): WeightValues;
}

/** Read the header. `damaged` makes the error to throw, from a reason that ends "… is damaged: REASON". */
export function readTensorFile(bytes: Uint8Array, damaged: (why: string, cause?: unknown) => AppError): TensorFile {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { json, end } = readHeader(buffer, damaged);
  const { __metadata__: given, ...entries } = json;
  const metadata = z.record(z.string(), z.string()).safeParse(given);
  if (!metadata.success) throw damaged('it is not a Notegraft model');
  const { notegraft: _version, sha256, ...facts } = metadata.data;
  return {
    metadata: metadata.data,
    tensors() {
      const body = buffer.subarray(end);
      if (digest(entries, [body], facts) !== sha256) throw damaged('its checksum does not match');
      const weights: WeightValues = new Map();
      for (const [path, entry] of Object.entries(entries)) {
        const { shape, data_offsets: offsets } = tensorSchema.parse(entry);
        // A copy: tensor bytes in the file need not be aligned.
        const values = new Float32Array(Uint8Array.from(body.subarray(offsets[0], offsets[1])).buffer);
        weights.set(path, { values, shape });
      }
      return weights;
    },
  };
}

/** Over everything but the version: the tensors' entries in the header, their bytes, and the facts. */
function digest(tensors: Record<string, unknown>, body: readonly Uint8Array[], facts: Facts): string {
  const hash = createHash('sha256').update(JSON.stringify(tensors));
  for (const piece of body) hash.update(piece);
  for (const key of Object.keys(facts).sort()) hash.update(key).update(facts[key] ?? '');
  return hash.digest('hex');
}

function readHeader(
  buffer: Buffer,
  damaged: (why: string, cause?: unknown) => AppError,
): { json: Record<string, unknown>; end: number } {
  if (buffer.length < 8) throw damaged('it is too short');
  const length = buffer.readBigUInt64LE();
  const end = 8 + Number(length);
  if (length > 1_000_000_000n || end > buffer.length) throw damaged('it is cut off, or not a Notegraft model');
  try {
    return { json: JSON.parse(buffer.toString('utf8', 8, end)) as Record<string, unknown>, end };
  } catch (cause) {
    throw damaged('its header cannot be read', cause);
  }
}
