/**
 * Serves the built page without Electron: core in this process, and a stand-in for the preload script that carries the same messages
 * over HTTP. For browsers on this machine in tests; nothing of it is part of the product.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { basename, extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventSender, serveCore } from '../../electron/api/server.ts';
import { answerShellCall } from '../../electron/api/shell-dispatch.ts';
import type { RecentProject, ShellHandlers, Theme } from '../../electron/api/shell-contract.ts';
import type { Channel } from '../../electron/api/wire.ts';
import { createCore } from '../../electron/core/main.ts';

export interface WindowServer {
  readonly address: string;
  /** What native dialogs answer next, in order; an empty queue means that the user cancels. */
  readonly dialogAnswers: string[];
  readonly clipboard: string[];
  close(): Promise<void>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = join(root, 'dist/renderer');

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** As strict as the application's own policy, but for the connection to this server. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

/** The preload script's part: the same bridge, and a port whose other end is posted to the server. */
const bridgeScript = `
const shellListeners = [];
const post = (kind, body) => fetch('/' + kind, { method: 'POST', body: JSON.stringify(body) });
let port = null;
new EventSource('/events').onmessage = ({ data }) => port?.postMessage(JSON.parse(data));
window.notegraft = {
  async call(name, input) {
    if (name !== 'core.connect') return (await post('shell', { name, input })).json();
    const { port1, port2 } = new MessageChannel();
    port = port1;
    port1.onmessage = ({ data }) => post('core', data);
    window.postMessage('notegraft:core-port', window.location.origin, [port2]);
    return { output: {} };
  },
  listen: (receive) => shellListeners.push(receive),
  // A browser does not tell where a file lies.
  pathOf: () => '',
};
`;

/** `userData` is a folder for what the shell would keep there. */
export async function openWindowServer(userData: string): Promise<WindowServer> {
  const listeners = new Set<(message: unknown) => void>();
  const pages = new Set<ServerResponse>();
  const channel: Channel = {
    post: (message) => {
      for (const response of pages) response.write(`data: ${JSON.stringify(message)}\n\n`);
    },
    listen: (receive) => void listeners.add(receive),
  };
  const core = createCore({ appVersion: '0.0.0', onEvent: eventSender(channel) });
  serveCore(channel, core);
  const dialogAnswers: string[] = [];
  const clipboard: string[] = [];
  const handlers = standInShell(userData, dialogAnswers, clipboard);

  const server = createServer((request, response) => {
    void answer(request, response);
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.flushHeaders();
      pages.add(response);
      response.on('close', () => pages.delete(response));
    } else if (pathname === '/shell') {
      const { name, input } = JSON.parse(await bodyOf(request)) as { name: unknown; input: unknown };
      response.end(JSON.stringify(await answerShellCall(handlers, name, input)));
    } else if (pathname === '/core') {
      const message: unknown = JSON.parse(await bodyOf(request));
      response.end();
      for (const receive of listeners) receive(message);
    } else sendFile(pathname, response);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/`,
    dialogAnswers,
    clipboard,
    async close() {
      await core.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function sendFile(pathname: string, response: ServerResponse): void {
  if (pathname === '/bridge.js') {
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(bridgeScript);
    return;
  }
  const file = normalize(join(page, pathname === '/' ? 'index.html' : pathname));
  const mediaType = mediaTypes[extname(file)];
  if (!file.startsWith(page + sep) || mediaType === undefined || !existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  const content = readFileSync(file, 'utf8');
  response.writeHead(200, { 'content-type': mediaType, 'content-security-policy': contentSecurityPolicy });
  response.end(
    basename(file) === 'index.html' ? content.replace('<script', '<script src="/bridge.js"></script><script') : content,
  );
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function standInShell(userData: string, dialogAnswers: string[], clipboard: string[]): ShellHandlers {
  let recents: RecentProject[] = [];
  let theme: Theme = 'system';
  const others = (path: string): RecentProject[] => recents.filter((entry) => entry.path !== path);
  const nextAnswer = (): { path: string | null } => ({ path: dialogAnswers.shift() ?? null });
  return {
    'shell.info': () => ({ version: '0.0.0', platform: process.platform, core: 'running' }),
    'core.connect': () => ({}),
    'core.restart': () => ({}),
    'dialog.openFolder': nextAnswer,
    'dialog.saveFile': nextAnswer,
    'dialog.openFiles': () => ({ paths: dialogAnswers.splice(0, 1) }),
    'file.reveal': () => ({}),
    'clipboard.write': ({ text }) => {
      clipboard.push(text);
      return {};
    },
    'recents.list': () => ({ projects: recents }),
    'recents.remember': ({ path }) => {
      const name = basename(path).replace(/\.ngr$/i, '');
      recents = [{ name, path, openedAt: new Date().toISOString(), isThere: true }, ...others(path)];
      return {};
    },
    'recents.forget': ({ path }) => {
      recents = others(path);
      return {};
    },
    'settings.get': () => ({ theme }),
    'settings.set': (wanted) => {
      ({ theme } = wanted);
      return {};
    },
    'sample.find': () => {
      const project = join(userData, 'Sample project.ngr');
      return { corpus: join(root, 'resources/sample'), project, isThere: existsSync(project) };
    },
  };
}
