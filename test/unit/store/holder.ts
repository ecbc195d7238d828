/** A program for lock.test.ts: holds a project for writing with a run under way, until it is killed. */
import { openProject } from '../../../electron/store/project-store.ts';
import { newRun } from './builders.ts';

const store = openProject(process.argv[2] ?? '', { access: 'write' });
const run = store.runs.start(newRun());
store.runs.saveModel(run, { epoch: 1, sha256: 'checkpoint', bytes: Uint8Array.of(1) });
setInterval(() => store.runs.beat(run), 1000);
process.stdout.write('holding\n');
