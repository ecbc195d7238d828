/** Entities as JSON lines. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEntityJsonl } from '../../../../worker/formats/write/entities-jsonl.ts';
import { taggedNote, temporaryFolder } from './builders.ts';

test('a line holds one note with its entities and not its text; a failed note has its error', async (t) => {
  const folder = temporaryFolder(t);
  const writer = await openEntityJsonl(folder);
  await writer.write(taggedNote('No\npain.', [['pain', 'Problem', 0.91239]], 'ward/a'));
  await writer.write(taggedNote('Home.', [], 'b'));
  await writer.fail('c', { code: 'file-empty', message: 'The file is empty.', details: {} });
  await writer.close();
  const lines = readFileSync(join(folder, 'entities.jsonl'), 'utf8').split('\n');
  assert.deepEqual(
    lines.slice(0, 3).map((line) => JSON.parse(line) as unknown),
    [
      { name: 'ward/a', entities: [{ start: 3, end: 7, label: 'Problem', text: 'pain', confidence: 0.9124 }] },
      { name: 'b', entities: [] },
      { name: 'c', error: { code: 'file-empty', message: 'The file is empty.' } },
    ],
  );
  assert.deepEqual(lines.slice(3), ['']);
});
