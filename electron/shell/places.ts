/** Where the built program's files lie: in a checkout, and in a packaged application. */
import { join } from 'node:path';

/** The folder `dist`; this code is built to `dist/electron/shell`. */
const built = join(__dirname, '..', '..');

/** Core and worker are read by plain file access, WebAssembly and native modules included, so they lie outside the archive. */
const unpacked = built.replace(/app\.asar(?=$|[\\/])/, 'app.asar.unpacked');

export const places = {
  page: join(built, 'renderer'),
  preload: join(__dirname, 'preload.cjs'),
  icon: join(built, '..', 'resources', 'icons', 'icon-256.png'),
  utilityEntry: join(unpacked, 'electron', 'shell', 'utility-entry.cjs'),
  core: join(unpacked, 'electron', 'core', 'process.js'),
  worker: join(unpacked, 'worker', 'main.js'),
  /** Scripts that a worker may ask to have run are below this folder. */
  workerFolder: join(unpacked, 'worker'),
  sampleCorpus: join(unpacked, '..', 'resources', 'sample'),
} as const;
