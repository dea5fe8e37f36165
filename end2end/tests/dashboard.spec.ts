// What was sold and used, day by day: drawn by the server, so it is there without JavaScript too.
import { buy } from '../support/purchases.ts';
import { adminTest, expect, test } from '../support/test.ts';

adminTest('a sale stands in the chart of its day, in its table, and in the revenue', { tag: '@no-js' }, async ({ page, installation }) => {
  await buy(installation, `charted-${test.info().project.name}@example.com`, 2);
  await page.goto('/');
  const today = new Date().toISOString().slice(0, 10);
  const chart = page.getByRole('img', { name: 'Keys issued per day' });
  await expect(chart).toBeVisible();
  await expect(chart.locator('g')).toHaveCount(30);
  const table = page.getByRole('table', { name: 'Keys issued per day, UTC' });
  const row = table.getByRole('row', { name: new RegExp(`^${today} \\d+$`) });
  const keys = Number((await row.textContent())?.slice(today.length));
  expect(keys).toBeGreaterThanOrEqual(2);
  await expect(chart.locator('g').last()).toContainText(`${today}: ${keys} keys`);
  const revenue = page.locator('.stat').filter({ hasText: 'Revenue, 30 days' });
  await expect(revenue.locator('b')).toHaveText(/^[\d,]+\.\d\d [A-Z]{3}$/);
});
