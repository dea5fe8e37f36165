// A new tenant key takes over while the shop goes on selling.
import { buy, mailsTo } from '../support/purchases.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

adminTest('after a new key was activated, nothing must be typed again', { tag: '@no-js' }, async ({ page, installation }) => {
  await page.goto('/tenant-keys');
  await hydrated(page);
  const rows = page.getByRole('table', { name: 'Tenant keys' }).locator('tbody').getByRole('row');
  const before = await rows.count();
  await page.getByText('Activate a new tenant key…').click();
  await page.getByRole('button', { name: 'Activate a new tenant key' }).click();
  await expect(rows).toHaveCount(before + 1);
  await expect(rows.filter({ hasText: 'active' })).toHaveCount(1);
  await expect(rows.filter({ hasText: 'retired' })).toHaveCount(before);
  const email = `rekeyed-${test.info().project.name}@example.com`;
  await buy(installation, email);
  await mailsTo(installation, email);
  await page.goto(`/stripe/apps/${installation.stripeApp.id}`);
  await expect(page.getByText('Secret key is saved and can be read')).toBeVisible();
});
