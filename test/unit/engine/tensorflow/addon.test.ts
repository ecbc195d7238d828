/** TensorFlow's absence is a plain reason, not a failure. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadFrom } from '../../../../worker/engine/tensorflow/addon.ts';

const packageName = '@tensorflow/tfjs-node';

describe('an addon that cannot be used', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'notegraft-addon-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** A package of that name in a folder of its own, its files by path. */
  function packageWith(name: string, files: Readonly<Record<string, string>>): string {
    const root = path.join(folder, name, 'node_modules', packageName);
    for (const [file, text] of Object.entries({ 'package.json': '{"main":"index.js"}', ...files })) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), text);
    }
    return path.join(folder, name);
  }
  const native = { 'lib/napi-v8/tfjs_binding.node': '' };

  test('is not installed', () => {
    assert.equal(loadFrom(path.join(folder, 'nothing'), packageName), `${packageName} is not installed`);
  });

  test('is installed without its native library', () => {
    const reason = loadFrom(packageWith('bare', {}), packageName);
    assert.equal(reason, `${packageName} is installed without its native library`);
  });

  test('fails as it loads', () => {
    const failing = packageWith('failing', { ...native, 'index.js': 'throw new Error("wrong ELF class\\nat …")' });
    assert.equal(loadFrom(failing, packageName), `${packageName} does not load: wrong ELF class`);
  });

  test('is for another version of tfjs', () => {
    const other = packageWith('other', { ...native, 'index.js': 'exports.version = { "tfjs-core": "9.0.0" }' });
    assert.match(loadFrom(other, packageName) ?? '', /is for tfjs 9\.0\.0, not \d/);
  });
});
