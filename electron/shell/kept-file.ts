/** Small JSON files in the user's data folder: read with a schema, replaced as a whole. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';

export interface KeptFile<T> {
  read(): T;
  write(value: T): void;
}

/** What is missing, damaged or of another shape reads as `initial`: nothing in these files is worth an error. */
export function keptFile<T>(file: string, schema: z.ZodType<T>, initial: T): KeptFile<T> {
  return {
    read() {
      try {
        const checked = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
        return checked.success ? checked.data : initial;
      } catch {
        return initial;
      }
    },
    write(value) {
      try {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(`${file}.new`, JSON.stringify(value));
        renameSync(`${file}.new`, file);
      } catch {
        // A profile that cannot be written to: the program works, it only forgets.
      }
    },
  };
}
