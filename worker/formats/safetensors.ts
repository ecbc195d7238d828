/** Reads matrices by name from a safetensors file of any origin, one at a time, so that the file may be larger than memory. */
import { open } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../domain/errors.ts';
import type { Matrix } from './npy.ts';
import { bytesPerNumber, readNumbers, type NumberKind } from './number-bytes.ts';

export interface SafetensorsFile {
  readonly names: readonly string[];
  /** @throws AppError `features-invalid` where the tensor is no matrix, or none of F32, F16 and BF16. */
  matrix(name: string): Promise<Matrix>;
}

const kinds: ReadonlyMap<string, NumberKind> = new Map([
  ['F32', 'float32'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
]);
const tensorSchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
const headerSchema = z.record(z.string(), z.unknown());
/** The format's own bound. */
const longestHeader = 100_000_000;
const nextStep = 'Write the file again with safetensors: one tensor a document, tokens by numbers, F32, F16 or BF16.';

/** Reads the header. @throws AppError `features-invalid`; whatever the system has against the file. */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const invalid = (why: string, cause?: unknown): AppError =>
    new AppError('features-invalid', `The safetensors file ${why}.`, { details: { file: path, nextStep }, cause });
  const first = await readAt(path, 0, 8);
  const length = first.length === 8 ? Number(first.readBigUInt64LE()) : Infinity;
  if (length > longestHeader) throw invalid('is cut off, or is not one');
  const start = 8 + length;
  const tensors = parseHeader(await readAt(path, 8, length), invalid);
  return {
    names: [...tensors.keys()],
    async matrix(name) {
      const entry = tensorSchema.safeParse(tensors.get(name));
      if (!entry.success) throw invalid('has a header that describes a tensor wrongly', entry.error);
      const { dtype, shape, data_offsets: offsets } = entry.data;
      const kind = kinds.get(dtype);
      if (kind === undefined) throw invalid(`holds numbers of type ${dtype}, not F32, F16 or BF16`);
      const [rows, columns] = shape;
      if (rows === undefined || columns === undefined || shape.length !== 2)
        throw invalid(`holds a tensor of ${shape.length} dimensions, not a matrix of tokens by numbers`);
      const size = rows * columns * bytesPerNumber[kind];
      const body = offsets[1] - offsets[0] === size ? await readAt(path, start + offsets[0], size) : null;
      if (body?.length !== size) throw invalid('is cut off');
      return { rows, columns, values: readNumbers(body, kind) };
    },
  };
}

function parseHeader(bytes: Buffer, invalid: (why: string, cause?: unknown) => AppError): Map<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw invalid('has a header that cannot be read', cause);
  }
  const { __metadata__: _facts, ...tensors } = headerSchema.parse(json);
  return new Map(Object.entries(tensors));
}

/** As many of these bytes as there are. */
async function readAt(path: string, position: number, length: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
