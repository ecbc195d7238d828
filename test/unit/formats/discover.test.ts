/** Finding files: layouts, names, order, and what is said about files that have no partner. */
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, test } from 'node:test';
import { discoverGroups, discoverNotes } from '../../../worker/formats/discover.ts';
import type { FileGroup } from '../../../worker/formats/format.ts';
import { makeUnreadable, permissionSkip, temporaryFolder } from './corpus-builders.ts';

function shown(folder: string, groups: readonly FileGroup[]): Record<string, string[]> {
  return Object.fromEntries(groups.map(({ name, files }) => [name, files.map((file) => relative(folder, file))]));
}

describe('discoverGroups', () => {
  test('finds brat files side by side, sorted, in every folder', (t) => {
    const folder = temporaryFolder(t, {
      'b.txt': 'x',
      'b.ann': '',
      'a/c.txt': 'x',
      'a/c.ann': '',
      'a/D.txt': 'x',
      'a/D.a1': '',
      'a/D.a2': '',
    });
    const { groups, audit } = discoverGroups([folder], 'brat');
    assert.deepEqual(shown(folder, groups), {
      'a/D': ['a/D.txt', 'a/D.a1', 'a/D.a2'],
      'a/c': ['a/c.txt', 'a/c.ann'],
      b: ['b.txt', 'b.ann'],
    });
    assert.deepEqual(
      groups.map(({ name }) => name),
      ['a/D', 'a/c', 'b'],
    );
    assert.deepEqual(audit, []);
  });

  test('finds i2b2 texts and concepts in sibling folders and leaves the layout out of the name', (t) => {
    const folder = temporaryFolder(t, { 'site/txt/r1.txt': 'x', 'site/concept/r1.con': '', 'site/ast/r1.ast': '' });
    assert.deepEqual(shown(folder, discoverGroups([folder], 'i2b2-2010').groups), {
      'site/r1': ['site/txt/r1.txt', 'site/concept/r1.con'],
    });
  });

  test('finds a partner anywhere when its name occurs once', (t) => {
    const folder = temporaryFolder(t, { 'test_data/0001.txt': 'x', 'reference/deep/concepts/0001.con': '' });
    assert.equal(discoverGroups([folder], 'i2b2-2010').groups.length, 1);
  });

  test('does not mix up notes of one name in two sites', (t) => {
    const folder = temporaryFolder(t, {
      'a/txt/r1.txt': 'x',
      'a/concept/r1.con': '',
      'b/txt/r1.txt': 'x',
      'b/concept/r1.con': '',
    });
    assert.deepEqual(shown(folder, discoverGroups([folder], 'i2b2-2010').groups), {
      'a/r1': ['a/txt/r1.txt', 'a/concept/r1.con'],
      'b/r1': ['b/txt/r1.txt', 'b/concept/r1.con'],
    });
  });

  test('finds 2009 entries under their several endings, also for notes without one', (t) => {
    const folder = temporaryFolder(t, {
      '11': 'x',
      '11.i2b2.entries': '',
      '12.txt': 'x',
      '12_gold.entries': '',
      '13.txt': 'x',
      '13.m': '',
      Makefile: 'x',
    });
    assert.deepEqual(shown(folder, discoverGroups([folder], 'i2b2-2009').groups), {
      '11': ['11', '11.i2b2.entries'],
      '12': ['12.txt', '12_gold.entries'],
      '13': ['13.txt', '13.m'],
    });
  });

  test('reports missing partners on both sides and goes on', (t) => {
    const folder = temporaryFolder(t, { 'a.txt': 'x', 'b.ann': '', 'c.txt': 'x', 'c.ann': '' });
    const { groups, audit } = discoverGroups([folder], 'brat');
    assert.deepEqual(
      groups.map(({ name }) => name),
      ['c'],
    );
    assert.deepEqual(audit, [
      {
        file: 'a.txt',
        status: 'skipped',
        kind: 'partner-missing',
        reason:
          'The text has no annotation file: expected a with .ann beside it or in a sibling folder. Add that file, or ignore this one.',
      },
      {
        file: 'b.ann',
        status: 'skipped',
        kind: 'partner-missing',
        reason:
          'The annotation file has no text: expected b.txt beside it or in a sibling folder. Add that file, or ignore this one.',
      },
    ]);
  });

  test('reports a text without .con', (t) => {
    const folder = temporaryFolder(t, { 'a.txt': 'x' });
    const { audit } = discoverGroups([folder], 'i2b2-2010');
    assert.match(audit[0]?.reason ?? '', /^The text has no annotation file: expected a with \.con /);
  });

  test('passes over what accompanies a corpus, and hidden files', (t) => {
    const folder = temporaryFolder(t, {
      'README.txt': 'x',
      'LICENSE.txt': 'x',
      'SOURCE.txt': 'x',
      'notes.md': 'x',
      '._a.txt': 'x',
      '.git/config.txt': 'x',
      'a.txt': 'x',
      'a.ann': '',
    });
    assert.deepEqual(discoverGroups([folder], 'brat').audit, []);
  });

  test('finds the partner beside a file that is named by itself', (t) => {
    const folder = temporaryFolder(t, { 'a.txt': 'x', 'a.ann': '', 'b.txt': 'x', 'b.ann': '' });
    assert.deepEqual(shown(folder, discoverGroups([join(folder, 'a.txt')], 'brat').groups), { a: ['a.txt', 'a.ann'] });
    assert.deepEqual(shown(folder, discoverGroups([join(folder, 'b.ann')], 'brat').groups), { b: ['b.txt', 'b.ann'] });
  });

  test('takes every file once and makes names unique', (t) => {
    const folder = temporaryFolder(t, { 'x/a.conll': 'x', 'y/a.conll': 'x' });
    const paths = [join(folder, 'x'), join(folder, 'x', 'a.conll'), join(folder, 'y')];
    assert.deepEqual(shown(folder, discoverGroups(paths, 'conll').groups), {
      'x/a': ['x/a.conll'],
      'y/a': ['y/a.conll'],
    });
  });

  test('names an empty folder', (t) => {
    const folder = temporaryFolder(t);
    assert.throws(() => discoverGroups([folder], 'brat'), {
      code: 'folder-empty',
      message: 'No .txt files with .ann files were found.',
      details: { file: folder, nextStep: 'Name the folder that holds the files, or another format.' },
    });
  });

  test('names a path that does not exist', (t) => {
    const path = join(temporaryFolder(t), 'nowhere');
    assert.throws(() => discoverGroups([path], 'brat'), {
      code: 'file-not-found',
      message: 'There is no such file or folder.',
      details: {
        file: path,
        nextStep: 'Check the path: it may have been moved or renamed, or its drive may not be connected.',
      },
    });
  });

  test('follows links to folders once, even when they lead in a circle', (t) => {
    const folder = temporaryFolder(t, { 'a/n.txt': 'x' });
    symlinkSync(folder, join(folder, 'a', 'loop'), 'junction');
    assert.deepEqual(
      discoverGroups([folder], 'text').groups.map(({ name }) => name),
      ['a/n'],
    );
  });

  test('reports a folder that may not be read and goes on', { skip: permissionSkip }, (t) => {
    const folder = temporaryFolder(t, { 'open/a.txt': 'x', 'shut/b.txt': 'x' });
    makeUnreadable(join(folder, 'shut'));
    const { groups, audit } = discoverGroups([folder], 'text');
    assert.deepEqual(
      groups.map(({ name }) => name),
      ['open/a'],
    );
    assert.deepEqual(audit, [
      {
        file: 'shut',
        status: 'failed',
        kind: 'unreadable',
        reason: 'It could not be read: permission was refused. Allow reading it, or leave it out.',
      },
    ]);
  });
});

