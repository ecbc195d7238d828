/** Token features from the command line: trained with, scored with, tagged with, and asked for where they are missing. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { npyMatrix, writeFeatures } from '../support/feature-files.ts';
import { trialSettings } from '../support/study-project.ts';
import { sampleNotes, writeBrat } from '../unit/core/brat-files.ts';
import { newProject, temporaryFolder } from '../unit/store/builders.ts';
import { json, notegraft } from './notegraft.ts';

interface Failed {
  readonly error: { readonly code: string; readonly message: string; readonly details: { readonly nextStep: string } };
}

const settings = [...trialSettings, 'tokenFeatures.projection=4'].flatMap((setting) => ['--set', setting]);
const failed = (...words: string[]): Failed => json(...words) as Failed;

/** A project of notes whose tokens, as `export --format conll` writes them, have a vector each: their length and where they stand. */
function projectWithFeatures(t: TestContext): { readonly path: string; readonly features: string; notes: string } {
  const [path, folder] = [newProject(t), temporaryFolder(t)];
  const notes = writeBrat(join(folder, 'notes'), sampleNotes(20, 'note'));
  assert.equal(notegraft('import', path, notes, '--role', 'target').exitCode, 0);
  assert.equal(notegraft('split', path, '--role', 'target').exitCode, 0);
  const [columns, features] = [join(folder, 'columns'), join(folder, 'features')];
  assert.equal(notegraft('export', path, '--role', 'target', '--format', 'conll', '--out', columns).exitCode, 0);
  writeFeatures(columns, features);
  return { path, features, notes };
}

test('a model is trained, scored and tags with vectors for the tokens that export writes', (t) => {
  const { path, features, notes } = projectWithFeatures(t);
  const trained = json('train', path, '--recipe', 'lstm', '--features', features, ...settings) as { test: object };
  // Where its training found them they are found again.
  const scored = json('evaluate', path, '--run', '1', '--split', 'test') as { strict: object };
  assert.ok(trained.test, JSON.stringify(trained));
  assert.deepEqual(scored.strict, (trained.test as typeof scored).strict);
  const tagged = json('tag', path, '--run', '1', '--features', features, '--out', join(notes, 'out'), notes);
  const { notes: count, failed: without } = tagged as { notes: number; failed: number };
  assert.deepEqual([count, without], [20, 0]);
  const kept = json('taggings', path, '--run', '1', '--features', features, notes) as {
    done: number;
    entities: number;
  };
  assert.deepEqual([kept.done, kept.entities], [20, (tagged as { entities: number }).entities]);
});

test('studies read the vectors too: recipes are swept and searched with them, and costs are told', (t) => {
  const { path, features } = projectWithFeatures(t);
  const estimate = json('estimate', path, '--recipe', 'lstm', '--features', features, ...settings);
  assert.ok((estimate as { parameters: number }).parameters > 0);
  const sweep = ['sweep', path, '--recipes', 'lstm,baseline', ...settings];
  assert.equal(failed(...sweep).error.code, 'features-invalid');
  const study = json(...sweep, '--features', features) as { trials: { done: number; failed: number } };
  assert.deepEqual([study.trials.done, study.trials.failed], [2, 0], JSON.stringify(study));
  const best = join(features, '..', 'best.json');
  const search = ['search', path, '--recipe', 'lstm', '--trials', '2', '--features', features, ...settings];
  json(...search, '--out', best);
  assert.equal(
    (JSON.parse(readFileSync(best, 'utf8')) as { tokenFeatures: { projection: number } }).tokenFeatures.projection,
    4,
  );
});

test('documents of a source and of the target that are called alike have vectors each, in retention too', (t) => {
  const { path, features, notes } = projectWithFeatures(t);
  const folder = temporaryFolder(t);
  const target = writeFeatures(join(features, '..', 'columns'), join(folder, 'target'));
  assert.equal(notegraft('import', path, notes, '--role', 'source').exitCode, 0);
  assert.equal(notegraft('split', path, '--role', 'source', '--dev', '0.2', '--test', '0.3').exitCode, 0);
  cpSync(target, join(folder, 'source'), { recursive: true });
  rmSync(join(target, 'note-1.npy'));
  cpSync(join(folder, 'source', 'note-1.npy'), join(folder, 'note-1.npy'));
  assert.equal(notegraft('labels', path, '--accept', '1').exitCode, 0);
  json('train', path, '--recipe', 'lstm-s', '--features', folder, ...settings);
  const { transfer, sourceOnly } = json('retention', path, '--run', '1') as Record<string, { documents: number }>;
  assert.deepEqual([transfer?.documents, sourceOnly?.documents], [6, 6]);
});

test('features that are not given, and matrices that do not fit, are named with what to do', (t) => {
  const { path, features, notes } = projectWithFeatures(t);
  const train = ['train', path, '--recipe', 'lstm', ...settings];
  writeFileSync(join(features, 'note-3.npy'), npyMatrix([[1, 2]]));
  const wrong = failed(...train, '--features', features).error;
  assert.match(wrong.message, /\b1\b/);
  assert.ok(JSON.stringify(wrong.details).includes('note-3'), JSON.stringify(wrong));
  assert.equal(notegraft(...train, '--features', join(features, 'nowhere')).exitCode, 1);

  const good = projectWithFeatures(t);
  json('train', good.path, '--recipe', 'lstm', '--features', good.features, ...settings);
  const missing = failed('taggings', good.path, '--run', '1', notes).error;
  assert.match(missing.details.nextStep, /--features/);
  const session = json('tag', good.path, '--run', '1', '--features', features, '--out', join(notes, 'out'), notes);
  assert.deepEqual((session as { failed: number }).failed, 1);
});
