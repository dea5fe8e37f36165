// What stands while a page's data is on its way.
import { adminTest, expect, hydrated } from '../support/test.ts';

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
