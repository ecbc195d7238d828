/** notegraft backends: what can compute on this machine, how fast, and which is chosen. */
import type { Command } from 'commander';
import type { CallOutput } from '../../api/contract.ts';
import { counted, numbers, table } from '../table.ts';
import { type CommonOptions, newCommand, withTerminal } from '../terminal.ts';

interface BackendsOptions extends CommonOptions {
  readonly refresh?: true;
}

type Backends = CallOutput<'backends.list'>;
type Backend = Backends['backends'][number];

export function backendsCommand(): Command {
  return newCommand('backends', 'list what can compute on this machine, how fast, and which is chosen')
    .option('--refresh', 'try every backend again, after a change of drivers or packages')
    .action(async (options: BackendsOptions) => {
      await withTerminal(options, async ({ core, print }) => {
        const result = await core.call('backends.list', { refresh: options.refresh === true });
        print(result, () => backendsText(result));
      });
    });
}

function backendsText({ backends, cores, memory }: Backends): string {
  const columns = [{ title: 'backend' }, { title: '' }, ...numbers('ms a step', 'threads'), { title: 'why' }];
  const rows = backends.map((backend) => [
    backend.backend,
    stateOf(backend),
    backend.stepMs?.toFixed(2) ?? '',
    backend.threads ?? '',
    [backend.reason, ...backend.notes].join(' '),
  ]);
  const limit =
    memory.processLimitBytes === null ? '' : `, of which this process may take ${gigabytes(memory.processLimitBytes)}`;
  return [
    table(columns, rows),
    '',
    ...backends.flatMap(kernelsText),
    `${counted(cores, 'core')}, ${gigabytes(memory.totalBytes)} of memory, ${gigabytes(memory.freeBytes)} free${limit}.`,
  ].join('\n');
}

function stateOf({ present, usable, chosen }: Backend): string {
  if (chosen) return 'chosen';
  if (usable) return 'present';
  return present ? 'refused' : 'absent';
}

function kernelsText({ backend, kernels }: Backend): string[] {
  if (kernels === null) return [];
  const tried = kernels.tried.map(
    ({ mode, isRight, gigaflops }) => `${mode} ${isRight ? `${gigaflops.toFixed(0)} GFLOP/s` : 'wrong results'}`,
  );
  const detail = tried.length === 0 ? '' : ` (${tried.join(', ')})`;
  return [`Kernels of ${backend}: ${kernels.mode}, ${kernels.reason}${detail}.`, ''];
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
