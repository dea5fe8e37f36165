// Motion is short, and there is none for whoever asked for none.
import type { Page } from '@playwright/test';
import { adminTest, expect, hydrated } from '../support/test.ts';

const PAGES = ['/', '/products', '/licenses', '/stripe', '/users', '/settings'];

/** The longest transition or animation that any element of the page may run, in seconds. */
async function longestMotion(page: Page): Promise<number> {
  return page.evaluate(() => {
    const seconds = (list: string) => list.split(',').map((text) => parseFloat(text) * (/ms\s*$/.test(text) ? 0.001 : 1));
    const styles = [...document.querySelectorAll('*')].flatMap((element) =>
      [undefined, '::before', '::after', '::backdrop'].map((part) => getComputedStyle(element, part)),
    );
    const running = document.getAnimations().map((one) => Number(one.effect?.getComputedTiming().duration ?? 0) / 1000);
    return Math.max(
      ...running,
      ...styles.flatMap((style) => [...seconds(style.transitionDuration), ...seconds(style.animationDuration)]),
    );
  });
}

for (const address of PAGES) {
  adminTest(`nothing moves at ${address} with reduced motion, and little without`, { tag: '@mobile' }, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(address);
    await hydrated(page);
    expect(await longestMotion(page)).toBeLessThanOrEqual(0.01);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    const longest = await longestMotion(page);
    expect(longest).toBeLessThanOrEqual(0.15);
    expect(longest, 'there is motion that could be reduced').toBeGreaterThan(0.01);
  });
}
