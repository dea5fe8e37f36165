// Hydration changes nothing that can be read: what stands on a page is what the server sent.
import { expect, type Page, type Response } from '@playwright/test';
import { hydrated } from './test.ts';

/** In the page, after two frames: the words of its main part as the server sent it, and as they are now. */
async function words(html: string): Promise<{ sent: string[]; shown: string[] }> {
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const read = (whole: Document) => {
    const main = whole.querySelector('main')?.cloneNode(true) as HTMLElement | undefined;
    // `2 min ago` goes on by itself; the moment that it tells stays.
    main?.querySelectorAll('.moment').forEach((moment) => {
      moment.textContent = moment.querySelector('time')?.dateTime ?? '';
    });
    // Nobody reads these, and a parser without scripts sees other things in the last.
    main?.querySelectorAll('script, style, template, noscript').forEach((unread) => unread.remove());
    return (main?.textContent ?? '').split(/\s+/).filter((word) => word !== '');
  };
  return { sent: read(new DOMParser().parseFromString(html, 'text/html')), shown: read(document) };
}

/** Fails where a page that came by this answer reads otherwise once the browser's program has taken it over. */
export async function expectAsSent(page: Page, answer: Response | null): Promise<void> {
  let came = answer;
  await expect(async () => {
    // What changed by itself meanwhile (a mail that was sent) is in the page when it comes again; what
    // hydration changes is changed again.
    const whole = came ?? (await page.reload());
    came = null;
    await hydrated(page);
    const { sent, shown } = await page.evaluate(words, (await whole?.text()) ?? '');
    expect(sent.length, 'the server sent words').toBeGreaterThan(0);
    expect(shown, 'the page reads as it was sent').toEqual(sent);
  }).toPass({ timeout: 20_000 });
}
