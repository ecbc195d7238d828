/** The tagging page: a folder tagged, paused, resumed, looked through and exported; nothing lost when the application is killed. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { type Desktop, electronIsMissing, openDesktop, openInElectron, windowIsMissing } from '../support/desktop.ts';
import { thoroughSettings, trainProject } from '../support/trained-project.ts';
import { sampleNotes } from '../unit/core/brat-files.ts';
import { temporaryFolder } from '../unit/store/builders.ts';

const killSkip =
  electronIsMissing === false && process.platform !== 'linux' ? 'looks for processes in /proc' : electronIsMissing;

let trained: Awaited<ReturnType<typeof trainProject>>;
before(async () => {
  if (windowIsMissing === false) trained = await trainProject('baseline', thoroughSettings);
});
after(() => trained?.dispose());

for (const colorScheme of ['light', 'dark'] as const) {
  test(
    `each state of the tagging page is accessible in the ${colorScheme} theme`,
    { skip: windowIsMissing },
    async (t) => {
      const desktop = await openDesktop(t, { colorScheme });
      const { page, folder } = desktop;
      await desktop.answerDialogs(projectIn(folder), notesIn(folder, 60), folder);
      await openTagging(page);
      assert.deepEqual(await violations(page), [], 'before the first tagging');
      await page.getByRole('button', { name: 'Choose folder…' }).click();
      await page.getByRole('list', { name: 'To be tagged' }).waitFor();
      assert.deepEqual(await violations(page), [], 'a folder is chosen');
      await page.getByRole('button', { name: 'Start tagging' }).click();
      await page.getByRole('button', { name: 'Try failed notes again' }).waitFor();
      assert.deepEqual(await violations(page), [], 'entities');
      await page.getByRole('tab', { name: 'Notes' }).click();
      await page.getByRole('listbox', { name: 'Notes' }).waitFor();
      assert.deepEqual(await violations(page), [], 'notes');
      await page.getByRole('tab', { name: 'Could not be tagged' }).click();
      await page.getByText('The file is empty.').waitFor();
      assert.deepEqual(await violations(page), [], 'failed notes');
      await page.getByRole('button', { name: 'Export…' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Choose folder…' }).click();
      await page.getByRole('button', { name: 'Export', exact: true }).click();
      await page.getByRole('button', { name: 'Show in folder' }).waitFor();
      assert.deepEqual(await violations(page), [], 'exported');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Remove this tagging' }).click();
      await page.getByRole('dialog').waitFor();
      assert.deepEqual(await violations(page), [], 'asked to remove');
      await page.getByRole('button', { name: 'Keep it' }).click();
      await page.getByRole('button', { name: 'All taggings' }).click();
      await page.getByRole('row', { name: /Tagging 1/ }).waitFor();
      assert.deepEqual(await violations(page), [], 'list of taggings');
    },
  );
}

test(
  'with keys alone a folder is tagged, its entities filtered, a note opened and an export written',
  { skip: windowIsMissing },
  async (t) => {
    const desktop = await openDesktop(t);
    const { page, folder } = desktop;
    const exported = join(folder, 'export');
    mkdirSync(exported);
    await desktop.answerDialogs(projectIn(folder), notesIn(folder, 40), exported);
    // A key that is pressed before the page listens is lost.
    await page.getByRole('heading', { name: 'Projects', level: 1 }).waitFor();
    await page.keyboard.press('Control+O');
    await page.getByRole('heading', { name: 'Ward 7' }).waitFor();
    await page.keyboard.press('Control+4');
    await pressOn(page, 'button', 'Choose folder…');
    await page.getByRole('list', { name: 'To be tagged' }).waitFor();
    await pressOn(page, 'button', 'Start tagging');
    await page.getByRole('button', { name: 'Try failed notes again' }).waitFor();

    await tabTo(page, 'searchbox', 'Text contains');
    await page.keyboard.type('aspirin');
    await page.getByText('7 entities fit').waitFor();
    await tabTo(page, 'listbox', 'Entities');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^new-/, level: 1 }).waitFor();
    await page.keyboard.press('Control+[');
    await page.getByText('7 entities fit').waitFor();

    await pressOn(page, 'button', 'Export…');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, 'checkbox', 'Table (csv)');
    await page.keyboard.press('Space');
    await tabTo(page, 'checkbox', 'Write words of the notes');
    await page.keyboard.press('Space');
    await pressOn(page, 'button', 'Choose folder…');
    await page.getByText(exported).waitFor();
    await pressOn(page, 'button', 'Export', true);
    await page.getByRole('button', { name: 'Show in folder' }).waitFor();
    assert.deepEqual(readdirSync(exported).sort(), ['entities.csv', 'entities.xlsx']);
    const table = readFileSync(join(exported, 'entities.csv'), 'utf8');
    assert.match(table, /new-1,/);
    for (const word of ['aspirin', 'warfarin', 'nausea', 'Patient']) assert.ok(!table.includes(word), word);
  },
);

test('a tagging that was paused goes on with the notes that are left', { skip: windowIsMissing }, async (t) => {
  const desktop = await openDesktop(t);
  const { page, folder } = desktop;
  await desktop.answerDialogs(projectIn(folder), longNotesIn(folder));
  await startTagging(page);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  assert.ok((await figure(page, 'Left')) > 0);
  await page.getByRole('button', { name: 'Resume' }).click();
  await untilAllIsTagged(page);
});

test('a tagging is removed once that is confirmed', { skip: windowIsMissing }, async (t) => {
  const desktop = await openDesktop(t);
  const { page, folder } = desktop;
  await desktop.answerDialogs(projectIn(folder), notesIn(folder, 3));
  await startTagging(page);
  await page.getByRole('button', { name: 'Try failed notes again' }).waitFor();
  await page.getByRole('button', { name: 'All taggings' }).click();
  await page.getByRole('button', { name: 'More about tagging 1' }).click();
  await page.getByRole('menuitem', { name: 'Remove…' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('No notes are tagged yet.').waitFor();
});

test('a folder without notes is said where it was chosen', { skip: windowIsMissing }, async (t) => {
  const desktop = await openDesktop(t);
  const { page, folder } = desktop;
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  await desktop.answerDialogs(projectIn(folder), empty);
  await startTagging(page);
  await page.getByRole('alert').getByText('No .txt files were found.').waitFor();
});

test('a folder dropped on the page is tagged', { skip: electronIsMissing }, async (t) => {
  const desktop = await openInElectron(t);
  const { page, folder } = desktop;
  const notes = notesIn(folder, 3);
  await desktop.answerDialogs(projectIn(folder));
  await openTagging(page);
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [notes], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 600, y: 600, data });
  }
  await page.getByRole('list', { name: 'To be tagged' }).getByText(notes).waitFor();
  await page.getByRole('button', { name: 'Start tagging' }).click();
  await page.getByRole('button', { name: 'Try failed notes again' }).waitFor();
  assert.equal(await figure(page, 'Done'), 3);
});

test(
  'a tagging whose application was killed is resumed after the next start with nothing lost',
  { skip: killSkip },
  async (t) => {
    const userData = temporaryFolder(t);
    const folder = temporaryFolder(t);
    const notes = longNotesIn(folder);
    const killed = await openInElectron(t, { userData });
    await killed.answerDialogs(projectIn(folder), notes);
    await startTagging(killed.page);
    await killed.page.getByText(/tokens\/s/).waitFor();
    await kill(killed);

    const { page } = await openInElectron(t, { userData });
    await page.getByRole('button', { name: /^Ward 7/ }).click();
    await page.getByRole('heading', { name: 'Ward 7' }).waitFor();
    await page.getByRole('link', { name: 'Tagging' }).click();
    await page.getByRole('row', { name: /Interrupted/ }).waitFor();
    await page.getByRole('button', { name: 'Tagging 1', exact: true }).click();
    const kept = await figure(page, 'Done');
    assert.ok(kept > 0 && kept < longNotes, `${kept} notes were kept`);
    await page.getByRole('button', { name: 'Resume' }).click();
    await untilAllIsTagged(page);
  },
);

function projectIn(folder: string): string {
  const path = join(folder, 'Ward 7.ngr');
  if (!existsSync(path)) copyFileSync(trained.path, path);
  return path;
}

/** So many good notes, each with its text so many times, and an empty one. */
function notesIn(folder: string, count: number, repeats = 1): string {
  const notes = join(folder, 'letters');
  mkdirSync(notes);
  for (const { name, text } of sampleNotes(count, 'new'))
    writeFileSync(join(notes, `${name}.txt`), text.repeat(repeats));
  writeFileSync(join(notes, 'broken.txt'), '');
  return notes;
}

