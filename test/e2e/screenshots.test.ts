/**
 * A picture of every page, light and dark, at 100 and 150 %. With NOTEGRAFT_SCREENSHOTS=docs/screenshots they are kept there, of
 * models trained as long as the demo's, and what else a page shows once; otherwise two of the four kinds are made and looked at for emptiness only.
 */
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { electronIsMissing, type ElectronDesktop, openInElectron } from '../support/desktop.ts';
import { trainSample } from '../support/sample-project.ts';
import { sampleFolder, type Visit, walkWizard } from '../support/sample-wizard.ts';

const kept = process.env['NOTEGRAFT_SCREENSHOTS'];
const isKept = kept !== undefined && kept !== '';
/** A trained project of an earlier round, so that looking and mending does not train each time. */
const trainedBefore = process.env['NOTEGRAFT_SCREENSHOTS_PROJECT'];

const folder = mkdtempSync(join(tmpdir(), 'notegraft-pictures-'));
const pictures = isKept ? resolve(kept) : join(folder, 'pictures');
const trained = trainedBefore ?? join(folder, 'trained.ngr');

const kinds = [
  { colorScheme: 'light', scale: 1, size: { width: 1280, height: 840 } },
  { colorScheme: 'dark', scale: 1.5, size: { width: 1280, height: 720 } },
  { colorScheme: 'dark', scale: 1, size: { width: 1280, height: 840 } },
  { colorScheme: 'light', scale: 1.5, size: { width: 1280, height: 720 } },
] as const;

const pages: ReadonlySet<string> = new Set([
  'projects',
  ...['target-imported', 'splits', 'label-map', 'embeddings', 'model', 'summary'].map((step) => `wizard-${step}`),
  ...['runs', 'run-in-training', 'run-report', 'run-errors', 'run-gates'],
  ...['tagging-start', 'tagging-running', 'tagging-results', 'notes', 'note-review'],
]);

before(async () => {
  if (electronIsMissing !== false) return;
  mkdirSync(pictures, { recursive: true });
  if (!existsSync(trained)) await trainSample(trained, isKept ? 30 : 3);
});
after(() => rmSync(folder, { recursive: true, force: true }));

for (const kind of isKept ? kinds : kinds.slice(0, 2)) {
  const percent = kind.scale * 100;
  test(
    `every page has its picture in the ${kind.colorScheme} theme at ${percent} %`,
    { skip: electronIsMissing },
    async (t) => {
      const desktop = await openInElectron(t, kind);
      // A test that shares the machine with a training waits longer than usual.
      desktop.page.setDefaultTimeout(60_000);
      const take = photographer(t, desktop, `${kind.colorScheme}-${percent}`);
      await projects(desktop, take);
      await wizard(desktop, take);
      await runs(desktop, take);
      await tagging(desktop, take);
      await review(desktop, take);
    },
  );
}

/** Takes a picture once nothing moves any more, and makes sure that something is on it. */
function photographer(t: TestContext, { page, electron }: ElectronDesktop, kind: string): Visit {
  return async (name) => {
    await page.getByText('Saving …').waitFor({ state: 'detached' });
    // Messages that pass are not part of a page.
    const passing = page.getByRole('button', { name: 'Dismiss' });
    while ((await passing.count()) > 0) await passing.first().click();
    const png = await page.screenshot({
      ...(isShown(name, kind) ? { path: join(pictures, `${name}-${kind}.png`) } : {}),
      animations: 'disabled',
      caret: 'hide',
    });
    const colours = await electron.evaluate(({ nativeImage }, text) => {
      const pixels = nativeImage.createFromBuffer(Buffer.from(text, 'base64')).toBitmap();
      return new Set(new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.byteLength / 4)).size;
    }, png.toString('base64'));
    assert.ok(colours > 50, `${name} shows ${colours} colours`);
    const overflow = await page.evaluate(() => {
      const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement;
      return [scrollWidth - clientWidth, scrollHeight - clientHeight];
    });
    assert.deepEqual(overflow, [0, 0], `${name} does not fit the window`);
    t.diagnostic(`${name}: ${Math.round(png.length / 1024)} kB`);
  };
}

/** Each page in every kind; what else a page shows once, where the pictures are kept. */
function isShown(name: string, kind: string): boolean {
  return !isKept || kind === 'light-100' || pages.has(name);
}

async function projects({ page }: ElectronDesktop, take: Visit): Promise<void> {
  await page.getByRole('button', { name: 'Open the sample' }).waitFor();
  await take('projects-first-start');
}

