/** The wizard's sources: which are shown, what one may be called, and which a training is told to learn from. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wizardDraft } from '../../../electron/api/setup-calls.ts';
import type { ProjectInfo } from '../../../electron/api/views.ts';
import {
  chosenFolderOf,
  nameProblem,
  sourceAmounts,
  sourcesIn,
  sourcesProblem,
  sourcesSetUp,
  sourcesToSend,
  withChosenFolder,
  withoutSource,
} from '../../../renderer/state/wizard-sources.ts';

const folder = { folder: '/corpus', format: 'auto' } as const;

/** A project that holds a document of each role in each of two splits. */
function holding(...roles: string[]): ProjectInfo {
  return {
    project: { path: 'a.ngr', id: 'a', createdAt: '', createdBy: '' },
    documents: roles.flatMap((role) =>
      (['train', 'dev'] as const).map((split) => ({
        role,
        split,
        documents: 1,
        tokens: 0,
        sentences: 0,
        annotations: 0,
      })),
    ),
    labels: roles.map((role) => ({ role, label: 'Drug', count: 1, train: 1, dev: 0, test: 0, unsplit: 0 })),
    embeddings: [],
    runs: 0,
    taggings: 0,
  };
}

test('the sources of a project are each named once, the one without a name first and the target never', () => {
  assert.deepEqual(sourcesIn(holding('es', 'aa', 'source', 'target')), ['source', 'aa', 'es']);
  assert.deepEqual(sourcesIn(null), []);
});

test('the source without a name is there until another is, unless a folder was chosen for it', () => {
  const fresh = wizardDraft.parse({});
  assert.deepEqual(sourcesSetUp(fresh, null), ['source']);
  const named = wizardDraft.parse({ sources: [{ name: 'es', folder: null }] });
  assert.deepEqual(sourcesSetUp(named, null), ['es']);
  assert.deepEqual(sourcesSetUp({ ...named, source: folder }, holding('fr')), ['source', 'es', 'fr']);
});

test('a folder is chosen for one source and leaves the others as they were', () => {
  const draft = wizardDraft.parse({ source: folder, sources: [{ name: 'es', folder: null }] });
  const next = { ...draft, ...withChosenFolder(draft, 'fr', folder) };
  assert.deepEqual(chosenFolderOf(next, 'fr'), folder);
  assert.equal(chosenFolderOf(next, 'es'), null);
  assert.deepEqual(chosenFolderOf(next, 'source'), folder);
  assert.deepEqual(sourcesSetUp({ ...next, ...withoutSource(next, 'fr') }, null), ['source', 'es']);
  assert.deepEqual(sourcesSetUp({ ...next, ...withoutSource(next, 'source') }, null), ['es', 'fr']);
});

test('a name that a source cannot have is said in a sentence', () => {
  const problem = (name: string) => nameProblem(name, ['source', 'es']);
  assert.equal(problem('mimic-3'), undefined);
  assert.equal(problem(''), 'Type a name.');
  assert.equal(problem('es'), 'There is a source called es already.');
  assert.equal(problem('E3C'), 'A source is named in lower-case letters, digits and hyphens, a letter first.');
  assert.equal(problem('target'), 'A source cannot be called target or shared.');
  assert.equal(problem('a'.repeat(33)), 'A name has at most 32 letters.');
  assert.match(nameProblem('source', ['es']) ?? '', /has no name of its own/);
});

test('a training is told of its sources only where some are left out and it learns from any', () => {
  const sources = ['source', 'es', 'fr'];
  assert.deepEqual(sourcesToSend(null, sources, true), {});
  assert.deepEqual(sourcesToSend(['fr', 'es', 'source'], sources, true), {});
  assert.deepEqual(sourcesToSend(['fr', 'source', 'gone'], sources, true), { sources: ['source', 'fr'] });
  assert.deepEqual(sourcesToSend(['fr'], sources, false), {});
});

test('to choose no source is a problem where there are any', () => {
  assert.equal(sourcesProblem(null, ['es']), undefined);
  assert.equal(sourcesProblem([], []), undefined);
  assert.equal(sourcesProblem(['gone'], ['es']), 'Choose at least one source to learn from.');
});

test('what a source holds is said in a few words', () => {
  assert.equal(sourceAmounts(holding('es'), 'es'), '2 documents, 1 label');
  assert.equal(sourceAmounts(holding('es'), 'fr'), 'nothing yet');
});
