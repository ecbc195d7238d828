/** Retention: a transfer model on held-out source documents beside one trained on the source alone, or a refusal that says why. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { trainOnTwoSources } from '../../support/several-sources.ts';
import { coreOverCopy, quickSettings, trainProject } from '../../support/trained-project.ts';

let project: Awaited<ReturnType<typeof trainProject>>;
before(async () => {
  project = await trainProject('dtn-hs');
});
after(() => project.dispose());

test('nothing held out, no label mapped, a run trained on what is held out: each is refused with what to do', async (t) => {
  const core = await coreOverCopy(t, project.path);
  const refused = (message: RegExp) =>
    assert.rejects(core.call('runs.retention', { run: 1 }), { code: 'data-missing', message });
  await refused(/No source label is mapped/);
  await core.call('labelMap.save', { map: { Drug: 'Drug' } });
  await refused(/no development or no test documents/);
  await core.call('corpora.resplit', { role: 'source', dev: 0.2, test: 0.2, seed: 1 });
  await refused(/was trained on 4 of the test documents of the source/);
});

test('both models are scored on the held-out source documents and on mapped labels alone', async (t) => {
  const core = await coreOverCopy(t, project.path);
  await core.call('labelMap.save', { map: { Drug: 'Drug' } });
  await core.call('corpora.resplit', { role: 'source', dev: 0.2, test: 0.2, seed: 1 });
  const settings = [...quickSettings, 'training.epochs=2'];
  await core.call('training.train', { recipe: 'dtn-hs', settings, seed: 1, targetFraction: 1 });
  const { transfer, sourceOnly, difference, mapped } = await core.call('runs.retention', { run: 2 });
  assert.deepEqual(mapped, { Drug: 'Drug' });
  for (const report of [transfer, sourceOnly]) {
    assert.equal(report.documents, 4);
    assert.deepEqual(
      report.perLabel.map(({ label, support }) => [label, support > 0]),
      [['Drug', true]],
    );
  }
  assert.notEqual(transfer.modelHash, sourceOnly.modelHash);
  assert.equal(difference.strict.micro.f1.value, transfer.strict.micro.f1.value - sourceOnly.strict.micro.f1.value);
  // Kept with the run as it was found, whatever the label map is afterwards.
  await core.call('labelMap.save', { map: { Drug: 'Sign' } });
  assert.deepEqual(await core.call('runs.keptRetention', { run: 2 }), {
    retention: { run: 2, source: 'source', mapped, command: transfer.command, transfer, sourceOnly, difference },
  });
  assert.deepEqual(await core.call('runs.keptRetention', { run: 1 }), { retention: null });
});

test('a run whose labels are mapped has a model of the source alone too', async (t) => {
  const core = await coreOverCopy(t, project.path);
  await core.call('labelMap.save', { map: { Drug: 'Drug' } });
  await core.call('corpora.resplit', { role: 'source', dev: 0.2, test: 0.2, seed: 1 });
  const settings = [...quickSettings, 'training.epochs=1', 'training.batchesPerEpoch=1'];
  for (const recipe of ['yang-t-a', 'man-moe']) {
    const { run } = await core.call('training.train', { recipe, settings, seed: 1, targetFraction: 1 });
    const { transfer, sourceOnly } = await core.call('runs.retention', { run });
    assert.notEqual(transfer.modelHash, sourceOnly.modelHash);
  }
});

test('of several sources the named one is asked: its documents, its label map, its part in the training', async (t) => {
  const { core } = await trainOnTwoSources(t);
  const french = await core.call('runs.retention', { run: 1, source: 'fr' });
  assert.deepEqual([french.source, french.mapped, french.transfer.documents], ['fr', { Sign: 'Sign' }, 3]);
  assert.match(french.command, /--run 1 --source fr$/);
  assert.equal((await core.call('runs.keptRetention', { run: 1 })).retention?.source, 'fr');

  const spanish = () => core.call('runs.retention', { run: 1, source: 'es' });
  await assert.rejects(spanish, { code: 'data-missing', message: /^The source es has no development or no test/ });
  await core.call('corpora.resplit', { role: 'es', dev: 0.2, test: 0.2, seed: 1 });
  await assert.rejects(spanish, {
    code: 'data-missing',
    message: 'Run 1 was trained on 2 of the test documents of the source es.',
  });
  assert.equal((await core.call('runs.keptRetention', { run: 1 })).retention?.source, 'fr');
});
