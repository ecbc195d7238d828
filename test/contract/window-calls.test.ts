/** What the window can do to data, the command line can: labels, another split, errors, comparison, taggings in the project. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { thoroughSettings, trainProject } from '../support/trained-project.ts';
import { sampleNotes, writeBrat } from '../unit/core/brat-files.ts';
import { temporaryFolder } from '../unit/store/builders.ts';
import { json, notegraft, said, startNotegraft } from './notegraft.ts';

let project: Awaited<ReturnType<typeof trainProject>>;
before(async () => {
  project = await trainProject('dtn-hs', thoroughSettings);
});
after(() => project.dispose());

test('labels suggests, takes a map from a file, and shows it', (t) => {
  const path = copied(t);
  const { suggestions } = json('labels', path, '--suggest') as { suggestions: { source: string; target: string }[] };
  assert.deepEqual([suggestions[0]?.source, suggestions[0]?.target], ['Drug', 'Drug']);
  const file = join(temporaryFolder(t), 'map.json');
  writeFileSync(file, '{"Drug": "Drug"}');
  assert.deepEqual((json('labels', path, '--map', file) as { map: unknown }).map, { Drug: 'Drug', Sign: null });
  assert.match(notegraft('labels', path).stdout, /^Drug +Drug\nSign +\(separate\)$/m);
  writeFileSync(file, 'Drug = Drug');
  assert.equal(notegraft('labels', path, '--map', file).exitCode, 1);
});

test('split --preview changes nothing, --again does', (t) => {
  const path = copied(t);
  const shares = ['split', path, '--role', 'target', '--dev', '0.5', '--test', '0'];
  const preview = json(...shares, '--preview') as { dev: number };
  assert.match(notegraft('info', path).stdout, /^target {2}dev +4 /m);
  assert.deepEqual(json(...shares, '--again'), preview);
  assert.match(notegraft('info', path).stdout, /^target {2}dev +10 /m);
});

test('errors prints confusion and gates, compare the runs by label, estimate the time', (t) => {
  const path = copied(t);
  const errors = notegraft('errors', path, '--run', '1', '--split', 'test').stdout;
  assert.match(errors, /^gold +predicted +spans\n/);
  assert.match(errors, /^wordEncoder +O +\d+/m);
  assert.match(notegraft('compare', path, '--runs', '1,1').stdout, /^micro +\d+ +[\d.]+ +[\d.]+ \(\+0\.0\)$/m);
  assert.match(notegraft('estimate', path, '--recipe', 'baseline').stdout, /an epoch, .* for all 50;/);
});

test('notes are tagged into the project, listed and exported', (t) => {
  const path = copied(t);
  const folder = temporaryFolder(t);
  const notes = writeBrat(join(folder, 'notes'), sampleNotes(3, 'new'));
  const tagging = json('taggings', path, notes, '--run', '1') as { tagging: number; done: number };
  assert.deepEqual([tagging.tagging, tagging.done], [1, 3]);
  assert.match(notegraft('taggings', path).stdout, /^1 +1 dtn-hs +done +3 +0 +0 /m);
  assert.equal(notegraft('taggings', path, '--export', '1', '--out', join(folder, 'out')).exitCode, 0);
  assert.ok(existsSync(join(folder, 'out', 'entities.xlsx')));
  assert.equal((json('taggings', path, '--resume', '1') as { done: number }).done, 3);
});

test('kill -9 in mid-tagging loses nothing: resumed, every note is tagged once', async (t) => {
  const path = copied(t);
  const notes = writeBrat(join(temporaryFolder(t), 'notes'), sampleNotes(9000, 'new'));
  const tagging = startNotegraft(t, process.execPath, 'taggings', path, notes, '--run', '1');
  await said(tagging, /of 9,000/);
  tagging.kill('SIGKILL');
  await once(tagging, 'exit');
  const { taggings } = json('taggings', path) as { taggings: { status: string; done: number; left: number }[] };
  const [left] = taggings;
  assert.equal(left?.status, 'interrupted');
  assert.ok(left.done > 0 && left.left > 0, `${left.done} done, ${left.left} left`);
  const resumed = json('taggings', path, '--resume', '1') as { status: string; done: number; left: number };
  assert.deepEqual([resumed.status, resumed.done, resumed.left], ['done', 9000, 0]);
});

test('an import is taken back', (t) => {
  const path = copied(t);
  assert.equal(notegraft('remove', path, '--import', '1').stdout, 'Removed 20 documents with 40 annotations.\n');
});

function copied(t: TestContext): string {
  const path = join(temporaryFolder(t), 'copy.ngr');
  copyFileSync(project.path, path);
  return path;
}
