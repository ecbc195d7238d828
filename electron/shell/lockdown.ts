/** What the window may not do: reach any network, leave its page, open others, use devices, or have its text checked elsewhere. */
import { app, session } from 'electron';
import { pageOrigin } from './page-protocol.ts';

/** Before the application is ready. */
export function lockProcess(): void {
  for (const name of [
    'disable-background-networking',
    'disable-component-update',
    'dns-prefetch-disable',
    'disable-domain-reliability',
    'disable-breakpad',
    'no-pings',
    'no-proxy-server',
  ]) {
    app.commandLine.appendSwitch(name);
  }
  // No address resolves, so that what slipped through all else would still not find its way.
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** Once the application is ready, before a window is opened. */
export function lockSession(): void {
  const { defaultSession } = session;
  defaultSession.setSpellCheckerEnabled(false);
  defaultSession.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  defaultSession.setPermissionCheckHandler(() => false);
  defaultSession.setDevicePermissionHandler(() => false);
  defaultSession.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !isOurs(url) }));
  defaultSession.on('will-download', (event) => event.preventDefault());
}

function isOurs(url: string): boolean {
  return url.startsWith(`${pageOrigin}/`) || (!app.isPackaged && url.startsWith('devtools://'));
}
