// What stands while a page's data is on its way, and where it could not be had.
import { goByLink } from '../pages/navigation.ts';
import { adminTest, expect, expectAccessible, hydrated } from '../support/test.ts';

adminTest('a placeholder keeps the place of what is fetched, and says so to who cannot see it', { tag: '@mobile' }, async ({ page }) => {
  await page.goto('/help');
  await hydrated(page);
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/ui/load_review', async (route) => {
    await held;
    await route.continue();
  });
  // The list of pages is closed on a phone: the palette leads there too.
  await page.evaluate(() => {
    const link = document.querySelector<HTMLAnchorElement>('nav a[href="/review"]');
    link?.click();
  });
  const placeholder = page.getByRole('main').getByRole('status').filter({ hasText: 'Loading…' });
  await expect(placeholder).toHaveAttribute('aria-busy', 'true');
  await expect(page.getByRole('heading', { level: 1, name: 'Review' })).toBeVisible();
  const bars = placeholder.locator('i');
  expect(await bars.count()).toBeGreaterThan(4);
  expect((await bars.first().boundingBox())?.width).toBeGreaterThan(40);
  const top = (await placeholder.boundingBox())?.y;
  release();
  await expect(placeholder).toHaveCount(0);
  const content = await page.locator('main .page > .stack').boundingBox();
  expect(Math.abs((content?.y ?? 0) - (top ?? 1000)), 'what comes stands where the placeholder stood').toBeLessThanOrEqual(1);
});

adminTest.describe('where data could not be had', () => {
  adminTest.use({ expectedComplaints: [/(ERR_FAILED|Failed to load resource).*\/(ui\/load_review|ui\/load_guide|live)/] });

  adminTest('they are fetched again when that is asked for, and the page stays', async ({ page }) => {
    await page.goto('/plans');
    await hydrated(page);
    await page.evaluate(() => Object.assign(window, { stays: true }));
    await page.route('**/ui/load_review', (route) => route.abort());
    await goByLink(page, 'Review');
    const refusal = page.getByRole('alert').filter({ hasText: 'The server could not be reached.' });
    const again = refusal.getByRole('link', { name: 'Try again' });
    await expect(again).toHaveAttribute('href', '/review');
    await expectAccessible(page);
    await page.unroute('**/ui/load_review');
    await again.click();
    await expect(page.locator('main .page > .stack')).toBeVisible();
    await expect(refusal).toHaveCount(0);
    expect(await page.evaluate(() => 'stays' in window)).toBe(true);
  });

  adminTest('they are fetched again by themselves, on pages that follow no news too', async ({ page }) => {
    await page.route(/\/live(\?|$)/, (route) => route.abort());
    await page.goto('/plans');
    await hydrated(page);
    await page.route('**/ui/load_guide', (route) => route.abort());
    await page.evaluate(() => document.querySelector<HTMLAnchorElement>('a[href="/help"]')?.click());
    const refusal = page.getByRole('alert').filter({ hasText: 'The server could not be reached.' });
    await expect(refusal).toBeVisible();
    await page.unroute('**/ui/load_guide');
    await expect(refusal).toHaveCount(0, { timeout: 20_000 });
    await expect(page.locator('main .page > .stack')).toBeVisible();
  });
});
