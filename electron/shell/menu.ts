/** The application's menu. Commands go to the window, which has the same keys and acts on them. */
import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import { type CommandId, commands } from '../api/commands.ts';

type Item = MenuItemConstructorOptions;

export function setMenu(send: (command: CommandId) => void): void {
  const item = (id: CommandId): Item => ({
    label: commands[id].title,
    accelerator: commands[id].keys,
    click: () => send(id),
  });
  const separator: Item = { type: 'separator' };
  const template: Item[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } satisfies Item] : []),
    {
      label: '&File',
      submenu: [
        item('project.new'),
        item('project.open'),
        item('project.close'),
        separator,
        { role: process.platform === 'darwin' ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        item('go.projects'),
        item('go.wizard'),
        item('go.runs'),
        item('go.tagging'),
        item('go.notes'),
        item('go.studies'),
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(app.isPackaged ? [] : [separator, { role: 'reload' } as Item, { role: 'toggleDevTools' } as Item]),
      ],
    },
    {
      label: '&Help',
      role: 'help',
      submenu: [item('help.shortcuts'), separator, { role: 'about' }],
    },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
