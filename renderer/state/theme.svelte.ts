/** Light, dark, or as the system has it; kept by the shell. */
import type { Theme } from '../../electron/api/shell-contract.ts';
import { askShell } from '../desk.svelte.ts';

let chosen = $state<Theme>('system');

export const appearance = {
  get theme(): Theme {
    return chosen;
  },
};

export async function loadTheme(): Promise<void> {
  show((await askShell('settings.get', {})).theme);
}

export async function chooseTheme(theme: Theme): Promise<void> {
  show(theme);
  await askShell('settings.set', { theme });
}

function show(theme: Theme): void {
  chosen = theme;
  paint();
}

/** The style sheets know two themes, by an attribute of the page; what the system has is found here alone. */
function paint(): void {
  const isDark = chosen === 'dark' || (chosen === 'system' && systemIsDark.matches);
  document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
}

const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');
systemIsDark.addEventListener('change', paint);
paint();