describe('discoverNotes', () => {
  test('takes every .txt file, named relative to the folder', (t) => {
    const folder = temporaryFolder(t, {
      'ward/N2.TXT': 'x',
      'readme.txt': 'x',
      'a.txt': 'x',
      'a.ann': '',
      'scan.pdf': 'x',
    });
    assert.deepEqual(
      discoverNotes([folder]).map(({ name }) => name),
      ['a', 'readme', 'ward/N2'],
    );
  });

  test('takes a named file whatever its ending', (t) => {
    const folder = temporaryFolder(t, { 'note.log': 'x' });
    assert.deepEqual(discoverNotes([join(folder, 'note.log')]), [
      { name: 'note.log', files: [join(folder, 'note.log')] },
    ]);
  });

  test('tells notes of one name in two folders apart', (t) => {
    const folder = temporaryFolder(t, { 'x/a.txt': 'x', 'y/a.txt': 'x' });
    const names = discoverNotes([join(folder, 'x'), join(folder, 'y')]).map(({ name }) => name);
    assert.deepEqual(names, ['x/a', 'y/a']);
  });

  test('names a folder without notes', (t) => {
    const folder = temporaryFolder(t, { 'scan.pdf': 'x' });
    assert.throws(() => discoverNotes([folder]), { code: 'folder-empty', message: 'No .txt files were found.' });
  });
});
