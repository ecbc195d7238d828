/** Studies: their trials are run, kept apart from other runs, resumed, stopped, and failed ones do not end them. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { CallInput } from '../../../electron/api/contract.ts';
import type { CoreContext } from '../../../electron/core/context.ts';
import { openJobs } from '../../../electron/core/jobs.ts';
import { studyFingerprint, trialPlanner } from '../../../electron/core/studies-plan.ts';
import { runStudy, type StudyPlan } from '../../../electron/core/studies-runner.ts';
import { nodeWorkerHost } from '../../../electron/core/worker-host.ts';
import { openProject, type ProjectStore } from '../../../electron/store/project-store.ts';
import type { AppError } from '../../../worker/domain/errors.ts';
import type { Recipe } from '../../../worker/domain/recipe.ts';
import { type StudySpec, studySpecSchema } from '../../../worker/domain/study.ts';
import { recipeNamed } from '../../../worker/domain/zoo.ts';
import { addDocument, document } from '../store/builders.ts';
import { alone, coreOver, studyProject, trialSettings } from '../../support/study-project.ts';

type Spec = CallInput<'studies.start'>['spec'];
const settings = [...trialSettings];
const sweep: Spec = { kind: 'sweep', recipes: ['baseline', 'TTN-HIS'], seeds: [1], settings };

test('a sweep trains every recipe it names; its trials are runs that the list leaves out, without a model', async (t) => {
  const core = await coreOver(t, studyProject(t));
  const study = await core.call('studies.start', { spec: sweep, ...alone, parallel: 2 });
  assert.deepEqual(
    study.list.map(({ trial, recipe, status, epochs }) => [trial, recipe, status, epochs]),
    [
      [1, 'baseline', 'done', 2],
      [2, 'ttn-HIS', 'done', 2],
    ],
  );
  assert.ok(study.list.every(({ dev, test: tested }) => dev !== null && tested !== null));
  assert.deepEqual((await core.call('runs.list', {})).runs, []);
  const { runs } = await core.call('runs.list', { trials: true });
  assert.deepEqual(
    runs.map((run) => [run.study, run.status, run.resumable, run.hasModel]),
    [
      [1, 'done', false, false],
      [1, 'done', false, false],
    ],
  );
  await assert.rejects(core.call('models.export', { run: 1, file: '/nowhere/m.ngm' }), { code: 'run-without-model' });

  const again = await core.call('studies.start', { spec: sweep, ...alone });
  assert.deepEqual(again, study);
});

test('a trial is the training that `train` makes', async (t) => {
  const core = await coreOver(t, studyProject(t));
  const { list } = await core.call('studies.start', {
    spec: { kind: 'sweep', recipes: ['dtn-hs'], seeds: [3], settings, targetFraction: 0.5, keepModels: true },
    ...alone,
  });
  const trained = await core.call('training.train', {
    recipe: 'dtn-hs',
    settings,
    seed: 3,
    targetFraction: 0.5,
    engine: alone.engine,
  });
  const trial = await core.call('runs.get', { run: list[0]?.run ?? 0 });
  assert.deepEqual([trial.modelHash, trial.dev, trial.test], [trained.modelHash, trained.dev, trained.test]);
});

test('a sweep trains recipes of one’s own beside those of the zoo, and searches begin with one', async (t) => {
  const core = await coreOver(t, studyProject(t));
  const { recipe } = await core.call('recipes.resolve', { recipe: 'baseline', settings: ['decoder.kind=crf'] });
  const ownRecipes = { ours: { ...recipe, name: 'ours' } };
  const spec: Spec = { ...sweep, recipes: ['baseline-crf', 'ours'], ownRecipes };
  const { list, report } = await core.call('studies.start', { spec, ...alone });
  assert.deepEqual(
    list.map(({ recipe: name, dev }) => [name, dev]),
    [
      ['baseline-crf', list[0]?.dev],
      ['ours', list[0]?.dev],
    ],
  );
  assert.equal(report?.kind === 'sweep' && report.rows.length, 2);
  const { study } = await core.call('studies.start', {
    spec: { kind: 'search', recipe: 'ours', trials: 1, settings, ownRecipes },
    ...alone,
  });
  const { best } = await core.call('search.result', { study });
  assert.deepEqual([best?.recipe.name, best?.recipe.decoder.kind], ['ours-searched', 'crf']);
  for (const named of [{ baseline: { ...recipe, name: 'baseline' } }, { ours: recipe }])
    await assert.rejects(core.call('studies.start', { spec: { ...spec, ownRecipes: named }, ...alone }), {
      code: 'recipe-invalid',
      message: 'A recipe of your own is called "baseline", as another one is.',
    });
});

test('a study that is stopped goes on with what is missing, and repeats nothing', async (t) => {
  let stop: (study: number) => void = () => undefined;
  const core = await coreOver(t, studyProject(t), (name, data) => {
    if (name === 'study.trial' && 'trial' in data && data.trial === 1) stop(data.study);
  });
  stop = (study) => void core.call('studies.cancel', { study });
  await assert.rejects(core.call('studies.start', { spec: sweep, ...alone }), { code: 'cancelled' });
  stop = () => undefined;
  const stopped = await core.call('studies.get', { study: 1 });
  assert.deepEqual([stopped.status, stopped.trials.done, stopped.trials.waiting], ['cancelled', 1, 1]);
  const first = stopped.list[0];

  const resumed = await core.call('studies.resume', { study: 1, ...alone });
  assert.deepEqual([resumed.status, resumed.trials.done], ['done', 2]);
  assert.deepEqual(resumed.list[0], first);
});

test('a study does not go on over other documents than those it began with', async (t) => {
  const core = await coreOver(t, studyProject(t), (name, data) => {
    if (name === 'study.started' && 'study' in data) void core.call('studies.cancel', { study: data.study });
  });
  await assert.rejects(core.call('studies.start', { spec: sweep, ...alone }), { code: 'cancelled' });
  await core.call('corpora.resplit', { role: 'target', dev: 0.3, test: 0.3, seed: 9, all: true });
  await assert.rejects(core.call('studies.resume', { study: 1, ...alone }), { code: 'study-not-resumable' });
});

test('a study is another one where a recipe of the same name is another', async (t) => {
  const { store } = await begun(t);
  const own = recipeNamed('baseline');
  const spec = (recipe: Recipe): StudySpec =>
    studySpecSchema.parse({ ...sweep, recipes: ['ours'], ownRecipes: { ours: { ...recipe, name: 'ours' } } });
  const [as, same] = [
    studyFingerprint(store, spec(own), null),
    studyFingerprint(store, spec(structuredClone(own)), null),
  ];
  const other = { ...own, training: { ...own.training, sourceRatio: 0.5 } };
  assert.equal(same, as);
  assert.notEqual(studyFingerprint(store, spec(other), null), as);
});

test('a trial that fails is kept with its reason and the others go on', async (t) => {
  const { store, study } = await begun(t);
  const planned = trialPlanner(store);
  const trials = [
    { settings: ['training.learningRate=1', 'training.clipNorm=1e30', 'training.batchSize=0'] },
    { settings },
  ];
  let proposed = 0;
  await run(t, store, study, {
    total: trials.length,
    propose: () => {
      const trial = trials[proposed++];
      return trial ? planned({ recipe: 'baseline', seed: 1, targetFraction: 1, point: null, ...trial }) : null;
    },
  });
  assert.deepEqual(
    store.studies.trials(study).map(({ status, error }) => [status, error?.code ?? null]),
    [
      ['failed', 'recipe-invalid'],
      ['done', null],
    ],
  );
  assert.equal(store.studies.find(study)?.status, 'done');
});

test('trials that all fail for the same reason end the study after the second, with the reason; it can go on', async (t) => {
  const { store, study } = await begun(t);
  const planned = trialPlanner(store);
  const trial = (setting: string) =>
    planned({ recipe: 'baseline', settings: [...settings, setting], seed: 1, targetFraction: 1, point: null });
  const bad = trial('training.batchSize=0');
  for (const next of [bad, bad, bad, trial('training.epochs=1')]) store.studies.addTrial(study, next);
  await assert.rejects(run(t, store, study, {}), (thrown: AppError) => {
    assert.equal(thrown.code, 'recipe-invalid');
    assert.match(thrown.message, /^The first 2 trials failed for the same reason.*batchSize/);
    assert.match(thrown.details.nextStep ?? '', /--resume 1/);
    return true;
  });
  const statuses = (): string[] => store.studies.trials(study).map(({ status }) => status);
  assert.deepEqual(statuses(), ['failed', 'failed', 'waiting', 'waiting']);
  assert.equal(store.studies.find(study)?.error?.code, 'recipe-invalid');
  store.studies.restart(study, { pid: process.pid, retry: false });
  await run(t, store, study, {});
  assert.deepEqual(statuses(), ['failed', 'failed', 'failed', 'done']);
});

test('a trial that its study finds hopeless ends after that epoch, and counts as stopped', async (t) => {
  const { store, study } = await begun(t);
  const long = [...settings, 'training.epochs=4000', 'training.patience=4000'];
  const trial = trialPlanner(store)({
    recipe: 'baseline',
    settings: long,
    seed: 1,
    targetFraction: 1,
    point: { learningRate: 0.02 },
  });
  const seen: number[] = [];
  await run(t, store, study, {
    total: 1,
    propose: (trials) => (trials.length === 0 ? trial : null),
    isHopeless: ({ point }, epochs) => {
      seen.push(epochs.length);
      assert.deepEqual(point, { learningRate: 0.02 });
      return epochs.length >= 3;
    },
  });
  const [stopped] = store.studies.trials(study);
  assert.deepEqual([stopped?.status, stopped?.stoppedAfter, seen], ['stopped', 3, [1, 2, 3]]);
});

test('what a study cannot be is refused before anything is stored', async (t) => {
  const core = await coreOver(t, studyProject(t));
  const refused = (spec: Spec, code: string): Promise<void> =>
    assert.rejects(core.call('studies.start', { spec, ...alone }), { code });
  const curve = { kind: 'curve', recipes: ['baseline'], seeds: [1] } as const;
  await refused({ ...sweep, recipes: ['gru-*'] }, 'recipe-unknown');
  await refused({ ...sweep, settings: ['training.rate=1'] }, 'recipe-invalid');
  await refused({ ...curve, recipes: ['baseline'], seeds: [1], fractions: [0.01, 0.02] }, 'study-impossible');
  await refused({ ...curve, recipes: ['baseline'], seeds: [1], fractions: [1, 1] }, 'study-impossible');
  await refused({ ...curve, recipes: ['baseline'], seeds: [1], fractions: [0, 1] }, 'usage');
  await assert.rejects(core.call('studies.resume', { study: 1 }), { code: 'study-not-found' });
  await assert.rejects(core.call('studies.cancel', { study: 1 }), { code: 'study-not-running' });
  assert.deepEqual((await core.call('studies.list', {})).studies, []);
});

test('the smaller share lies within the larger, and says which labels it holds no entity of', async (t) => {
  const store = openProject(studyProject(t), { access: 'write' });
  t.after(() => store.close());
  store.transaction(() =>
    addDocument(store, document('rare', 'Seen in Graz today', [{ start: 8, end: 12, label: 'Town' }]), {
      split: 'train',
    }),
  );
  store.transaction(() =>
    addDocument(store, document('rare test', 'Seen in Linz today', [{ start: 8, end: 12, label: 'Town' }]), {
      split: 'test',
    }),
  );
  const plan = trialPlanner(store);
  const trials = [1, 2, 3, 4, 5, 6].flatMap((seed) =>
    [0.2, 1].map((targetFraction) => plan({ recipe: 'baseline', settings: [], seed, targetFraction, point: null })),
  );
  const [small, whole] = [trials.filter((_, i) => i % 2 === 0), trials.filter((_, i) => i % 2 === 1)];
  assert.ok(small.every(({ targetDocuments }) => targetDocuments === 2));
  assert.ok(whole.every(({ targetDocuments, missingLabels }) => targetDocuments === 9 && missingLabels.length === 0));
  assert.ok(small.some(({ missingLabels }) => missingLabels.includes('Town')));
});

/** A study without trials, whose plan thinks of them. */
async function begun(t: TestContext): Promise<{ store: ProjectStore; study: number }> {
  const store = openProject(studyProject(t), { access: 'write' });
  t.after(() => store.close());
  const spec = studySpecSchema.parse({ kind: 'search', recipe: 'baseline', trials: 2 });
  return { store, study: store.studies.start({ spec, data: '', pid: process.pid, appVersion: '0.0.0' }, []) };
}

async function run(t: TestContext, store: ProjectStore, id: number, plan: StudyPlan): Promise<void> {
  const emit = (): void => undefined;
  const jobs = openJobs(nodeWorkerHost(), emit);
  t.after(() => jobs.close());
  const context: CoreContext = {
    appVersion: '0.0.0',
    jobs,
    trainings: new Map(),
    studies: new Map(),
    emit,
    log: () => undefined,
    project: () => store,
  };
  const study = store.studies.find(id);
  assert.ok(study !== undefined);
  await runStudy(context, store, { study, plan, ...alone, vectors: null });
}
