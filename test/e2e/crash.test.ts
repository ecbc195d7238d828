/** What happens when a process dies under the window. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { electronIsMissing, openInElectron } from '../support/desktop.ts';

const skip =
  electronIsMissing === false && process.platform !== 'linux' ? 'looks for processes in /proc' : electronIsMissing;

test('a core that is killed comes back with the project open', { skip }, async (t) => {
  const desktop = await openInElectron(t);
  const { page, folder, electron } = desktop;
  await desktop.answerDialogs(join(folder, 'Ward 7.ngr'));
  await page.getByRole('button', { name: 'New project' }).click();
  await page.getByRole('heading', { name: 'Ward 7' }).waitFor();

  const [core] = coreProcesses(await electron.evaluate(() => process.pid));
  assert.ok(core !== undefined, 'no core process was found');
  process.kill(core, 'SIGKILL');

  await page.getByText(/It runs again and your project is open/).waitFor();
  await page.getByText('This project is empty.').waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Ward 7' }).count(), 1);
});

test('a core that keeps dying is given up with a sentence, and starts again on demand', { skip }, async (t) => {
  const { page, electron } = await openInElectron(t);
  await page.getByRole('heading', { name: 'Projects', level: 1 }).waitFor();
  const shell = await electron.evaluate(() => process.pid);
  const startAgain = page.getByRole('button', { name: 'Start again' });
  while (!(await startAgain.isVisible())) {
    for (const core of coreProcesses(shell)) process.kill(core, 'SIGKILL');
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
  await startAgain.click();
  await startAgain.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Open the sample' }).click();
  await page.getByRole('row', { name: /^Target, test/ }).waitFor();
});

/** Children of the shell that run core. */
function coreProcesses(shell: number): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => parentOf(pid) === shell && commandOf(pid).includes('core/process.js'));
}

function parentOf(pid: number): number {
  const status = readIfThere(`/proc/${pid}/status`);
  return Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]);
}

function commandOf(pid: number): string {
  return readIfThere(`/proc/${pid}/cmdline`);
}

/** A process may end while one looks. */
function readIfThere(file: string): string {
  return readdirSync('/proc').includes(file.split('/')[2] ?? '') ? readFileSync(file, 'utf8') : '';
}
