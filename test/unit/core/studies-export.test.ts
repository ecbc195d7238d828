/** Studies as files: read back with a second library. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parseCsv } from 'hucre/csv';
import { readXlsx } from 'hucre/xlsx';
import type { CallInput, CallOutput } from '../../../electron/api/contract.ts';
import { alone, coreOver, studyProject, trialSettings } from '../../support/study-project.ts';
import { temporaryFolder } from '../store/builders.ts';

const settings = [...trialSettings];
const recipes = ['baseline', 'ttn-HIS'];

test('a study is written', async (suite) => {
  const core = await coreOver(suite, studyProject(suite));
  const specs: CallInput<'studies.start'>['spec'][] = [
    { kind: 'sweep', recipes, seeds: [1], settings },
    { kind: 'curve', recipes, seeds: [1], fractions: [0.25, 1], settings },
    { kind: 'search', recipe: 'baseline', trials: 2, settings },
  ];
  const studies: CallOutput<'studies.get'>[] = [];
  for (const spec of specs) studies.push(await core.call('studies.start', { spec, ...alone }));

  async function sheetsOf(t: TestContext, study: number): Promise<Map<string, unknown[][]>> {
    const file = join(temporaryFolder(t), 'study.xlsx');
    assert.deepEqual((await core.call('studies.export', { study, format: 'xlsx', file })).files, [file]);
    const book = await readXlsx(readFileSync(file));
    return new Map(book.sheets.map(({ name, rows }) => [name, rows]));
  }

  await suite.test('a sweep as a workbook: ranking with intervals, trials, and what was asked', async (t) => {
    const sheets = await sheetsOf(t, 1);
    assert.deepEqual([...sheets.keys()], ['Ranking', 'Trials', 'Study']);
    const report = studies[0]?.report;
    assert.ok(report?.kind === 'sweep');
    const [header, first] = sheets.get('Ranking') ?? [];
    assert.deepEqual(header?.slice(0, 6), ['rank', 'recipe', 'seeds', 'F1', 'low', 'high']);
    const { recipe, f1 } = report.rows[0] as (typeof report.rows)[number];
    assert.deepEqual(first?.slice(0, 6), [1, recipe, '1', f1.value, f1.low, f1.high]);
    assert.equal(sheets.get('Trials')?.length, 3);
    const said = sheets.get('Study')?.filter(([key]) => key === 'says');
    assert.deepEqual(
      said?.map(([, value]) => value),
      report.statements,
    );
  });

  await suite.test('a curve as CSV: its points in the file of that name, the other tables beside it', async (t) => {
    const file = join(temporaryFolder(t), 'curve.csv');
    const { files } = await core.call('studies.export', { study: 2, format: 'csv', file });
    assert.deepEqual(
      files.map((path) => basename(path)),
      ['curve.csv', 'curve-law.csv', 'curve-line.csv', 'curve-trials.csv', 'curve-study.csv'],
    );
    const rows = parseCsv(readFileSync(file, 'utf8'));
    assert.deepEqual(
      rows.slice(1).map(([recipe, notes]) => [recipe, Number(notes)]),
      recipes.flatMap((recipe) => [2, 8].map((notes) => [recipe, notes])),
    );
    const law = parseCsv(readFileSync(files[1] ?? '', 'utf8'));
    assert.deepEqual(
      law.slice(1).map(([recipe]) => recipe),
      recipes,
    );
  });

  await suite.test('a search as a workbook: each trial with the values tried and the best so far', async (t) => {
    const sheets = await sheetsOf(t, 3);
    const result = await core.call('search.result', { study: 3 });
    const [header = [], ...rows] = sheets.get('Search') ?? [];
    assert.deepEqual(
      header.slice(6),
      result.dimensions.map(({ name }) => name),
    );
    assert.deepEqual(
      rows.map((row) => [row[0], row[3]]),
      result.trials.map(({ trial, dev }) => [trial, dev]),
    );
  });

  await suite.test('as JSON it is what the calls tell', async (t) => {
    const file = join(temporaryFolder(t), 'study.json');
    await core.call('studies.export', { study: 3, format: 'json', file });
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), {
      study: studies[2],
      search: await core.call('search.result', { study: 3 }),
    });
  });

  await suite.test('a folder that is not there is refused', async () => {
    const file = join('/nowhere', 'study.csv');
    await assert.rejects(core.call('studies.export', { study: 1, format: 'csv', file }), { code: 'file-not-found' });
  });
});
