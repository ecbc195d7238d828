/** Builds the application into dist/, which mirrors the source tree: page, shell, core, worker and command line. */
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle, type InputOptions, type OutputOptions, type Plugin } from 'rolldown';
import { build as buildPage } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'dist');

/** Packages stay packages: native ones must, and the others are found beside the application all the same. */
const packages = /^[@a-z][^:]*$/;

/** `new URL('./other.ts', import.meta.url)`: the file is built too, and called by its built name. */
const siblingScripts: Plugin = {
  name: 'sibling-scripts',
  transform(code, id) {
    if (!id.endsWith('.ts') || !code.includes('import.meta.url')) return null;
    const isWorker = relative(root, id).startsWith('worker');
    return code.replaceAll(/new URL\('(\.[^']*)\.ts', import\.meta\.url\)/g, (_whole, path: string) => {
      if (isWorker) this.emitFile({ type: 'chunk', id: resolve(dirname(id), `${path}.ts`) });
      return `new URL('${path}.js', import.meta.url)`;
    });
  },
};

const nodeInput = {
  platform: 'node',
  plugins: [siblingScripts],
  transform: { target: 'node24' },
} satisfies InputOptions;

/** Everything that ends in dist/, and what it is built with. */
const sources = ['electron', 'worker', 'renderer', 'vite.config.ts', 'svelte.config.js', 'package-lock.json'];

/** Builds unless dist/ is newer than all of its sources. */
export async function buildIfStale(): Promise<void> {
  const description = join(dist, 'package.json');
  const builtAt = existsSync(description) ? statSync(description).mtimeMs : 0;
  const files = sources.flatMap((source) => globSync([source, `${source}/**/*`], { cwd: root }));
  if (files.some((file) => statSync(join(root, file)).mtimeMs > builtAt)) await buildApplication();
}

/** From nothing, in about ten seconds. */
export async function buildApplication(): Promise<void> {
  rmSync(dist, { recursive: true, force: true });
  await buildPage({ root: join(root, 'renderer'), configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
  await Promise.all([buildShell(), buildFaces(), buildWorker()]);
  copyKernels();
  writeDescription();
}

/** One CommonJS file each, for the oldest Electron that the tests run on; a sandboxed preload can load no other file. */
async function buildShell(): Promise<void> {
  for (const name of ['main', 'preload', 'utility-entry']) {
    await write(
      {
        input: join(root, `electron/shell/${name}.ts`),
        external: ['electron', /^node:/],
        platform: 'node',
        transform: { target: name === 'preload' ? 'chrome114' : 'node18' },
      },
      { file: join(dist, `electron/shell/${name}.cjs`), format: 'cjs' },
    );
  }
}

/** Core and the command line: a file each, in the folder of their source, so that their relative paths hold. */
async function buildFaces(): Promise<void> {
  for (const name of ['core/process', 'cli/main']) {
    await write(
      {
        ...nodeInput,
        input: join(root, `electron/${name}.ts`),
        external: ['better-sqlite3', 'commander', 'cli-progress', /^node:/],
      },
      { file: join(dist, `electron/${name}.js`), format: 'esm', codeSplitting: false },
    );
  }
}

/** The worker keeps its modules: it loads only what a job needs, and finds kernels and helpers beside them. */
async function buildWorker(): Promise<void> {
  await write(
    { ...nodeInput, input: join(root, 'worker/main.ts'), external: packages, preserveEntrySignatures: false },
    { dir: dist, format: 'esm', preserveModules: true, preserveModulesRoot: root, entryFileNames: '[name].js' },
  );
}

async function write(input: InputOptions, output: OutputOptions): Promise<void> {
  await bundle({ ...input, output });
}

function copyKernels(): void {
  const kernels = 'worker/engine/simd/build';
  mkdirSync(join(dist, dirname(kernels)), { recursive: true });
  cpSync(join(root, kernels), join(dist, kernels), { recursive: true, filter: (file) => !file.endsWith('.ts') });
}

/** The command line reads its version two folders up, as in the source tree. */
function writeDescription(): void {
  const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify({ name, version, license, type: 'module' })}\n`);
}

if (import.meta.main) {
  const started = performance.now();
  await buildApplication();
  console.log(`Built dist/ in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}
