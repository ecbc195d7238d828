/** The readers on public corpora; skipped where the data is not beside the project. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { AuditRow } from '../../../worker/domain/document.ts';
import { importJob } from '../../../worker/jobs/import.ts';
import type { JobResults } from '../../../worker/protocol.ts';

const data = fileURLToPath(new URL('../../../../shared/data', import.meta.url));

interface Imported {
  readonly result: JobResults['import'];
  readonly audit: AuditRow[];
  readonly tokens: number;
}

async function importFolder(folder: string): Promise<Imported> {
  const job = importJob({ kind: 'import', format: 'auto', paths: [join(data, folder)] });
  const audit: AuditRow[] = [];
  let tokens = 0;
  for (let step = await job.next(); ; step = await job.next()) {
    if (step.done) return { result: step.value, audit, tokens };
    if (step.value.kind === 'progress') continue;
    audit.push(...step.value.audit);
    if (step.value.kind === 'document') tokens += step.value.document.tokens.starts.length;
  }
}

function needs(folder: string): { skip: string | false } {
  return { skip: existsSync(join(data, folder)) ? false : `public corpus ${folder} is not here` };
}

describe('public corpora', () => {
  test('Chia in the i2b2 2010 layout: all but its repeated lines', needs('chia-i2b2-2010'), async () => {
    const { result, audit } = await importFolder('chia-i2b2-2010');
    assert.equal(result.format, 'i2b2-2010');
    assert.equal(result.documents, 1997);
    assert.deepEqual(result.annotations, { ok: 40229, repaired: 0, skipped: 41 });
    assert.deepEqual([...new Set(audit.map(({ kind }) => kind))], ['duplicate']);
    assert.equal(Object.keys(result.labels).length, 14);
  });

  for (const [split, documents] of [
    ['train', 112],
    ['dev', 24],
    ['test', 24],
  ] as const) {
    test(`MACCROBAT ${split}: every annotation is kept`, needs('maccrobat-brat'), async () => {
      const { result } = await importFolder(`maccrobat-brat/${split}`);
      assert.deepEqual([result.format, result.documents, result.failedFiles], ['brat', documents, 0]);
      assert.equal(result.annotations.skipped, 0);
    });
  }

  test('PharmaCoNER: the wrong offsets of one file are repaired and named', needs('pharmaconer-brat-es'), async () => {
    const { result, audit } = await importFolder('pharmaconer-brat-es');
    assert.deepEqual([result.documents, result.annotations], [1000, { ok: 7619, repaired: 5, skipped: 0 }]);
    const files = [...new Set(audit.map(({ file, kind }) => `${kind} ${file}`))];
    assert.deepEqual(files, ['offset-shifted train/S0211-69952015000200015-1.ann']);
  });

  for (const [folder, tokens, annotations] of [
    ['mtl-iob', 544540, 35668],
    ['wnut17', 101857, 3890],
    ['gum-ner', 62347, 11724],
    ['e3c-bio', 121414, 5267],
  ] as const) {
    test(`${folder}: columns in IOB2, every entity kept`, needs(folder), async () => {
      const imported = await importFolder(folder);
      assert.equal(imported.result.format, 'conll');
      assert.equal(imported.tokens, tokens);
      assert.deepEqual(imported.result.annotations, { ok: annotations, repaired: 0, skipped: 0 });
      assert.deepEqual([...new Set(imported.audit.map(({ reason }) => reason))], ['The tags follow IOB2.']);
    });
  }

  test('MTSamples: plain notes', needs('mtsamples-notes'), async () => {
    const { result } = await importFolder('mtsamples-notes');
    assert.deepEqual([result.format, result.documents, result.failedFiles], ['text', 2357, 0]);
  });
});
