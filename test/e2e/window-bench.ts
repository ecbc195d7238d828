/**
 * Measures the window on this machine and prints JSON: start, memory, long lists, scrolling, long notes. Build first (`npm run build`).
 * Electron is started as users start it but for the sandbox, and without a graphics card.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ElectronApplication, Page } from 'playwright';
import { electronFolder, electronIsMissing, openInElectron } from '../support/desktop.ts';
import { pageAddress } from './page-address.ts';
import { timeOpening } from './page-timing.ts';
import { addLongNote, addManyNotes, reviewProject } from '../support/review-project.ts';
import { screenEnvironment } from '../support/screen.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const starts = 5;
const endings: (() => unknown)[] = [];
const ending = { after: (end: () => unknown) => void endings.push(end) };

if (electronIsMissing !== false) throw new Error(electronIsMissing);
// Waiting for the virtual screen alone would not keep this program alive.
const awake = setInterval(() => undefined, 1000);
const folder = mkdtempSync(join(tmpdir(), 'notegraft-bench-'));
const startMs: number[] = [];
for (let index = 0; index < starts; index++) startMs.push(await timeStart(join(folder, `user-${index}`)));
console.error(`starts: ${startMs.join(', ')} ms`);
const pages = await measurePages();
const result = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus()[0]?.model ?? '?'} × ${cpus().length}`,
  loadAverage: loadavg().map((load) => Math.round(load * 10) / 10),
  start: { medianMs: middle(startMs), eachMs: startMs },
  ...pages,
};
console.log(JSON.stringify(result, null, 2));
for (const end of endings) await end();
clearInterval(awake);
rmSync(folder, { recursive: true, force: true });

/** From the start of the program to the frame with which the first page can be used; asked over the debugging port in short turns. */
async function timeStart(userData: string): Promise<number> {
  const env = {
    ...process.env,
    ...(await screenEnvironment()),
    NOTEGRAFT_USER_DATA: userData,
    NOTEGRAFT_CORE_NODE: process.execPath,
  };
  const words = ['--no-sandbox', '--disable-gpu', '--remote-debugging-port=0', root];
  const began = Date.now();
  const application = spawn(join(electronFolder() ?? '', 'electron'), words, {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const gone = new Promise((resolve) => application.once('exit', resolve));
  const socket = new WebSocket(await pageAddress(application));
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  const expression = `[...document.querySelectorAll('button:enabled')].some(({ innerText }) => innerText.startsWith('New project')) && Date.now()`;
  const params = { expression, returnByValue: true };
  // While the page is only coming there is no place to evaluate in, and the answer is an error.
  const ask = (): void => socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }));
  const usableAt = new Promise<number>((resolve) =>
    socket.addEventListener('message', ({ data }) => {
      const { result } = JSON.parse(String(data)) as { result?: { result?: { value?: number | false } } };
      const at = result?.result?.value;
      if (typeof at === 'number') resolve(at);
      else ask();
    }),
  );
  ask();
  const ms = (await usableAt) - began;
  socket.close();
  application.kill('SIGKILL');
  await gone;
  return ms;
}

/** Everything that is measured in one window: memory first, before the long lists. */
async function measurePages(): Promise<Record<string, unknown>> {
  const project = await reviewProject();
  const desktop = await openInElectron(ending);
  const { page, electron } = desktop;
  await page.getByRole('button', { name: 'New project' }).waitFor();
  // Start-up's garbage is collected within seconds of idleness.
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const memory = await memoryOf(electron);
  const path = join(folder, 'Review.ngr');
  copyFileSync(project.path, path);
  project.dispose();
  const long = addLongNote(path, { characters: 1_000_000, entities: 5000 });
  const many = addManyNotes(path, 10_000);
  await desktop.answerDialogs(path);
  await page.getByRole('button', { name: 'Open project' }).click();
  await page.getByRole('heading', { name: 'Review', exact: true }).waitFor();
  const lists: number[] = [];
  const notes: number[] = [];
  for (let round = 0; round < 3; round++) {
    lists.push(await timeOpening(page, `#/notes?tagging=${many.tagging}`, '.list .row .name'));
    notes.push(await timeOpening(page, `#/notes/${long.note}`, '.line .entity'));
  }
  await timeOpening(page, `#/notes?tagging=${many.tagging}`, '.list .row .name');
  const scrolling = await traceScrolling(page, electron);
  return {
    idleMemoryMB: memory,
    listOf10000Notes: { medianMs: middle(lists), eachMs: lists },
    noteOf1MB: { medianMs: middle(notes), eachMs: notes },
    scrolling,
  };
}