const longNotes = 2000;

/** About a million tokens: some seconds of work, in which one can press a button or kill. */
function longNotesIn(folder: string): string {
  return notesIn(folder, longNotes, 35);
}

async function untilAllIsTagged(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try failed notes again' }).waitFor({ timeout: 120_000 });
  assert.deepEqual(
    [await figure(page, 'Done'), await figure(page, 'Failed'), await figure(page, 'Left')],
    [longNotes, 1, 0],
  );
}

async function openTagging(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Open project' }).click();
  await page.getByRole('heading', { name: 'Ward 7' }).waitFor();
  await page.getByRole('link', { name: 'Tagging' }).click();
  await page.getByRole('button', { name: 'Start tagging' }).waitFor();
}

/** The dialogs' next answers are the project and the folder of notes. */
async function startTagging(page: Page): Promise<void> {
  await openTagging(page);
  await page.getByRole('button', { name: 'Choose folder…' }).click();
  await page.getByRole('list', { name: 'To be tagged' }).waitFor();
  await page.getByRole('button', { name: 'Start tagging' }).click();
}

/** A number of the progress panel, once it is there. */
async function figure(page: Page, name: string): Promise<number> {
  const fact = page
    .getByRole('region', { name: 'Progress' })
    .locator('div', { has: page.getByText(name, { exact: true }) });
  return Number((await fact.last().getByRole('definition').innerText()).replace(/\D/g, ''));
}

/** Presses Tab until the element has the focus. */
async function tabTo(page: Page, role: Parameters<Page['getByRole']>[0], name: string, exact = false): Promise<void> {
  const wanted = page.getByRole(role, { name, exact });
  await wanted.waitFor();
  for (let presses = 0; presses < 80; presses++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`${name} is not reached by the Tab key`);
}

async function pressOn(page: Page, role: Parameters<Page['getByRole']>[0], name: string, exact = false): Promise<void> {
  await tabTo(page, role, name, exact);
  await page.keyboard.press('Enter');
}

/** All processes of the application end without a word. */
async function kill({ electron }: Desktop): Promise<void> {
  const shell = electron?.process();
  assert.ok(shell?.pid !== undefined);
  const gone = new Promise((resolve) => shell.once('exit', resolve));
  for (const pid of [shell.pid, ...descendants(shell.pid)]) process.kill(pid, 'SIGKILL');
  await gone;
}

function descendants(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
      .split(' ')
      .filter((word) => word !== '')
      .map(Number),
  );
  return [...children, ...children.flatMap(descendants)];
}

/** Rule and elements of each violation. */
async function violations(page: Page): Promise<string[]> {
  const result = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}
