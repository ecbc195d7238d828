/** Where the window was and how large, kept from one start to the next, and moved back when its screen is gone. */
import { type BrowserWindow, type Rectangle, screen } from 'electron';
import { z } from 'zod';
import { keptFile } from './kept-file.ts';

const stateSchema = z.object({
  bounds: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }).nullable(),
  isMaximized: z.boolean(),
});

export interface WindowState {
  /** What to open the window with; without a place it is centred. */
  readonly bounds: Partial<Rectangle>;
  readonly isMaximized: boolean;
  keep(window: BrowserWindow): void;
}

const firstSize = { width: 1280, height: 840 };
/** At least this much of the window must be on a screen, in pixels. */
const leastVisible = 120;

export function openWindowState(file: string): WindowState {
  const kept = keptFile(file, stateSchema, { bounds: null, isMaximized: false });
  const { bounds, isMaximized } = kept.read();
  return {
    bounds: bounds !== null && isVisible(bounds) ? bounds : firstSize,
    isMaximized,
    keep(window) {
      window.on('close', () => kept.write({ bounds: window.getNormalBounds(), isMaximized: window.isMaximized() }));
    },
  };
}

function isVisible(bounds: Rectangle): boolean {
  return screen.getAllDisplays().some(({ workArea }) => {
    const width = Math.min(bounds.x + bounds.width, workArea.x + workArea.width) - Math.max(bounds.x, workArea.x);
    const height = Math.min(bounds.y + bounds.height, workArea.y + workArea.height) - Math.max(bounds.y, workArea.y);
    return width >= leastVisible && height >= leastVisible;
  });
}
