/** Who may import whom: the table in CONTRIBUTING.md ("Who may import whom"), rule by rule. Folders that do not exist yet have theirs already. */

/** Our own modules: what the file is reached by, from the root of the repository. */
const own = '^(electron|worker|renderer|test|resources)/';

/** `from` may import itself and what `may` lists of our own modules; everything else of ours is refused. */
function mayImportOwn(name, from, may) {
  return {
    name,
    severity: 'error',
    comment: `${name} may import, of our own code: ${may.join(', ') || 'nothing'}`,
    from: { path: from },
    to: { path: own, pathNot: may },
  };
}

/** A package is fenced to the folders that need it (tests may use any). */
function fence(packageName, folders) {
  return {
    name: `fence-${packageName}`,
    severity: 'error',
    comment: `${packageName} may be imported only from ${folders.join(', ')}`,
    from: { path: '^(electron|worker|renderer)/', pathNot: folders },
    to: { path: `(^|/)node_modules/${packageName}(/|$)` },
  };
}

/** No Node module may be reached from `from`. */
function noBuiltins(name, from) {
  return {
    name,
    severity: 'error',
    comment: 'this code runs where Node is not',
    from: { path: from },
    to: { dependencyTypes: ['core'] },
  };
}

const domain = '^worker/domain/';
const protocol = '^worker/protocol(-jobs)?\\.ts$';
const engine = '^worker/engine/';
const model = '^worker/model/';
const data = '^worker/data/';
const evaluate = '^worker/evaluate/';
const train = '^worker/train/';
const formats = '^worker/formats/';
const api = '^electron/api/';
const store = '^electron/store/';
const core = '^electron/core/';
const shell = '^electron/shell/';
const cli = '^electron/cli/';
const renderer = '^renderer/';

const folderRules = [
  mayImportOwn('worker-domain', domain, [domain]),
  mayImportOwn('worker-protocol', protocol, [domain, protocol]),
  // Plain text has no sentences of its own: the readers of text and brat ask the tokeniser (see DECISIONS).
  mayImportOwn('worker-formats', formats, [formats, domain, '^worker/data/tokenize\\.ts$']),
  mayImportOwn('worker-data', data, [data, domain]),
  mayImportOwn('worker-engine', engine, [engine]),
  mayImportOwn('worker-model', model, [model, engine, domain]),
  mayImportOwn('worker-evaluate', evaluate, [evaluate, model, data, engine, domain]),
  mayImportOwn('worker-train', train, [train, evaluate, model, data, engine, domain]),
  mayImportOwn('worker-jobs', '^worker/jobs/', ['^worker/']),
  mayImportOwn('worker-main', '^worker/main\\.ts$', ['^worker/']),
  mayImportOwn('electron-api', api, [api, domain]),
  mayImportOwn('electron-store', store, [store, domain]),
  mayImportOwn('electron-core', core, [core, store, api, protocol, domain]),
  mayImportOwn('electron-cli', cli, [cli, core, api, domain]),
  mayImportOwn('electron-shell', shell, [shell, api]),
  mayImportOwn('renderer', renderer, [renderer, api, domain]),
  mayImportOwn('renderer-parts', '^renderer/parts/', [
    '^renderer/(parts|ui|state)/',
    '^renderer/desk\\.svelte\\.ts$',
    api,
    domain,
  ]),
  mayImportOwn('renderer-ui', '^renderer/ui/', ['^renderer/ui/', domain]),
  mayImportOwn('renderer-state', '^renderer/state/', [
    '^renderer/state/',
    '^renderer/desk\\.svelte\\.ts$',
    api,
    domain,
  ]),
  mayImportOwn('electron-packaging', '^electron/packaging/', ['^electron/packaging/']),
  {
    name: 'only-worker-main-imports-jobs',
    severity: 'error',
    from: { path: '^(electron|worker|renderer)/', pathNot: ['^worker/main\\.ts$', '^worker/jobs/'] },
    to: { path: '^worker/jobs/' },
  },
];

const processRules = [
  noBuiltins('domain-is-pure', domain),
  noBuiltins('api-is-pure', api),
  noBuiltins('renderer-is-a-page', renderer),
  {
    name: 'domain-and-api-know-zod-alone',
    severity: 'error',
    from: { path: [domain, api] },
    to: { path: 'node_modules/', pathNot: 'node_modules/zod/' },
  },
  fence('electron', [shell]),
  fence('svelte', [renderer]),
  fence('bits-ui', ['^renderer/(ui/|App\\.svelte$)']),
  fence('@tanstack', ['^renderer/ui/']),
  fence('virtua', ['^renderer/ui/']),
  fence('chart.js', ['^renderer/ui/']),
  fence('better-sqlite3', [store]),
  fence('@tensorflow', [engine, model, train, evaluate]),
  fence('hucre', [formats]),
  fence('csv-stringify', [formats]),
  fence('iconv-lite', [formats]),
  fence('chardet', [formats]),
  fence('commander', [cli]),
  fence('cli-progress', [cli]),
];

const generalRules = [
  { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  {
    name: 'no-tests-in-the-product',
    severity: 'error',
    from: { path: '^(electron|worker|renderer)/' },
    to: { path: '^test/' },
  },
  {
    name: 'no-development-packages-in-the-product',
    severity: 'error',
    comment: 'a package used by the product belongs to "dependencies"; types alone may be development packages',
    from: {
      path: '^(electron|worker)/',
      pathNot: ['^electron/packaging/', '^worker/engine/simd/(kernels/|build\\.mjs$)'],
    },
    to: {
      dependencyTypes: ['npm-dev'],
      dependencyTypesNot: ['type-only'],
      // Part of the program that starts us, not of node_modules.
      pathNot: '(^|/)node_modules/electron/',
    },
  },
  {
    name: 'no-barrels',
    severity: 'error',
    comment: 'an index file is a barrel',
    from: {},
    to: { path: '(^|/)index\\.ts$', pathNot: 'node_modules/' },
  },
];

module.exports = {
  forbidden: [...folderRules, ...processRules, ...generalRules],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^worker/engine/simd/(kernels|build)/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.cjs', '.json', '.svelte'],
    },
  },
};
