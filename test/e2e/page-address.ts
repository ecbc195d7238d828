/** The page of an application that Playwright did not start, spoken to over its debugging port in Chromium's own protocol. */
import type { ChildProcess } from 'node:child_process';

/** Resolved with the address of the page's socket once the application, started with `--remote-debugging-port=0`, has opened its window. */
export async function pageAddress(application: ChildProcess): Promise<string> {
  const port = await debuggingPort(application);
  // The window opens a moment after the port.
  for (;;) {
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
      url: string;
      webSocketDebuggerUrl: string;
    }[];
    const page = targets.find(({ url }) => url.startsWith('app://'));
    if (page !== undefined) return page.webSocketDebuggerUrl;
  }
}

function debuggingPort(application: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    application.stderr?.on('data', (text: Buffer) => {
      said += text.toString();
      const found = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    application.once('exit', () => reject(new Error(`The application ended: ${said}`)));
  });
}
