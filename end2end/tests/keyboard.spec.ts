// With the keyboard alone: past the navigation, through it, and to the page's main action.
import type { Page } from '@playwright/test';
import { buy } from '../support/purchases.ts';
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

/** What has the focus, whether it is in the page's main part, and whether all of it is in sight. */
async function focused(page: Page) {
  return page.evaluate(() => {
    const element = document.activeElement ?? document.body;
    const box = element.getClientRects()[0];
    const isSeenAt = (part: number) => {
      const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height * part);
      return top !== null && (element.contains(top) || top.contains(element));
    };
    const isMain = element.closest('main') !== null;
    const name = element.getAttribute('aria-label') ?? element.textContent?.trim() ?? '';
    return { name, isMain, isSeen: box !== undefined && [0.1, 0.5, 0.9].every(isSeenAt) };
  });
}

for (const key of ['Shift+Tab', 'Tab']) {
  adminTest(`nothing covers what ${key} reaches on a long page`, async ({ page, installation }) => {
    const email = `uncovered-${key.length}@example.com`;
    await buy(installation, email, 40);
    await page.goto(`/licenses?find=${email}`);
    await hydrated(page);
    const keys = page.getByRole('table', { name: 'License keys' }).locator('tbody').getByRole('link');
    await expect(keys).toHaveCount(40);
    await (key === 'Tab' ? keys.first() : keys.last()).focus();
    const covered: string[] = [];
    let reached = 0;
    for (; reached < 100; reached += 1) {
      await page.keyboard.press(key);
      const { name, isMain, isSeen } = await focused(page);
      if (!isMain) break;
      if (!isSeen) covered.push(name);
    }
    expect(covered).toEqual([]);
    expect(reached).toBeGreaterThan(70);
  });
}
