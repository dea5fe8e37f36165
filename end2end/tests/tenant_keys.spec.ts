// A new tenant key takes over while the shop goes on selling.
import { buy, mailsTo } from '../support/purchases.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

adminTest('after a new key was activated, nothing must be typed again', { tag: '@no-js' }, async ({ page, installation }) => {
  await page.goto('/tenant-keys');
  await hydrated(page);
  const rows = page.getByRole('table', { name: 'Tenant keys' }).locator('tbody').getByRole('row');
  const before = await rows.count();
  await page.getByText('Activate a new tenant key…').click();
  await expect(page.getByText(`Tenant key ${before + 1} is made`)).toContainText(`Tenant key ${before} is retired`);
  await page.getByRole('button', { name: `Activate tenant key ${before + 1}` }).click();
  await expect(rows).toHaveCount(before + 1);
  await expect(rows.filter({ hasText: 'active' })).toHaveCount(1);
  await expect(rows.filter({ hasText: 'retired' })).toHaveCount(before);
  const email = `rekeyed-${test.info().project.name}@example.com`;
  await buy(installation, email);
  await mailsTo(installation, email);
  await page.goto(`/stripe/apps/${installation.stripeApp.id}`);
  await expect(page.getByText('Secret key is saved and can be read')).toBeVisible();
});

adminTest('the public key of offline codes is shown as PEM, and former ones stay', { tag: '@no-js' }, async ({ page, installation }) => {
  await page.goto('/tenant-keys');
  await hydrated(page);
  const panel = page.locator('section', { has: page.getByRole('heading', { name: 'Public keys of offline codes' }) });
  const former = await panel.locator('pre').first().innerText();
  expect(former).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
  const keys = panel.locator('details');
  const before = await keys.count();
  await page.getByText('Make a new signing pair…').click();
  await page.getByText('RSA-3072', { exact: true }).click();
  await page.getByRole('button', { name: `Make signing pair ${before + 1}` }).click();
  await expect(keys).toHaveCount(before + 1);
  await expect(keys.first()).toContainText(/RSA-3072\s+active/);
  await expect(keys.nth(1)).toContainText('retired');
  const current = await panel.locator('pre').first().innerText();
  expect(current).not.toBe(former);
  await keys.nth(1).locator('summary').click();
  expect((await keys.nth(1).locator('pre').innerText()).trim()).toBe(former.trim());
  const [newest] = await installation.api<{ publicKey: string }[]>('GET', '/api/crypto/keys');
  expect(newest.publicKey.trim()).toBe(current.trim());
});
