/** Review: every correction is a step that can be taken back; reviewed notes go into the training set, each text once. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import type { ReviewOperation } from '../../../electron/api/review-calls.ts';
import type { Core } from '../../../electron/core/main.ts';
import { coreOverCopy, quickSettings, thoroughSettings, trainProject } from '../../support/trained-project.ts';
import { temporaryFolder } from '../store/builders.ts';
import { sampleNotes } from './brat-files.ts';

let project: Awaited<ReturnType<typeof trainProject>>;
before(async () => {
  project = await trainProject('baseline', thoroughSettings);
});
after(() => project.dispose());

test('accept, reject, relabel, resize, add and delete change the note, and undo goes back to the start', async (t) => {
  const { core, note } = await taggedNote(t);
  const before = await spansOf(core, note);
  const [first, second] = before;
  assert.ok(first && second);
  const steps: ReviewOperation[] = [
    { kind: 'accept', entity: first.entity },
    { kind: 'relabel', entity: first.entity, label: 'Other' },
    { kind: 'resize', entity: first.entity, start: first.start - 6, end: first.end },
    { kind: 'reject', entity: second.entity },
    { kind: 'add', start: 0, end: 7, label: 'Person' },
  ];
  for (const operation of steps) await core.call('review.apply', { note, operation });
  const added = (await spansOf(core, note)).find(({ state }) => state === 'added');
  assert.deepEqual(
    [added?.start, added?.end, added?.label, added?.confidence, added?.predicted],
    [0, 7, 'Person', null, null],
  );
  await core.call('review.apply', { note, operation: { kind: 'delete', entity: added?.entity ?? -1 } });
  const changed = await spansOf(core, note);
  assert.deepEqual(
    changed.map(({ entity, start, end, label, state }) => [entity, start, end, label, state]),
    [
      [first.entity, first.start - 6, first.end, 'Other', 'changed'],
      [second.entity, second.start, second.end, second.label, 'rejected'],
      ...before.slice(2).map(({ entity, start, end, label, state }) => [entity, start, end, label, state]),
    ],
  );
  assert.deepEqual(changed[0]?.predicted, { start: first.start, end: first.end, label: first.label });
  for (let step = 0; step < 6; step++) await core.call('review.undo', { note });
  const undone = await core.call('taggings.note', { note });
  assert.deepEqual([undone.spans, undone.canUndo, undone.canRedo, undone.changes], [before, false, true, 0]);
  for (let step = 0; step < 6; step++) await core.call('review.redo', { note });
  assert.deepEqual(await spansOf(core, note), changed);
  assert.equal((await core.call('review.redo', { note })).kind, null);
});

test('a step says what changed and what is gone', async (t) => {
  const { core, note } = await taggedNote(t);
  const add = await core.call('review.apply', { note, operation: { kind: 'add', start: 0, end: 7, label: 'Person' } });
  const entity = add.spans[0]?.entity ?? -1;
  assert.deepEqual([add.kind, add.gone, add.canUndo, add.canRedo], ['add', [], true, false]);
  const undone = await core.call('review.undo', { note });
  assert.deepEqual([undone.kind, undone.spans, undone.gone, undone.canRedo], ['add', [], [entity], true]);
});

test('a new step forgets what was undone', async (t) => {
  const { core, note } = await taggedNote(t);
  await core.call('review.apply', { note, operation: { kind: 'add', start: 0, end: 7, label: 'Person' } });
  await core.call('review.undo', { note });
  const step = await core.call('review.apply', { note, operation: { kind: 'accept-all' } });
  assert.deepEqual([step.canRedo, step.spans.every(({ state }) => state === 'accepted')], [false, true]);
});

test('a step that changes nothing is no step', async (t) => {
  const { core, note } = await taggedNote(t);
  await core.call('review.apply', { note, operation: { kind: 'accept-all' } });
  const again = await core.call('review.apply', { note, operation: { kind: 'accept', entity: 0 } });
  assert.equal((await core.call('taggings.note', { note })).changes, 1);
  assert.equal(again.canUndo, true);
});

test('relabelled back to what was predicted, a span is accepted', async (t) => {
  const { core, note } = await taggedNote(t);
  const [first] = await spansOf(core, note);
  const label = first?.label ?? '';
  for (const name of ['Other', label]) {
    await core.call('review.apply', { note, operation: { kind: 'relabel', entity: 0, label: name } });
  }
  assert.equal((await spansOf(core, note))[0]?.state, 'accepted');
});

for (const [what, operation] of [
  ['beyond the text', { kind: 'add', start: 0, end: 100_000, label: 'Drug' }],
  ['backwards', { kind: 'add', start: 7, end: 3, label: 'Drug' }],
  ['of nothing but blanks', { kind: 'add', start: 7, end: 8, label: 'Drug' }],
] as const) {
  test(`a span ${what} is refused`, async (t) => {
    const { core, note } = await taggedNote(t);
    await assert.rejects(core.call('review.apply', { note, operation }), { code: 'annotation-invalid' });
  });
}

test('the same span twice is refused, and so is a span that is not there', async (t) => {
  const { core, note } = await taggedNote(t);
  const [first] = await spansOf(core, note);
  assert.ok(first);
  const { start, end, label } = first;
  const twice = core.call('review.apply', { note, operation: { kind: 'add', start, end, label } });
  await assert.rejects(twice, { code: 'annotation-invalid' });
  const absent = core.call('review.apply', { note, operation: { kind: 'reject', entity: 99 } });
  await assert.rejects(absent, { code: 'data-missing' });
});

test('the journal is there after the project was closed', async (t) => {
  const { core, note } = await taggedNote(t);
  const { path } = (await core.call('project.info', {})).project;
  await core.call('review.apply', { note, operation: { kind: 'add', start: 0, end: 7, label: 'Person' } });
  await core.call('project.open', { path, access: 'write' });
  assert.equal((await core.call('review.undo', { note })).kind, 'add');
});

test('a reviewed note is not offered again, and reviewed entities are exported as they stand', async (t) => {
  const { core, note, tagging } = await taggedNote(t);
  const [first] = await spansOf(core, note);
  await core.call('review.apply', { note, operation: { kind: 'reject', entity: first?.entity ?? 0 } });
  await core.call('review.apply', { note, operation: { kind: 'add', start: 0, end: 7, label: 'Person' } });
  await core.call('review.finish', { note });
  const { left, note: next } = await core.call('review.next', { tagging });
  assert.ok(left > 0 && next !== note);
  const exported = async (layer: 'raw' | 'reviewed'): Promise<string> => {
    const outFolder = temporaryFolder(t);
    await core.call('taggings.export', { tagging, formats: ['jsonl'], outFolder, layer, onlyReviewed: true });
    return readFileSync(join(outFolder, 'entities.jsonl'), 'utf8');
  };
  const [raw, reviewed] = [await exported('raw'), await exported('reviewed')];
  assert.ok(!raw.includes('Person') && raw.includes(`"start":${first?.start},`));
  assert.ok(reviewed.includes('"label":"Person","text":"Patient","confidence":1'));
  assert.ok(!reviewed.includes(`"start":${first?.start},`));
});

test('reviewed notes become training documents with their corrections, once, and can be brought up to date', async (t) => {
  const { core, note, tagging } = await taggedNote(t);
  await core.call('review.apply', { note, operation: { kind: 'add', start: 0, end: 7, label: 'Person' } });
  const early = await core.call('review.promote', { notes: [note] });
  assert.deepEqual([early.added, early.skipped.length], [0, 1]);
  await core.call('review.finish', { note });
  const promoted = await core.call('review.promote', { notes: [note, note] });
  const [id = 0] = promoted.documents;
  assert.deepEqual([promoted.added, promoted.updated], [1, 0]);
  const document = await core.call('documents.get', { document: id });
  const tagged = await core.call('taggings.note', { note });
  assert.deepEqual([document.split, document.role, document.text], ['train', 'target', tagged.text]);
  assert.deepEqual(
    document.spans,
    tagged.spans.map(({ start, end, label }) => ({ start, end, label })),
  );
  assert.equal(tagged.document, id);
  await core.call('review.undo', { note });
  const again = await core.call('review.promote', { notes: [note] });
  assert.deepEqual([again.added, again.updated, again.documents], [0, 1, [id]]);
  assert.ok((await core.call('documents.get', { document: id })).spans.every(({ label }) => label !== 'Person'));
  const { documents } = await core.call('documents.list', { role: 'target', name: 'new-' });
  assert.deepEqual(
    documents.map((line) => [line.document, line.note]),
    [[id, note]],
  );
  assert.equal((await core.call('taggings.get', { tagging })).reviewed, 1);
});

test('a text that is in dev or test is not promoted', async (t) => {
  const { core } = await taggedNote(t);
  const [dev] = (await core.call('documents.list', { role: 'target', split: 'dev' })).documents;
  const { text } = await core.call('documents.get', { document: dev?.document ?? 0 });
  const file = join(temporaryFolder(t), 'same.txt');
  writeFileSync(file, text);
  const { tagging } = await core.call('tagging.start', { run: 1, paths: [file] });
  const [same] = (await core.call('taggings.notes', { tagging })).notes;
  await core.call('review.finish', { note: same?.note ?? 0 });
  const { added, skipped } = await core.call('review.promote', { notes: [same?.note ?? 0] });
  assert.deepEqual(
    [added, skipped],
    [0, [{ note: same?.note, reason: 'Its text is among the dev documents; training on it would spoil the score.' }]],
  );
});

test('annotate, train, tag, correct, train again: the loop closes', async (t) => {
  const { core, note } = await taggedNote(t);
  await core.call('review.finish', { note });
  await core.call('review.promote', { notes: [note] });
  const settings = [...quickSettings, 'training.epochs=1'];
  const { run } = await core.call('training.train', { recipe: 'baseline', settings, seed: 1, targetFraction: 1 });
  const [first, second] = (await core.call('runs.list', {})).runs;
  assert.deepEqual([run, second?.targetDocuments], [2, (first?.targetDocuments ?? 0) + 1]);
});

/** A note with at least two spans, tagged into the project. */
async function taggedNote(t: TestContext): Promise<{ core: Core; tagging: number; note: number }> {
  const core = await coreOverCopy(t, project.path);
  const folder = join(temporaryFolder(t), 'notes');
  mkdirSync(folder);
  for (const { name, text } of sampleNotes(4, 'new')) {
    writeFileSync(join(folder, `${name}.txt`), text.replaceAll('Patient', 'Patient number'));
  }
  const { tagging } = await core.call('tagging.start', { run: 1, paths: [folder] });
  const { notes } = await core.call('taggings.notes', { tagging });
  const note = notes.find(({ entities }) => entities >= 2);
  assert.ok(note, 'the model finds two entities in some note');
  return { core, tagging, note: note.note };
}

async function spansOf(core: Core, note: number) {
  return (await core.call('taggings.note', { note })).spans;
}
