// With the keyboard alone: past the navigation, through it, and to the page's main action.
import type { Page } from '@playwright/test';
import { adminTest, expect, hydrated } from '../support/test.ts';

/** Pages and what their main action is called. */
const PAGES: [address: string, action: string][] = [
  ['/', 'Test purchase'],
  ['/products', 'New product'],
  ['/licenses', 'Generate keys'],
  ['/stripe', 'Add app'],
  ['/settings', 'Save settings'],
];

/** Presses Tab; answers what has the focus then, once it is sure that it can be seen. */
async function tab(page: Page): Promise<string> {
  await page.keyboard.press('Tab');
  const focused = page.locator('*:focus');
  await expect(focused).toBeInViewport();
  const outline = await focused.evaluate((element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth);
  });
  const name = await focused.evaluate((element) => element.getAttribute('aria-label') ?? element.textContent?.trim() ?? '');
  expect(outline, `the focus on “${name}” is seen`).toBeGreaterThanOrEqual(1);
  return name;
}

for (const [address, action] of PAGES) {
  adminTest(`Tab reaches everything at ${address}, and the focus is seen`, async ({ page }) => {
    await page.goto(address);
    await hydrated(page);
    expect(await tab(page)).toBe('Skip to the page');
    const reached: string[] = [];
    while (!reached.includes(action) && reached.length < 60) reached.push(await tab(page));
    expect(reached).toContain('Products');
    expect(reached.indexOf('Products')).toBeLessThan(reached.indexOf(action));
    expect(reached).toContain(action);
  });

  adminTest(`whoever skips the navigation at ${address} is at the page`, async ({ page }) => {
    await page.goto(address);
    await hydrated(page);
    await tab(page);
    await page.keyboard.press('Enter');
    await tab(page);
    expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);
  });
}
