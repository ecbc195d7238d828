/** How long the page takes to show what an address names. */
import type { Page } from 'playwright';

/** From the change of the address to the frame in which what is waited for is drawn. */
export function timeOpening(page: Page, address: string, selector: string): Promise<number> {
  return page.evaluate(
    ([hash = '', wanted = '']) =>
      new Promise<number>((resolve) => {
        performance.mark('asked');
        window.location.hash = hash;
        const look = (): void => {
          if (document.querySelector(wanted) === null) requestAnimationFrame(look);
          else requestAnimationFrame(() => resolve(Math.round(performance.measure('opening', 'asked').duration)));
        };
        requestAnimationFrame(look);
      }),
    [address, selector],
  );
}
