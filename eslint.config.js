/** Lint rules: the parts of the style that a machine can check. Imports between folders are checked by dependency-cruiser. */
import { defineConfig, globalIgnores } from 'eslint/config';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const noDefaultExports = {
  selector: 'ExportDefaultDeclaration',
  message: 'No default exports: name what you export.',
};
const noInheritance = {
  selector:
    'ClassDeclaration[superClass]:not([superClass.name=/^(Error|KernelBackend)$/]), ClassExpression[superClass]',
  message:
    'No inheritance: use functions and plain data (only errors extend Error, and tfjs asks for a KernelBackend).',
};
const noBarrels = {
  selector: 'ExportAllDeclaration, Program > ExportNamedDeclaration[source]',
  message: 'No barrels and no re-exports: import a name from the file that defines it.',
};
/** The page's security policy refuses style attributes; a `style:` directive goes through the object model and is allowed. */
const noStyleAttribute = {
  selector: 'SvelteAttribute[key.name="style"]',
  message: "The page's security policy refuses style attributes: use a class, or a style: directive.",
};
/** dependency-cruiser does not see type-only imports of components. */
const notForComponents = ['node:*', '**/electron/core/*', '**/electron/store/*', '**/electron/shell/*'];

const noPurposelessFile = 'Open the file with one sentence of purpose in a /** */ comment.';

/** Own rule: every file opens with its purpose. */
const opensWithPurpose = {
  meta: { type: 'suggestion', schema: [] },
  create: (context) => ({
    Program(node) {
      const first = context.sourceCode.getAllComments()[0];
      const opens =
        first?.type === 'Block' &&
        first.value.startsWith('*') &&
        context.sourceCode.text.slice(0, first.range[0]).trim() === '';
      if (!opens) context.report({ loc: { line: 1, column: 0 }, node, message: noPurposelessFile });
    },
  }),
};

/** node:test returns promises that its own runner awaits. */
const testCalls = {
  from: 'package',
  package: 'node:test',
  name: ['test', 'it', 'describe', 'suite', 'before', 'after'],
};

/** Core rules that catch mistakes TypeScript lets through. */
const mistakes = [
  'eqeqeq',
  'no-async-promise-executor',
  'no-case-declarations',
  'no-cond-assign',
  'no-constant-condition',
  'no-debugger',
  'no-dupe-else-if',
  'no-duplicate-case',
  'no-empty',
  'no-eval',
  'no-loss-of-precision',
  'no-prototype-builtins',
  'no-self-assign',
  'no-self-compare',
  'no-sparse-arrays',
  'no-unmodified-loop-condition',
  'no-unreachable',
  'no-unsafe-finally',
  'no-unsafe-optional-chaining',
  'no-useless-escape',
  'no-var',
  'prefer-const',
  'use-isnan',
  'valid-typeof',
];

/** What plain JavaScript files find in Node; TypeScript checks the others. */
const nodeGlobals = ['Buffer', 'URL', 'WebAssembly', 'console', 'performance', 'process'];

/** Rules with types know every TypeScript file and component by the tsconfig nearest to it. */
const typed = { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] };

const typescriptRules = {
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: [testCalls] }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  '@typescript-eslint/require-await': 'off',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
};

export default defineConfig(
  globalIgnores([
    'worker/engine/simd/kernels/',
    'worker/engine/simd/build/',
    'test/fixtures/',
    'demo-output/',
    'dist/',
    'release/',
  ]),
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...Object.fromEntries(mistakes.map((rule) => [rule, 'error'])),
      'no-restricted-syntax': ['error', noDefaultExports, noInheritance, noBarrels],
      'max-lines': ['error', { max: 330, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { notegraft: { rules: { 'opens-with-purpose': opensWithPurpose } } },
    languageOptions: { parserOptions: typed },
    rules: {
      'notegraft/opens-with-purpose': 'error',
      ...typescriptRules,
    },
  },
  {
    files: ['renderer/**/*.svelte'],
    extends: [tseslint.configs.recommendedTypeChecked, svelte.configs.recommended],
    languageOptions: { parserOptions: { ...typed, parser: tseslint.parser, svelteConfig } },
    rules: {
      ...typescriptRules,
      // A component's properties are read where they are declared.
      'prefer-const': 'off',
      'no-restricted-syntax': ['error', noInheritance, noStyleAttribute],
      'no-restricted-imports': ['error', { paths: ['electron'], patterns: [{ group: notForComponents }] }],
      // What comes from another component is `any` to these rules; svelte-check knows its type.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'svelte/prefer-const': ['error', { destructuring: 'all' }],
      'svelte/button-has-type': 'error',
      'svelte/no-target-blank': 'error',
      'svelte/no-at-html-tags': 'error',
      'svelte/valid-compile': 'error',
    },
  },
  {
    // What a library prints would end between a program's own lines: only the faces of the program write to the console.
    files: ['electron/**/*.ts', 'worker/**/*.ts', 'renderer/**/*.{ts,svelte}'],
    ignores: ['electron/cli/**', 'electron/packaging/**'],
    rules: { 'no-console': 'error' },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: { globals: Object.fromEntries(nodeGlobals.map((name) => [name, 'readonly'])) },
    rules: { 'no-undef': 'error', 'no-unused-vars': 'error' },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { module: 'writable', require: 'readonly' } },
  },
  { files: ['*.config.{js,ts}'], rules: { 'no-restricted-syntax': 'off' } },
);
