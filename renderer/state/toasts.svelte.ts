/** Short messages about what has just happened; spoken by screen readers, gone by themselves. */

export type ToastTone = 'success' | 'info' | 'warning';

export interface Toast {
  readonly id: number;
  readonly tone: ToastTone;
  readonly text: string;
}

const shownMs = 6000;

let shown = $state.raw<readonly Toast[]>([]);
let count = 0;

export const toasts = {
  get shown(): readonly Toast[] {
    return shown;
  },
};

/** Not for errors: they stay where they happened, in a Callout, until they are dealt with. */
export function say(text: string, tone: ToastTone = 'success'): void {
  const id = ++count;
  shown = [...shown.slice(-2), { id, tone, text }];
  setTimeout(() => dismiss(id), shownMs);
}

export function dismiss(id: number): void {
  shown = shown.filter((toast) => toast.id !== id);
}
