/** The bridge between the page and the shell: calls, events, and the port to core handed through. Nothing else of Electron gets in. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { corePortMessage, type ShellBridge } from '../api/bridge.ts';

/** What the shell says before the page listens, such as a key of the menu in the first moment. */
const untold: [name: string, data: unknown][] = [];
let tell = (name: string, data: unknown): void => void untold.push([name, data]);
ipcRenderer.on('shell-event', (_event, name: string, data: unknown) => tell(name, data));

const bridge: ShellBridge = {
  call: (name, input) => ipcRenderer.invoke('shell-call', name, input),
  listen: (receive) => {
    tell = receive;
    for (const [name, data] of untold.splice(0)) receive(name, data);
  },
  pathOf: (file) => (webUtils as typeof webUtils | undefined)?.getPathForFile(file) ?? olderPath(file),
};
contextBridge.exposeInMainWorld('notegraft', bridge);

// A port cannot pass the bridge; it can be posted to the page, which trusts messages of its own window alone.
ipcRenderer.on(corePortMessage, ({ ports }) => window.postMessage(corePortMessage, window.location.origin, [...ports]));

/** Electron's oldest releases that we test on have no webUtils and write the path on the file itself. */
function olderPath(file: File & { readonly path?: string }): string {
  return file.path ?? '';
}
