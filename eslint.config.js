/** Lint rules: the parts of the style that a machine can check. Imports between folders are checked by dependency-cruiser. */
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

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

export default defineConfig(
  globalIgnores([
    'worker/engine/simd/kernels/',
    'worker/engine/simd/build/',
    'test/fixtures/',
    'demo-output/',
    'dist/',
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
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'notegraft/opens-with-purpose': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: [testCalls] }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    // What a library prints would end between a program's own lines: only the faces of the program write to the console.
    files: ['electron/**/*.ts', 'worker/**/*.ts'],
    ignores: ['electron/cli/**'],
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
  { files: ['eslint.config.js'], rules: { 'no-restricted-syntax': 'off' } },
);
