/** Review of tagged notes: by the keyboard alone from the list to the training set; the text, its offsets, and accessibility. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { openProject } from '../../electron/store/project-store.ts';
import { type Desktop, type DesktopOptions, openDesktop, windowIsMissing } from '../support/desktop.ts';
import { timeOpening } from './page-timing.ts';
import { addLongNote, addManyNotes, reviewProject, unusualNote } from '../support/review-project.ts';

const skip = windowIsMissing;
let project: Awaited<ReturnType<typeof reviewProject>> | null = null;
before(async () => {
  if (skip === false) project = await reviewProject();
});
after(() => project?.dispose());

test(
  'the most uncertain note is corrected by the keyboard alone, undone, redone and moved into the training set',
  { skip },
  async (t) => {
    const desktop = await openReview(t);
    const { page, path } = desktop;
    await page.keyboard.press('Control+5');
    await page.getByRole('listbox', { name: 'Notes' }).waitFor();
    await tabTo(page, 'Review the most uncertain');
    await page.keyboard.press('Enter');
    const entities = page.getByRole('listbox', { name: 'Entities in the order of the text' });
    await entities.waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'document');
    const status = page.locator('.workspace > [role=status]');
    const options = entities.getByRole('option');
    const count = await options.count();
    assert.ok(count >= 2, 'the model finds two entities');

    await page.keyboard.press('a');
    await options.nth(0).getByText('accepted').waitFor();
    await page.keyboard.press('r');
    await options.nth(1).getByText('rejected').waitFor();

    await page.keyboard.press('p');
    await page.keyboard.press('p');
    await page.keyboard.press('p');
    await page.keyboard.press('l');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('Brand new');
    await page.keyboard.press('Enter');
    await options.nth(0).getByText('Brand new').waitFor();

    const first = await options.nth(0).locator('.words').innerText();
    await page.keyboard.press('Shift+ArrowRight');
    await page.waitForFunction((words) => document.querySelector('[role=option] .words')?.textContent !== words, first);
    const longer = await options.nth(0).locator('.words').innerText();
    assert.ok(longer.startsWith(first) && longer.length > first.length, longer);

    await page.keyboard.press('c');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByRole('button', { name: 'Add as entity …' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('1');
    await options.filter({ hasText: 'added' }).waitFor();
    assert.equal(await options.count(), count + 1);

    for (let step = 0; step < 5; step++) await page.keyboard.press('Control+z');
    await status.getByText(/^Undone: accepting/).waitFor();
    assert.equal(await options.filter({ hasText: 'open' }).count(), count);
    for (let step = 0; step < 4; step++) await page.keyboard.press('Control+y');
    await page.keyboard.press('Control+Shift+z');
    await options.filter({ hasText: 'added' }).waitFor();
    assert.equal(await options.count(), count + 1);

    const reviewed = await page.getByRole('heading', { level: 1 }).innerText();
    await page.keyboard.press('Control+Enter');
    await page.waitForFunction((name) => document.querySelector('h1')?.textContent !== name, reviewed);
    await page.getByText('1 of 6').waitFor();

    await page.keyboard.press('Control+5');
    await page.getByRole('listbox', { name: 'Notes' }).waitFor();
    await tabTo(page, 'Move reviewed notes to training');
    await page.keyboard.press('Enter');
    await page.getByText('1 note added to the target’s training documents').waitFor();
    await desktop.close();

    const store = openProject(path, { access: 'write' });
    const [promoted] = store.documentLists.page(
      { role: 'target', name: reviewed, split: 'train' },
      { offset: 0, limit: 5 },
    );
    assert.equal(promoted?.spans, count);
    store.close();
  },
);

test(
  'words marked by the mouse become an entity with exact offsets behind emoji, accents and CRLF',
  { skip },
  async (t) => {
    const desktop = await openReview(t);
    const { page, path } = desktop;
    await openNote(page, unusualNote.name);
    await page.getByRole('listbox', { name: 'Entities in the order of the text' }).waitFor();
    const line = page.locator('.line').nth(2);
    const place = await line.evaluate((element) => {
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const at = node.textContent?.indexOf('spots') ?? -1;
        if (at === -1) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + 'spots'.length);
        const { left, right, top, height } = range.getBoundingClientRect();
        return { left, right, middle: top + height / 2 };
      }
      return null;
    });
    assert.ok(place);
    await page.mouse.move(place.left + 1, place.middle);
    await page.mouse.down();
    await page.mouse.move(place.right - 1, place.middle, { steps: 5 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Add as entity …' }).click();
    await page.getByRole('dialog').getByRole('option', { name: /Sign/ }).click();
    await page.getByRole('option', { name: /spots.*added/ }).waitFor();
    await desktop.close();

    const store = openProject(path, { access: 'write' });
    const note =
      store.taggedNotes.page({ tagging: 1, name: unusualNote.name }, 'journal', { offset: 0, limit: 1 })[0]?.note ?? 0;
    const added = store.review.spans(note).find(({ state }) => state === 'added');
    const start = unusualNote.text.indexOf('spots');
    assert.deepEqual([added?.start, added?.end, added?.label], [start, start + 5, 'Sign']);
    store.close();
  },
);

test('a document of the corpus opens at the place that the address names, and is only read', { skip }, async (t) => {
  const { page } = await openReview(t);
  await page.evaluate(() => (window.location.hash = '#/notes/1?kind=document&at=35'));
  await page.getByText(/^Source document/).waitFor();
  const chosen = page.getByRole('option', { selected: true });
  await chosen.waitFor();
  await page.getByRole('document', { name: 'Text of the note' }).press('a');
  assert.equal(await page.getByRole('button', { name: 'Accept', exact: true }).count(), 0);
});

test('letters typed outside the note change nothing', { skip }, async (t) => {
  const { page } = await openReview(t);
  await openNote(page, unusualNote.name);
  await page.getByRole('option', { name: /open/ }).first().waitFor();
  await page.getByRole('link', { name: 'Projects' }).focus();
  await page.keyboard.press('a');
  await page.getByRole('document', { name: 'Text of the note' }).focus();
  await page.keyboard.press('n');
  await page.getByRole('option', { name: /open/, selected: true }).waitFor();
  assert.equal(await page.getByRole('option', { name: /accepted/ }).count(), 0);
});

test(
  'a note of 1 MB with 5,000 entities and a list of 10,000 notes open and scroll to their ends',
  { skip },
  async (t) => {
    const { page, long, many } = await openReview(t, { hasMuch: true });
    const noteMs = await timeOpening(page, `#/notes/${long.note}`, '.line .entity');
    await page.getByText('5,000 entities').waitFor();
    await page.getByRole('listbox', { name: /^Entities/ }).press('End');
    await page.getByText('5,000 of 5,000').waitFor();
    await page.locator('.entity.selected').waitFor();
    const listMs = await timeOpening(page, `#/notes?tagging=${many.tagging}`, '.list .row .name');
    await page.getByText('10,000 notes').waitFor();
    await page.getByRole('listbox', { name: 'Notes' }).press('End');
    await page.locator('[role=option][aria-posinset="10000"] .name').waitFor();
    t.diagnostic(`the note opened in ${noteMs} ms, the list in ${listMs} ms`);
  },
);

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the list, on a note and in the label picker (${colorScheme})`, { skip }, async (t) => {
    const { page } = await openReview(t, { colorScheme });
    await page.keyboard.press('Control+5');
    await page.getByRole('option', { name: /visit/ }).waitFor();
    await findNothing(page, 'list');
    await openNote(page, unusualNote.name);
    await page.getByRole('option', { name: /open/ }).first().waitFor();
    await page.keyboard.press('a');
    await page.keyboard.press('r');
    await page.getByRole('option', { name: /rejected/ }).waitFor();
    await findNothing(page, 'note');
    await page.keyboard.press('l');
    await page.getByRole('dialog').waitFor();
    await findNothing(page, 'picker');
  });
}

interface ReviewDesktop extends Desktop {
  readonly path: string;
  readonly long: { tagging: number; note: number };
  readonly many: { tagging: number; note: number };
}

/** The window with a copy of the project open. */
async function openReview(
  t: TestContext,
  options: DesktopOptions & { hasMuch?: boolean } = {},
): Promise<ReviewDesktop> {
  const desktop = await openDesktop(t, options);
  const path = join(desktop.folder, 'Review.ngr');
  copyFileSync(project?.path ?? '', path);
  const none = { tagging: 0, note: 0 };
  const long = options.hasMuch === true ? addLongNote(path, { characters: 1_000_000, entities: 5000 }) : none;
  const many = options.hasMuch === true ? addManyNotes(path, 10_000) : none;
  await desktop.answerDialogs(path);
  await desktop.page.getByRole('button', { name: 'Open project' }).click();
  await desktop.page.getByRole('heading', { name: 'Review', exact: true }).waitFor();
  return { ...desktop, path, long, many };
}

async function openNote(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+5');
  await page.getByRole('option', { name: new RegExp(name) }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
}

/** Moves the focus as a user without a mouse does. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let step = 0; step < 40; step++) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate(() => document.activeElement?.textContent.trim())) === name) return;
  }
  assert.fail(`the Tab key does not reach “${name}”`);
}

async function findNothing(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  assert.deepEqual(found, [], where);
}
