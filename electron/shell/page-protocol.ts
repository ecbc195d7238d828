/** The page's own protocol: app://notegraft/ serves the built page's files and nothing else, under a strict content security policy. */
import { protocol } from 'electron';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

export const pageOrigin = 'app://notegraft';

/** No inline script or style, no eval, no connection anywhere. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Before the application is ready: the scheme behaves like https, and may do no more than that. */
export function declarePageProtocol(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }]);
}

/** Once the application is ready. */
export function servePage(folder: string): void {
  protocol.handle('app', async ({ url, method }) => {
    const { host, pathname } = new URL(url);
    const file = normalize(join(folder, decodeURIComponent(pathname === '/' ? '/index.html' : pathname)));
    const mediaType = mediaTypes[extname(file)];
    if (method !== 'GET' || host !== 'notegraft' || !file.startsWith(folder + sep) || mediaType === undefined) {
      return new Response(null, { status: 403 });
    }
    return readFile(file).then(
      (body) => new Response(body, { headers: headersOf(mediaType) }),
      () => new Response(null, { status: 404 }),
    );
  });
}

function headersOf(mediaType: string): Record<string, string> {
  return {
    'content-type': mediaType,
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  };
}
