/** The demo: the whole line on the bundled sample, from import to a spreadsheet, in about a minute. */
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CallOutput, CoreClient } from '../api/contract.ts';
import type { ScoreView } from '../api/views.ts';
import { openDemoDisplay, type DemoDisplay } from './demo-display.ts';
import { failureOf, failureText } from './failure.ts';
import { footnote } from './score-text.ts';
import { counted, duration, grouped, numbers, percent, table } from './table.ts';
import { withTerminal } from './terminal.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sample = join(root, 'resources/sample');
const folder = join(root, 'demo-output');

const recipes = ['baseline-crf', 'dtn-hs-crf'] as const;

/** The papers' recipes scaled down to a sample of ten training notes; the same for both models. */
const settings: readonly string[] = [
  'characterEncoder.hiddenSize=32',
  'wordEmbedding.size=64',
  'wordEncoder.hiddenSize=64',
  'decoder.hiddenSize=48',
  'decoder.tagEmbeddingSize=16',
  'dropout.characterEncoder=0.3',
  'dropout.wordEmbedding=0.3',
  'dropout.wordEncoder=0.3',
  'dropout.decoder=0.3',
  'training.batchSize=8',
  'training.batchesPerEpoch=50',
  'training.learningRate=0.005',
  'training.epochs=30',
  'training.patience=8',
];
const epochs = 30;
const seed = 1;

type Trained = CallOutput<'training.train'>;

const display = openDemoDisplay(epochs);
try {
  await withTerminal(
    { quiet: true },
    ({ core }) => runDemo(core, display),
    ({ core }) => display.listener(core),
  );
} catch (thrown) {
  const { exitCode, error } = failureOf(thrown);
  process.exitCode = exitCode;
  if (error !== null) display.line(failureText(error));
} finally {
  display.stop();
}

async function runDemo(core: CoreClient, { line }: DemoDisplay): Promise<void> {
  const started = performance.now();
  const project = join(folder, 'demo.ngr');
  line('Notegraft demo. Everything in it is synthetic: people, places, dates and notes are made up.');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  await core.call('project.create', { path: project });
  await core.call('project.open', { path: project, access: 'write' });

  line(`\n1. Import into ${shown(project)}`);
  await importSample(core, display, 'source', 'source', undefined);
  for (const split of ['train', 'dev', 'test'] as const) {
    await importSample(core, display, `target/${split}`, 'target', split);
  }

  const together = availableParallelism() > 1;
  line(`\n2. Train ${recipes.join(' and ')}${together ? ', each in a process of its own' : ''}`);
  const [baseline, transfer] = await trainBoth(core, together);

  line('\n3. Scores on the target test notes, which no training has seen');
  line(comparison(baseline, transfer));

  line(`\n4. Tag a folder of notes with ${recipes[1]}`);
  const tagged = await tagNotes(core, transfer.run);
  const inNotes = `${counted(tagged.entities, 'entity', 'entities')} in ${counted(tagged.notes, 'note')}`;
  line(`${inNotes}, ${grouped(tagged.tokensPerSecond)} tokens/s.`);
  for (const file of tagged.files) line(`  ${file}`);

  const spreadsheet = tagged.files.find((file) => file.endsWith('.xlsx'));
  line(
    `\nDone in ${duration((performance.now() - started) / 1000)}. The spreadsheet: ${spreadsheet ?? 'none was written'}`,
  );
  line(`What the project holds: node electron/cli/notegraft.mjs info ${shown(project)}`);
}

async function importSample(
  core: CoreClient,
  { line }: DemoDisplay,
  part: string,
  role: 'source' | 'target',
  split: 'train' | 'dev' | 'test' | undefined,
): Promise<void> {
  const result = await core.call('corpora.import', {
    role,
    format: 'auto',
    paths: [join(sample, part)],
    ...(split === undefined ? {} : { split }),
  });
  const { ok, repaired, skipped } = result.annotations;
  const what = `${counted(result.added, 'document')} (${result.format}), ${counted(Object.keys(result.labels).length, 'label')}`;
  line(`  ${part.padEnd(12)} ${what}; annotations: ${grouped(ok)} ok, ${repaired} repaired, ${skipped} skipped`);
}

/** Side by side where there are two cores: neither slows the other down much. */
async function trainBoth(core: CoreClient, together: boolean): Promise<readonly [Trained, Trained]> {
  const train = (recipe: string): Promise<Trained> =>
    core.call('training.train', { recipe, settings: [...settings], seed, targetFraction: 1 });
  if (together) {
    // Half the cores each; a thread too many only waits in another's way.
    process.env['NOTEGRAFT_THREADS'] ??= String(Math.max(1, Math.floor(availableParallelism() / 2)));
    return Promise.all([train(recipes[0]), train(recipes[1])]);
  }
  return [await train(recipes[0]), await train(recipes[1])];
}

function comparison(baseline: Trained, transfer: Trained): string {
  const [left, right] = [testScore(baseline), testScore(transfer)];
  const row = (
    name: string,
    pick: (score: ScoreView) => { precision: number; recall: number; f1: number },
  ): string[] => {
    const values = [pick(left), pick(right)].map(({ precision, recall, f1 }) => [precision, recall, f1].map(percent));
    return [name, ...values.flat(), difference(pick(left).f1, pick(right).f1)];
  };
  const averages = table(
    [{ title: '' }, ...numbers(`${recipes[0]} P`, 'R', 'F1', `${recipes[1]} P`, 'R', 'F1', 'difference')],
    [
      row('strict micro', (score) => score.strict.micro),
      row('strict macro', (score) => score.strict.macro),
      row('lenient micro', (score) => score.lenient.micro),
      row('lenient macro', (score) => score.lenient.macro),
    ],
  );
  return [averages, '', labelTable(left, right), '', footnote(right)].join('\n');
}

/** Strict F1 of each label, both models. */
function labelTable(left: ScoreView, right: ScoreView): string {
  const rows = right.perLabel.map(({ label, support, strict }) => {
    const before = left.perLabel.find((other) => other.label === label)?.strict.f1 ?? 0;
    return [label, grouped(support), percent(before), percent(strict.f1), difference(before, strict.f1)];
  });
  return table([{ title: 'label' }, ...numbers('gold', `${recipes[0]} F1`, `${recipes[1]} F1`, 'difference')], rows);
}

function difference(before: number, after: number): string {
  const points = (after - before) * 100;
  return `${points < 0 ? '-' : '+'}${Math.abs(points).toFixed(1)}`;
}

/** The sample has test notes, so a training without a test score is a defect. */
function testScore({ recipe, test }: Trained): ScoreView {
  if (test === null) throw new Error(`the training of ${recipe} gave no test score`);
  return test;
}

function tagNotes(core: CoreClient, run: number): Promise<CallOutput<'tagging.tag'>> {
  const notes = join(sample, 'notes');
  const outFolder = join(folder, 'tagged');
  return core.call('tagging.tag', {
    run,
    paths: [notes],
    outFolder,
    write: ['xlsx', 'csv'],
    command: `notegraft tag ${shown(join(folder, 'demo.ngr'))} --run ${run} --out ${shown(outFolder)} ${shown(notes)}`,
  });
}

/** A path as seen from the project's root. */
function shown(path: string): string {
  return relative(root, path);
}
