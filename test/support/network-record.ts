/** Everything that the application asks of a network, recorded from the moment this is called. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { ElectronDesktop } from './desktop.ts';

/** The returned function tells how many requests were heard, and which of them, and which open sockets, lead out of the application. */
export function recordNetwork({
  page,
  electron,
}: Pick<ElectronDesktop, 'page' | 'electron'>): () => Promise<{ heard: number; left: string[] }> {
  const seen: string[] = [];
  page.on('request', (request) => seen.push(request.url()));
  page.on('websocket', (socket) => seen.push(socket.url()));
  return async () => {
    const pids = await electron.evaluate(({ app }) => app.getAppMetrics().map(({ pid }) => pid));
    const outside = seen.filter((url) => !url.startsWith('app://notegraft/'));
    return { heard: seen.length, left: [...outside, ...pids.flatMap(remoteSockets)] };
  };
}

/** Sockets of a process that lead to another machine: `address:port` in the kernel's own notation. Linux only. */
function remoteSockets(pid: number): string[] {
  if (process.platform !== 'linux') return [];
  const held = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((entry) => {
      const target = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${entry}`));
      return target?.[1] === undefined ? [] : [target[1]];
    }),
  );
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => held.has(fields[9] ?? '') && !isLocal(fields[2] ?? ''))
      .map((fields) => fields[2] ?? ''),
  );
}

/** Nowhere, or this machine: the tests' own wire to the application. */
function isLocal(remote: string): boolean {
  return /^0+:|^0100007F:|^0{24}01000000:|^0{16}FFFF00000100007F:/.test(remote);
}
