/** The tagging job: every note accounted for, bad ones beside good ones, offsets exact. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import { tagJob } from '../../../worker/jobs/tag.ts';
import { modelHash } from '../../../worker/model/checkpoint.ts';
import type { JobOf } from '../../../worker/protocol-jobs.ts';
import type { JobEvents, JobResults } from '../../../worker/protocol.ts';
import { markedDocument, targetLines } from '../../support/corpus.ts';
import { failureOf, finished, learnedModel } from '../../support/jobs.ts';
import { makeUnreadable, permissionSkip, temporaryFolder } from '../formats/corpus-builders.ts';

let model: Uint8Array<ArrayBuffer>;
before(async () => {
  model = await learnedModel();
});

const plainText = markedDocument('x', targetLines).text;
const notes: Readonly<Record<string, string | Uint8Array>> = {
  'plain.txt': plainText,
  'ward/windows.txt': plainText.replaceAll('\n', '\r\n'),
  'ward/marked.txt': `\ufeff${plainText}`,
  'emoji.txt': `😀 Stop warfarin now .\n\nGive aspirin 81 mg daily .`,
  'latin.txt': Buffer.from('Fièvre élevée. Stop warfarin now .\n', 'latin1'),
  'long.txt': `${'aspirin pain '.repeat(600)}\n`,
  'dots.txt': '. . .\n',
  'readme.md': 'Not a note.',
};
const badNotes: Readonly<Record<string, string | Uint8Array>> = {
  'empty.txt': '',
  'blank.txt': ' \n\n\t',
  'scan.txt': '%PDF-1.4 stream',
  'binary.txt': Buffer.from(Array.from({ length: 400 }, (_, i) => (i * 7) % 32)),
};

function job(paths: string[], outFolder: string, more: Partial<JobOf<'tag'>> = {}): JobOf<'tag'> {
  return {
    kind: 'tag',
    model,
    paths,
    outFolder,
    write: ['jsonl'],
    runLabel: 'run 1',
    command: 'notegraft tag',
    ...more,
  };
}

interface Tagged {
  readonly events: JobEvents['tag'][];
  readonly result: JobResults['tag'];
  readonly out: string;
}

async function tagged(
  t: TestContext,
  files: Record<string, string | Uint8Array>,
  more: Partial<JobOf<'tag'>> = {},
): Promise<Tagged> {
  const out = temporaryFolder(t);
  const { events, result } = await finished(
    tagJob(job([temporaryFolder(t, files)], out, more), new AbortController().signal),
  );
  return { events, result, out };
}

type Line = { name: string; error?: { code: string } } & { entities?: { start: number; end: number; text: string }[] };

function jsonLines(out: string): Map<string, Line> {
  const lines = readFileSync(join(out, 'entities.jsonl'), 'utf8').trim().split('\n');
  return new Map(lines.map((line) => JSON.parse(line) as Line).map((line) => [line.name, line]));
}

/** The text whose offsets are meant: decoded, without a byte order mark. */
function textOf(name: string): string {
  const content = notes[`${name}.txt`] ?? '';
  return typeof content === 'string' ? content.replace(/^\ufeff/, '') : Buffer.from(content).toString('latin1');
}

