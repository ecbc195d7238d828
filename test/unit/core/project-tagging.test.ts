/** Tagging into the project: every note journalled with text and spans, paused and resumed, listed, filtered, exported. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import type { EventData, EventName } from '../../../electron/api/events.ts';
import { createCore, type Core } from '../../../electron/core/main.ts';
import { openProject } from '../../../electron/store/project-store.ts';
import { coreOverCopy, thoroughSettings, trainProject } from '../../support/trained-project.ts';
import { temporaryFolder } from '../store/builders.ts';
import { sampleNotes } from './brat-files.ts';

let project: Awaited<ReturnType<typeof trainProject>>;
before(async () => {
  project = await trainProject('baseline', thoroughSettings);
});
after(() => project.dispose());

test('a folder is tagged into the project: notes with text and spans, failures named', async (t) => {
  const heard: EventName[] = [];
  const core = await coreOverCopy(t, project.path, (name) => heard.push(name));
  const folder = notesFolder(t, 4);
  writeFileSync(join(folder, 'empty.txt'), '');
  const tagging = await core.call('tagging.start', { run: 1, paths: [folder] });
  assert.deepEqual(
    [tagging.status, tagging.notes, tagging.done, tagging.failed, tagging.left, tagging.inProject],
    ['done', 5, 4, 1, 0, true],
  );
  const { notes, total } = await core.call('taggings.notes', { tagging: tagging.tagging, order: 'name' });
  assert.equal(total, 5);
  assert.deepEqual(
    notes.map(({ name, status, error }) => [name, status, error?.code]),
    [['empty', 'failed', 'file-empty'], ...[1, 2, 3, 4].map((number) => [`new-${number}`, 'tagged', undefined])],
  );
  const note = await core.call('taggings.note', { note: notes[1]?.note ?? 0 });
  assert.equal(note.text, readFileSync(join(folder, 'new-1.txt'), 'utf8'));
  assert.equal(note.spans.length, note.entities);
  for (const name of ['tagging.started', 'tagging.progress', 'tagging.changed'] as const)
    assert.ok(heard.includes(name));
});

test('the spans are those that tagging into files finds', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const folder = notesFolder(t, 6);
  const outFolder = temporaryFolder(t);
  await core.call('tagging.tag', { run: 1, paths: [folder], outFolder, write: ['jsonl'], command: 'test' });
  const { tagging } = await core.call('tagging.start', { run: 1, paths: [folder] });
  const again = temporaryFolder(t);
  await core.call('taggings.export', { tagging, formats: ['jsonl'], outFolder: again, layer: 'raw' });
  assert.equal(
    readFileSync(join(again, 'entities.jsonl'), 'utf8'),
    readFileSync(join(outFolder, 'entities.jsonl'), 'utf8'),
  );
});

test('a paused tagging keeps what is done and goes on with the rest', async (t) => {
  const folder = notesFolder(t, 4000);
  let core: Core | null = null;
  const pause = async (data: EventData<'tagging.progress'>): Promise<void> => {
    await core?.call('tagging.pause', { tagging: data.tagging });
  };
  core = await coreOverCopy(t, project.path, (name, data) => {
    if (name === 'tagging.progress' && 'secondsLeft' in data) void pause(data);
  });
  const paused = await core.call('tagging.start', { run: 1, paths: [folder] });
  assert.equal(paused.status, 'paused');
  assert.ok(paused.done > 0 && paused.left > 0, `${paused.done} done, ${paused.left} left`);
  const path = (await core.call('project.info', {})).project.path;
  await core.close();
  const second = createCore({ appVersion: '0.0.0' });
  t.after(() => second.close());
  await second.call('project.open', { path, access: 'write' });
  const done = await second.call('tagging.resume', { tagging: paused.tagging });
  assert.deepEqual([done.status, done.done, done.left, done.notes], ['done', 4000, 0, 4000]);
});

test('a tagging whose program was killed is interrupted, and resumes with the notes that wait', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const folder = notesFolder(t, 3);
  const { tagging } = await core.call('tagging.start', { run: 1, paths: [folder] });
  const { path } = (await core.call('project.info', {})).project;
  await core.close();
  // As a kill leaves it: running, with one note still waiting.
  const store = openProject(path, { access: 'write' });
  store.taggedNotes.queue(tagging, [{ name: 'late', path: join(folder, 'new-2.txt') }]);
  store.taggings.resume(tagging);
  store.close();
  const second = createCore({ appVersion: '0.0.0' });
  t.after(() => second.close());
  await second.call('project.open', { path, access: 'write' });
  assert.equal((await second.call('taggings.get', { tagging })).status, 'interrupted');
  const done = await second.call('tagging.resume', { tagging });
  assert.deepEqual([done.status, done.done, done.left], ['done', 4, 0]);
});

test('a tagging under way when the program ends is interrupted, not cancelled', async (t) => {
  const folder = notesFolder(t, 4000);
  const underWay = Promise.withResolvers<void>();
  const core = await coreOverCopy(t, project.path, (name) => {
    if (name === 'tagging.progress') underWay.resolve();
  });
  const { path } = (await core.call('project.info', {})).project;
  const ended = assert.rejects(core.call('tagging.start', { run: 1, paths: [folder] }), { code: 'cancelled' });
  await underWay.promise;
  await core.close();
  await ended;
  const second = createCore({ appVersion: '0.0.0' });
  t.after(() => second.close());
  await second.call('project.open', { path, access: 'write' });
  const [tagging] = (await second.call('taggings.list', {})).taggings;
  assert.equal(tagging?.status, 'interrupted');
  assert.ok(tagging.done > 0 && tagging.left > 0);
});

test('a failed note is tried again on resume', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const folder = notesFolder(t, 1);
  writeFileSync(join(folder, 'empty.txt'), '');
  const { tagging } = await core.call('tagging.start', { run: 1, paths: [folder] });
  writeFileSync(join(folder, 'empty.txt'), 'Given aspirin.\n');
  const done = await core.call('tagging.resume', { tagging });
  assert.deepEqual([done.done, done.failed], [2, 0]);
});

test('notes are found by a label that stands in them, not by one that was rejected', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const { tagging } = await core.call('tagging.start', { run: 1, paths: [notesFolder(t, 3)] });
  const note = (await core.call('taggings.notes', { tagging })).notes[0]?.note ?? 0;
  const add = { kind: 'add', start: 0, end: 7, label: 'Person' } as const;
  const { spans } = await core.call('review.apply', { note, operation: add });
  const found = await core.call('taggings.notes', { tagging, label: 'Person' });
  assert.deepEqual([found.total, found.notes.map((line) => line.note)], [1, [note]]);
  await core.call('review.apply', { note, operation: { kind: 'reject', entity: spans[0]?.entity ?? 0 } });
  assert.equal((await core.call('taggings.notes', { tagging, label: 'Person' })).total, 0);
});

test('a folder without notes leaves no tagging behind', async (t) => {
  const core = await coreOverCopy(t, project.path);
  await assert.rejects(core.call('tagging.start', { run: 1, paths: [temporaryFolder(t)] }), { code: 'folder-empty' });
  assert.deepEqual(await core.call('taggings.list', {}), { taggings: [] });
});

test('entities are filtered by label, confidence, note and text, and ordered by confidence', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const { tagging } = await core.call('tagging.start', { run: 1, paths: [notesFolder(t, 8)] });
  const list = (filter: object) => core.call('taggings.entities', { tagging, ...filter });
  const all = await list({});
  assert.ok(all.total > 8);
  assert.equal(all.entities.length, all.total);
  const { labels } = await core.call('taggings.labels', { tagging });
  for (const { label, entities } of labels) {
    assert.equal((await list({ label })).total, entities);
    assert.equal((await list({ label })).entities.length, entities);
  }
  const confidences = (await list({ order: 'confidence' })).entities.map(({ confidence }) => confidence ?? 1);
  assert.deepEqual(
    confidences,
    confidences.toSorted((a, b) => a - b),
  );
  const middle = confidences[4] ?? 0;
  assert.equal(
    (await list({ maximumConfidence: middle })).total,
    confidences.filter((confidence) => confidence <= middle).length,
  );
  const [first] = all.entities;
  const inNote = await list({ note: first?.note });
  assert.deepEqual(
    inNote.entities,
    all.entities.filter(({ note }) => note === first?.note),
  );
  const word = (first?.text ?? '').slice(1, 4).toUpperCase();
  assert.equal(
    (await list({ text: word })).total,
    all.entities.filter(({ text }) => text.toUpperCase().includes(word)).length,
  );
  for (const more of [{}, { label: first?.label }, { text: first?.text }]) {
    assert.ok((await list({ name: 'NEW-1', ...more })).entities.every(({ name }) => name === 'new-1'));
  }
  assert.equal((await list({ name: 'NEW-1' })).total, all.entities.filter(({ name }) => name === 'new-1').length);
  const page = await list({ offset: 2, limit: 3 });
  assert.deepEqual([page.total, page.entities], [all.total, all.entities.slice(2, 5)]);
});

test('the most uncertain note is the one with the lowest mean confidence', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const { tagging } = await core.call('tagging.start', { run: 1, paths: [notesFolder(t, 8)] });
  const { notes } = await core.call('taggings.notes', { tagging, order: 'uncertainty' });
  const means = notes.map(({ meanConfidence }) => meanConfidence ?? 2);
  assert.deepEqual(
    means,
    means.toSorted((a, b) => a - b),
  );
  const next = await core.call('review.next', { tagging });
  assert.deepEqual(next, { note: notes[0]?.note, left: 8 });
  assert.equal((await core.call('review.next', { tagging, after: notes[0]?.note ?? 0 })).note, notes[1]?.note);
});

test('an export takes the columns asked for, and without text none that holds words of a note', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const { tagging } = await core.call('tagging.start', { run: 1, paths: [notesFolder(t, 2)] });
  const outFolder = temporaryFolder(t);
  const formats = ['csv', 'jsonl', 'xlsx'] as const;
  const result = await core.call('taggings.export', { tagging, formats: [...formats], outFolder, text: false });
  assert.deepEqual([result.notes, result.files.length], [2, 3]);
  const table = readFileSync(join(outFolder, 'entities.csv'), 'utf8');
  assert.match(table, /^\ufeffnote,sentence,line,start,end,label,confidence,run,model hash,escaped\r\n/);
  for (const word of ['aspirin', 'warfarin', 'nausea', 'chest']) {
    for (const name of ['entities.csv', 'entities.jsonl']) {
      assert.ok(!readFileSync(join(outFolder, name), 'utf8').includes(word));
    }
  }
  const few = temporaryFolder(t);
  await core.call('taggings.export', { tagging, formats: ['csv'], outFolder: few, columns: ['label', 'note', 'text'] });
  assert.match(readFileSync(join(few, 'entities.csv'), 'utf8'), /^\ufeffnote,label,text,escaped\r\n/);
});

test('brat and i2b2 are written whole, and refused without text', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const { tagging } = await core.call('tagging.start', { run: 1, paths: [notesFolder(t, 2)] });
  const outFolder = temporaryFolder(t);
  const both = { tagging, formats: ['brat' as const, 'i2b2-2010' as const], outFolder };
  await assert.rejects(core.call('taggings.export', { ...both, text: false }), { code: 'usage' });
  assert.deepEqual(readdirSync(outFolder), []);
  await core.call('taggings.export', both);
  for (const file of ['brat/new-1.ann', 'i2b2-2010/txt/new-2.txt', 'i2b2-2010/concept/new-2.con']) {
    assert.ok(existsSync(join(outFolder, file)), file);
  }
});

test('a removed tagging is gone with its notes', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const { tagging } = await core.call('tagging.start', { run: 1, paths: [notesFolder(t, 2)] });
  const [note] = (await core.call('taggings.notes', { tagging })).notes;
  assert.deepEqual(await core.call('taggings.remove', { tagging }), { notes: 2 });
  await assert.rejects(core.call('taggings.note', { note: note?.note ?? 0 }), { code: 'data-missing' });
});

function notesFolder(t: TestContext, count: number): string {
  const folder = join(temporaryFolder(t), 'notes');
  mkdirSync(folder);
  for (const { name, text } of sampleNotes(count, 'new')) writeFileSync(join(folder, `${name}.txt`), text);
  return folder;
}
