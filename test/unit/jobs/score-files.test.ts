/** Two folders of annotations of the same notes: paired by name, symmetric where it is agreement, open about what is left out. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { scoreFilesJob } from '../../../worker/jobs/score-files.ts';
import type { JobOf } from '../../../worker/protocol-jobs.ts';
import type { JobResults } from '../../../worker/protocol.ts';
import { failureOf, finished } from '../../support/jobs.ts';
import { temporaryFolder } from '../formats/corpus-builders.ts';

const note = 'Takes aspirin 81 mg. No fever.\n';
const first = {
  'n1.txt': note,
  'n1.ann': 'T1\tDrug 6 13\taspirin\nT2\tSign 24 29\tfever\n',
  'n2.txt': 'Denies pain.\n',
  'n2.ann': 'T1\tSign 7 11\tpain\n',
  'only-first.txt': 'x\n',
  'only-first.ann': '',
  'other.txt': 'one\n',
  'other.ann': '',
};
const second = {
  'n1.txt': note,
  'n1.ann': 'T1\tSign 24 29\tfever\nT2\tDrug 6 19\taspirin 81 mg\n',
  'n2.txt': 'Denies pain.\n',
  'n2.ann': 'T1\tSign 7 11\tpain\n',
  'other.txt': 'two\n',
  'other.ann': '',
};

function folders(t: TestContext): [string, string] {
  return [temporaryFolder(t, first), temporaryFolder(t, second)];
}

async function scored(
  [a, b]: readonly [string, string],
  more: Partial<JobOf<'score-files'>> = {},
): Promise<JobResults['score-files']> {
  const files = (path: string) => ({ format: 'auto' as const, paths: [path] });
  const job = { kind: 'score-files', first: files(a), second: files(b), flatten: false, ...more } as const;
  return (await finished(scoreFilesJob(job))).result;
}

test('agreement is the same whichever annotator comes first', async (t) => {
  const [a, b] = folders(t);
  const [there, back] = [await scored([a, b]), await scored([b, a])];
  assert.deepEqual(there.report.strict.micro.f1, back.report.strict.micro.f1);
  assert.deepEqual(there.report.lenient.micro.f1, back.report.lenient.micro.f1);
  assert.deepEqual([there.report.strict.micro.f1.value, there.report.lenient.micro.f1.value], [2 / 3, 1]);
  assert.deepEqual(
    there.documents.map(({ name, first, second, strict, lenient }) => [name, first, second, strict.f1, lenient.f1]),
    [
      ['n1', 2, 2, 0.5, 1],
      ['n2', 1, 1, 1, 1],
    ],
  );
});

test('documents without a partner, or with another text, are named and not scored', async (t) => {
  const { unmatched, score } = await scored(folders(t));
  assert.deepEqual(unmatched, { onlyFirst: ['only-first'], onlySecond: [], otherText: ['other'] });
  assert.equal(score.documents, 2);
});

test('nothing in common is an error', async (t) => {
  const [a] = folders(t);
  const b = temporaryFolder(t, { 'n1.txt': 'other\n', 'n1.ann': '' });
  const files = (path: string) => ({ format: 'auto' as const, paths: [path] });
  const job = { kind: 'score-files', first: files(a), second: files(b), flatten: false } as const;
  const { code, message } = await failureOf(scoreFilesJob(job));
  assert.equal(code, 'data-missing');
  assert.match(message, /has the same text/);
});

test('column files are scored by their tags as written: an I- that continues nothing is no entity to strict seqeval', async (t) => {
  const folder = temporaryFolder(t, {
    'gold.conll': 'Pain B-NP\nof I-NP\n. O\n',
    'found.conll': 'Pain I-NP\nof I-NP\n. O\n',
  });
  const files = [join(folder, 'gold.conll'), join(folder, 'found.conll')] as const;
  const f1 = async (convention: 'seqeval' | 'seqeval-strict' | 'nervaluate'): Promise<number | undefined> =>
    (await scored(files, { convention, scheme: 'IOB2' })).tool?.overall[0]?.f1;
  assert.deepEqual([await f1('seqeval'), await f1('seqeval-strict'), await f1('nervaluate')], [1, 0, 1]);
});

test('spans become tags for the other conventions, and where nothing is moved all agree', async (t) => {
  const result = await scored(folders(t), { convention: 'seqeval' });
  const { precision, recall, f1 } = result.score.strict.micro;
  const micro = result.tool?.overall[0];
  assert.deepEqual([micro?.precision, micro?.recall, micro?.f1], [precision, recall, f1]);
  assert.equal(result.tool?.sentences, 3);
});
