/** Reports of studies from counts made by hand: ranks, differences, labels that a share lacks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrialView } from '../../../electron/api/study-calls.ts';
import { reportOf, type ScoredTrial } from '../../../electron/core/studies-report.ts';

/** A trial that finds `found` of 20 spans in each of 30 test documents, give or take one. */
function trial(recipe: string, found: number, changes: Partial<TrialView> = {}): ScoredTrial {
  const counts = Array.from({ length: 30 }, (_, d) => {
    const hits = found + (d % 3) - 1;
    return [['Drug', 20, 20, hits, hits] as const];
  });
  const f1 = found / 20;
  return {
    trial: {
      trial: 1,
      recipe,
      settings: [],
      seed: 1,
      targetFraction: 1,
      targetDocuments: 100,
      missingLabels: [],
      point: null,
      status: 'done',
      run: 1,
      epochs: 3,
      bestEpoch: 2,
      stoppedAfter: null,
      figure: 'f1',
      dev: { micro: f1, macro: f1 },
      test: { micro: f1, macro: f1 },
      startedAt: null,
      endedAt: null,
      error: null,
      ...changes,
    },
    counts: { documents: counts.map((_, d) => d), counts },
  };
}

test('a sweep is ranked, with mean ± deviation over its recipes and the choice that dev would make', () => {
  const report = reportOf({ kind: 'sweep' }, [
    trial('baseline', 10, { dev: { micro: 0.9, macro: 0.9 } }),
    trial('dtn-hs', 14),
    trial('dtn', 12),
    trial('dtn', 12, { seed: 2 }),
  ]);
  assert.ok(report?.kind === 'sweep');
  assert.deepEqual(
    report.rows.map(({ rank, recipe, seeds, behind }) => [rank, recipe, seeds.length, behind === null]),
    [
      [1, 'dtn-hs', 1, true],
      [2, 'dtn', 2, false],
      [3, 'baseline', 1, false],
    ],
  );
  assert.deepEqual([report.best, report.worst, report.chosenByDev], ['dtn-hs', 'baseline', 'baseline']);
  assert.ok(Math.abs(report.mean - 0.6) < 1e-12);
  assert.ok(Math.abs((report.deviation ?? 0) - 0.1) < 1e-12);
  // The same documents are hard for all: on the same draws the difference has no width.
  assert.ok(Math.abs((report.rows[1]?.behind?.low ?? 0) + 0.1) < 1e-9);
  assert.ok(Math.abs((report.rows[1]?.behind?.high ?? 0) + 0.1) < 1e-9);
  assert.match(report.statements[0] ?? '', /3 recipes: best dtn-hs 70\.0, worst baseline 50\.0, mean 60\.0 ± 10\.0/);
  // What transfer brings, against the recipe that learns from no source.
  assert.equal(report.targetOnly, 'baseline');
  const above = report.rows.map((row) => row.above && Number(row.above.low.toFixed(9)));
  assert.deepEqual(above, [0.2, 0.1, null]);
  assert.ok(report.statements.includes('Above baseline by more than chance: dtn-hs, dtn; below it: none.'));
});

test('a curve compares with its first recipe, and says which labels a share lacks', () => {
  const shares = [
    [0.1, 10, 0],
    [0.5, 50, 3],
    [1, 100, 5],
  ] as const;
  const trials = shares.flatMap(([targetFraction, targetDocuments, more]) => [
    trial('baseline', 6 + more, {
      targetFraction,
      targetDocuments,
      missingLabels: targetFraction < 0.5 ? ['Town'] : [],
    }),
    trial('dtn', 8 + more, { targetFraction, targetDocuments }),
  ]);
  const report = reportOf({ kind: 'curve' }, trials);
  assert.ok(report?.kind === 'curve');
  assert.equal(report.reference, 'baseline');
  const [baseline, dtn] = report.curves;
  assert.deepEqual(
    baseline?.points.map(({ size, difference }) => [size, difference]),
    [
      [10, null],
      [50, null],
      [100, null],
    ],
  );
  for (const point of dtn?.points ?? []) assert.ok(Math.abs((point.difference?.value ?? 0) - 0.1) < 1e-12);
  assert.equal(baseline?.more.verdict, 'told');
  assert.ok(report.statements.includes('dtn beside baseline: above it with 10, 50, 100 notes.'));
  assert.ok(report.statements.some((line) => line.includes('The 10 training notes hold no entity of: Town.')));
});

test('few test documents are said, and before the first trial there is no report', () => {
  const few = [trial('dtn', 14), trial('baseline', 10)].map(({ trial: view, counts }) => ({
    trial: view,
    counts: { documents: counts.documents.slice(0, 4), counts: counts.counts.slice(0, 4) },
  }));
  const report = reportOf({ kind: 'sweep' }, few);
  assert.match(report?.caution ?? '', /Only 4 test documents/);
  assert.doesNotMatch(report?.statements.join(' ') ?? 'none', /chance/);
  const many = reportOf({ kind: 'sweep' }, [trial('dtn', 14), trial('baseline', 10)]);
  assert.match(many?.statements.join(' ') ?? '', /Above baseline by more than chance: dtn/);
  assert.equal(reportOf({ kind: 'sweep' }, []), null);
});