describe('a folder of good and bad notes', () => {
  test('is tagged to the end: every note is counted, and every bad one is named with its reason', async (t) => {
    const { events, result, out } = await tagged(t, { ...notes, ...badNotes });
    const good = Object.keys(notes).length - 1;
    assert.deepEqual([result.notes, result.failed], [good, 4]);
    assert.equal(result.modelHash, modelHash(model));
    const failed = events.flatMap((event) =>
      event.kind === 'note-failed' ? [[event.name, event.error.code, event.error.message]] : [],
    );
    assert.deepEqual(failed.sort(), [
      ['binary', 'encoding-unknown', 'The file is not text.'],
      ['blank', 'file-empty', 'The file holds only white space.'],
      ['empty', 'file-empty', 'The file is empty.'],
      ['scan', 'encoding-unknown', 'The file is a PDF document, not plain text.'],
    ]);
    const lines = jsonLines(out);
    assert.equal(lines.size, good + 4);
    assert.equal(lines.get('scan')?.error?.code, 'encoding-unknown');
    assert.deepEqual(events.at(-1), {
      kind: 'progress',
      done: good,
      failed: 4,
      total: good + 4,
      tokensPerSecond:
        events.at(-1)?.kind === 'progress' ? (events.at(-1) as { tokensPerSecond: number }).tokensPerSecond : 0,
    });
  });

  test('gets entities whose text is the note’s text at their offsets', async (t) => {
    const { events, result, out } = await tagged(t, { ...notes, ...badNotes });
    let entities = 0;
    for (const [name, line] of jsonLines(out)) {
      for (const { start, end, text } of line.entities ?? []) {
        assert.equal(text, textOf(name).slice(start, end));
        assert.match(text, /\S/);
        entities++;
      }
    }
    assert.ok(entities > 30, `${entities} entities`);
    assert.equal(result.entities, entities);
    const reported = events.flatMap((event) => (event.kind === 'note' ? event.spans : []));
    assert.equal(reported.length, entities);
    assert.ok(reported.every(({ confidence }) => confidence > 0 && confidence <= 1));
    assert.ok(result.tokens > 1200 && result.tokensPerSecond > 0);
  });

  test('finds in a note what was learned, wherever the note stands', async (t) => {
    const { out } = await tagged(t, notes);
    const lines = jsonLines(out);
    const found = (name: string) => lines.get(name)?.entities?.map(({ text }) => text.replaceAll('\r', ''));
    assert.ok(found('plain')?.includes('chest pain'));
    assert.deepEqual(found('ward/windows'), found('plain'));
    assert.deepEqual(found('ward/marked'), found('plain'));
  });

  test('is written in every format asked for, and nothing else is left', async (t) => {
    const { result, out } = await tagged(t, { ...notes, ...badNotes }, { write: ['xlsx', 'csv', 'jsonl', 'brat'] });
    assert.deepEqual(readdirSync(out).sort(), ['brat', 'entities.csv', 'entities.jsonl', 'entities.xlsx']);
    assert.equal(result.files.length, 4);
    assert.ok(result.files.every((file) => existsSync(file)));
    const rows = readFileSync(join(out, 'entities.csv'), 'utf8').trim().split('\n');
    assert.equal(rows.length - 1, result.entities);
    const { text } = markedDocument('x', targetLines);
    const annotations = readFileSync(join(out, 'brat/plain.ann'), 'utf8').trim().split('\n');
    const entities = annotations.filter((line) => line.startsWith('T'));
    assert.ok(entities.length > 5);
    for (const line of entities) {
      const [, , start, end, surface] = /^T\d+\t(\S+) (\d+) (\d+)\t(.*)$/.exec(line) ?? [];
      assert.equal(text.slice(Number(start), Number(end)), surface);
    }
    assert.equal(existsSync(join(out, 'brat/scan.ann')), false);
  });

  test('with a beam still gives valid entities', async (t) => {
    const { out, result } = await tagged(t, notes, { beamWidth: 4 });
    assert.ok(result.entities > 10);
    for (const [name, line] of jsonLines(out)) {
      for (const { start, end, text } of line.entities ?? []) assert.equal(text, textOf(name).slice(start, end));
    }
  });
});

test('a note that may not be read is counted as failed', { skip: permissionSkip }, async (t) => {
  const folder = temporaryFolder(t, { 'a.txt': 'Stop warfarin now .', 'shut.txt': 'x' });
  makeUnreadable(join(folder, 'shut.txt'));
  const { result } = await finished(tagJob(job([folder], temporaryFolder(t)), new AbortController().signal));
  assert.deepEqual([result.notes, result.failed], [1, 1]);
});

test('tagging twice gives the same entities', async (t) => {
  const [first, second] = [await tagged(t, notes), await tagged(t, notes)];
  assert.deepEqual(jsonLines(first.out), jsonLines(second.out));
});

describe('what cannot begin or go on gets a plain error and leaves nothing behind', () => {
  const never = new AbortController().signal;

  test('a damaged model', async (t) => {
    const out = temporaryFolder(t);
    const { code } = await failureOf(
      tagJob(job([temporaryFolder(t, notes)], out, { model: model.subarray(9) }), never),
    );
    assert.deepEqual([code, readdirSync(out)], ['model-damaged', []]);
  });

  test('a folder without notes, and one that is not there', async (t) => {
    const out = temporaryFolder(t);
    const empty = temporaryFolder(t, { 'readme.md': 'x' });
    assert.equal((await failureOf(tagJob(job([empty], out), never))).code, 'folder-empty');
    assert.equal((await failureOf(tagJob(job([join(empty, 'none')], out), never))).code, 'file-not-found');
    assert.deepEqual(readdirSync(out), []);
  });

  test('a cancelled tagging', async (t) => {
    const out = temporaryFolder(t);
    const controller = new AbortController();
    controller.abort();
    const failure = await failureOf(
      tagJob(job([temporaryFolder(t, notes)], out, { write: ['xlsx', 'csv', 'jsonl', 'brat'] }), controller.signal),
    );
    assert.deepEqual([failure.code, failure.message], ['cancelled', 'The tagging was cancelled.']);
    const left = readdirSync(out, { recursive: true, withFileTypes: true });
    assert.deepEqual(
      left.filter((entry) => entry.isFile()),
      [],
    );
  });
});