/** Through all steps, into a training that is stopped once its curves show something. */
async function wizard(desktop: ElectronDesktop, take: Visit): Promise<void> {
  const { page } = desktop;
  const settings = { Epochs: 60, 'Batches per epoch': 25, 'Batch size': 4, 'Learning rate': 0.01 };
  await walkWizard(desktop, join(desktop.folder, 'Outpatient letters.ngr'), settings, (step) => take(`wizard-${step}`));
  await page.getByRole('button', { name: 'Start training' }).click();
  await page.getByRole('img', { name: /^Development F1 by epoch: .* after epoch ([4-9]|\d\d)/ }).waitFor();
  await take('run-in-training');
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByText('This training was cancelled.').waitFor();
}

async function runs(desktop: ElectronDesktop, take: Visit): Promise<void> {
  const { page } = desktop;
  const path = join(desktop.folder, 'Outpatient clinic.ngr');
  copyFileSync(trained, path);
  await desktop.answerDialogs(path);
  await page.getByRole('link', { name: 'Projects' }).click();
  await page.getByRole('button', { name: 'Open project' }).click();
  await page.getByRole('heading', { name: 'Outpatient clinic' }).waitFor();
  await page.getByRole('row', { name: /^Target, test/ }).waitFor();
  await take('projects');
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('row', { name: /Run 2/ }).waitFor();
  await take('runs');
  await page.getByRole('button', { name: 'Run 2', exact: true }).click();
  await page.getByRole('table', { name: 'Scores by label' }).waitFor();
  await take('run-report');
  for (const [tab, seen] of [
    ['Labels', 'Same label and same boundaries.'],
    ['Comparisons', /^The difference (is|cannot)/],
    ['Errors', 'Every label'],
    ['Confusion', 'spurious'],
    ['Gates', 'Previous sentence'],
    ['Curves', 'The numbers behind the curves'],
    ['Settings', 'The recipe in full'],
  ] as const) {
    await page.getByRole('tab', { name: tab }).click();
    await page.getByText(seen).first().waitFor();
    await page
      .getByRole('heading', { name: 'Reports' })
      .evaluate((heading) => heading.closest('section')?.scrollIntoView());
    await page.getByText('The model reads the sentence').waitFor({ state: 'detached' });
    await take(`run-${tab.toLowerCase()}`);
  }
}

async function tagging(desktop: ElectronDesktop, take: Visit): Promise<void> {
  const { page } = desktop;
  const many = manyNotes(desktop.folder);
  await desktop.answerDialogs(many, join(sampleFolder, 'notes'), desktop.folder);
  await page.getByRole('link', { name: 'Tagging' }).click();
  await page.getByRole('button', { name: 'Start tagging' }).waitFor();
  await take('tagging-start');
  await page.getByRole('button', { name: 'Choose folder…' }).click();
  await page.getByRole('list', { name: 'To be tagged' }).waitFor();
  await page.getByRole('button', { name: 'Start tagging' }).click();
  await page.getByText(/tokens\/s/).waitFor();
  await take('tagging-running');
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  await page.getByRole('button', { name: 'All taggings' }).click();
  await page.getByRole('button', { name: 'Choose folder…' }).click();
  await page.getByRole('list', { name: 'To be tagged' }).waitFor();
  await page.getByRole('button', { name: 'Start tagging' }).click();
  await page.getByRole('button', { name: 'Pause' }).waitFor({ state: 'detached' });
  await page.getByRole('listbox', { name: 'Entities' }).getByRole('option').nth(5).waitFor();
  await take('tagging-results');
  await page.getByRole('button', { name: 'Export…' }).click();
  await page.getByRole('dialog').waitFor();
  await take('tagging-export');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'All taggings' }).click();
  await page.getByRole('row', { name: /Tagging 2/ }).waitFor();
  await take('tagging-list');
}

async function review({ page }: ElectronDesktop, take: Visit): Promise<void> {
  await page.getByRole('link', { name: 'Notes & review' }).click();
  const notes = page.getByRole('listbox', { name: 'Notes' });
  await notes.getByRole('option').nth(3).waitFor();
  await take('notes');
  await notes.getByRole('option').first().click();
  const entities = page.getByRole('listbox', { name: 'Entities in the order of the text' });
  await entities.getByRole('option').first().waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'document');
  await page.keyboard.press('a');
  await entities.getByText('accepted').first().waitFor();
  await page.keyboard.press('r');
  await entities.getByText('rejected').first().waitFor();
  await take('note-review');
  await page.keyboard.press('l');
  await page.getByRole('dialog').waitFor();
  await take('note-label-picker');
  await page.keyboard.press('Escape');
}

/** The sample's notes many times over, so that tagging takes long enough to be seen. */
function manyNotes(parent: string): string {
  const many = join(parent, 'Letters of 2156');
  mkdirSync(many);
  for (let round = 0; round < 60; round++)
    cpSync(join(sampleFolder, 'notes'), join(many, `part ${round + 1}`), { recursive: true });
  assert.ok(readdirSync(many).length === 60);
  return many;
}