/** Sums over the shell's processes (main, page, graphics, network) without core, from the kernel's own count; core by itself. */
async function memoryOf(electron: ElectronApplication): Promise<Record<string, number>> {
  const pids = await electron.evaluate(({ app }) => app.getAppMetrics().map(({ pid }) => pid));
  const shell = electron.process().pid ?? 0;
  const core = readdirSync('/proc')
    .filter(
      (entry) => /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes('core/process.js'),
    )
    .map(Number)
    .filter((pid) => new RegExp(`^PPid:\\s+${shell}$`, 'm').test(readFileSync(`/proc/${pid}/status`, 'utf8')));
  const sum = (of: readonly number[], field: RegExp): number =>
    Math.round(of.reduce((total, pid) => total + megabytes(pid, field), 0));
  return {
    processes: pids.length,
    private: sum(pids, /^Private_(?:Clean|Dirty):\s+(\d+)/gm),
    proportional: sum(pids, /^Pss:\s+(\d+)/gm),
    resident: sum(pids, /^Rss:\s+(\d+)/gm),
    corePrivate: sum(core, /^Private_(?:Clean|Dirty):\s+(\d+)/gm),
  };
}

function megabytes(pid: number, field: RegExp): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return [...text.matchAll(field)].reduce((total, [, kB]) => total + Number(kB) / 1024, 0);
}

interface TraceEvent {
  readonly name: string;
  readonly ts: number;
}

/** Frames that were drawn while the list scrolls 9,000 px in about three seconds, by Chromium's own tracing. */
async function traceScrolling(page: Page, electron: ElectronApplication): Promise<Record<string, number>> {
  const list = page.getByRole('listbox', { name: 'Notes' });
  const box = await list.boundingBox();
  if (box === null) throw new Error('The list of notes is not there.');
  const session = await page.context().newCDPSession(page);
  await electron.evaluate(({ contentTracing }) =>
    contentTracing.startRecording({
      included_categories: ['disabled-by-default-devtools.timeline.frame', 'devtools.timeline.frame'],
    }),
  );
  const place = { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
  await session.send('Input.synthesizeScrollGesture', { ...place, yDistance: -9000, speed: 3000, preventFling: true });
  const file = await electron.evaluate(({ contentTracing }) => contentTracing.stopRecording());
  const { traceEvents } = JSON.parse(readFileSync(file, 'utf8')) as { traceEvents: TraceEvent[] };
  rmSync(file);
  const timesOf = (name: string): number[] =>
    traceEvents.flatMap((event) => (event.name === name ? event.ts / 1000 : [])).sort((a, b) => a - b);
  const drawn = timesOf('DrawFrame');
  const seconds = ((drawn.at(-1) ?? 0) - (drawn[0] ?? 0)) / 1000;
  const gaps = drawn.slice(1).map((at, index) => at - (drawn[index] ?? at));
  return {
    seconds: Math.round(seconds * 100) / 100,
    framesPerSecond: Math.round(((drawn.length - 1) / seconds) * 10) / 10,
    droppedFrames: timesOf('DroppedFrame').length,
    longestGapMs: Math.round(Math.max(...gaps)),
    framesOver25Ms: gaps.filter((gap) => gap > 25).length,
  };
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
