/** Reads NumPy's .npy files, versions 1 to 3: one matrix of 16- or 32-bit floating-point numbers. */
import { AppError } from '../domain/errors.ts';
import { bytesPerNumber, readNumbers, type NumberKind } from './number-bytes.ts';

/** A matrix, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

const kinds: ReadonlyMap<string, NumberKind> = new Map([
  ['<f4', 'float32'],
  ['<f2', 'float16'],
]);
const nextStep = "Write the file again: np.save(path, vectors.astype('float32')), one row a token.";

/** @throws AppError `features-invalid` for other types of numbers, other shapes, Fortran order, and files that are cut off. */
export function readNpy(bytes: Uint8Array, file: string): Matrix {
  const invalid = (why: string, cause?: unknown): AppError =>
    new AppError('features-invalid', `The .npy file ${why}.`, { details: { file, nextStep }, cause });
  const { text, end } = header(bytes) ?? {};
  if (text === undefined || end === undefined) throw invalid('is cut off, or is not one');
  const type = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const isFortran = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(([^)]*)\)/.exec(text)?.[1];
  if (type === undefined || isFortran === undefined || shape === undefined)
    throw invalid('has a header that says nothing');
  const kind = kinds.get(type);
  if (kind === undefined) throw invalid(`holds numbers of type ${type}, not float32 or float16`);
  if (isFortran === 'True') throw invalid('is in Fortran order');
  const sizes = shape.split(',').flatMap((size) => (size.trim() === '' ? [] : [Number(size)]));
  const [rows, columns] = sizes;
  if (rows === undefined || columns === undefined || sizes.length !== 2)
    throw invalid(`holds an array of ${sizes.length} dimensions, not a matrix of tokens by numbers`);
  const body = bytes.subarray(end);
  if (body.length !== rows * columns * bytesPerNumber[kind]) throw invalid('is cut off or too long');
  return { rows, columns, values: readNumbers(body, kind) };
}

/** The Python literal that describes the array, and where the array begins. */
function header(bytes: Uint8Array): { text: string; end: number } | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 12 || buffer.toString('latin1', 0, 6) !== '\x93NUMPY') return null;
  const isFirst = buffer[6] === 1;
  const start = isFirst ? 10 : 12;
  const end = start + (isFirst ? buffer.readUInt16LE(8) : buffer.readUInt32LE(8));
  return end > buffer.length ? null : { text: buffer.toString('utf8', start, end), end };
}
