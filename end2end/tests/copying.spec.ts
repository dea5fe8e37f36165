// Copy buttons: the whole value, whatever is shown of it.
import type { Locator, Page } from '@playwright/test';
import { buy } from '../support/purchases.ts';
import { adminTest, expect, hydrated } from '../support/test.ts';

adminTest.use({ permissions: ['clipboard-read', 'clipboard-write'] });

/** Presses the button, and answers what is in the clipboard then. */
async function copied(page: Page, button: Locator): Promise<string> {
  await button.click();
  await expect(button).toHaveText('Copied');
  return page.evaluate(() => navigator.clipboard.readText());
}

adminTest('keys are copied whole, one by one and all together', async ({ page, installation }) => {
  const email = 'copier@example.com';
  const checkout = await buy(installation, email, 3);
  await page.goto(`/purchase/success?session_id=${checkout.id}`);
  await hydrated(page);
  const keys = await page.getByRole('list', { name: 'Activation keys' }).locator('code').allInnerTexts();
  expect(await copied(page, page.getByRole('button', { name: 'Copy all keys' }))).toBe(keys.join('\n'));
  expect(await copied(page, page.getByRole('button', { name: 'Copy key', exact: true }).nth(1))).toBe(keys[1]);
  await page.goto(`/licenses?find=${email}`);
  await hydrated(page);
  const row = page.getByRole('row').filter({ hasText: keys[2] });
  expect(await copied(page, row.getByRole('button', { name: 'Copy key' }))).toBe(keys[2]);
});

adminTest('ids that are shown shortened, and URLs, are copied whole', async ({ page, installation }) => {
  const checkout = await buy(installation, 'shortened@example.com');
  await page.goto('/licenses?find=shortened@example.com');
  await page.getByRole('table', { name: 'License keys' }).locator('tbody').getByRole('link').first().click();
  await page.getByRole('link', { name: 'See what was bought' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(installation.product.name);
  await hydrated(page);
  expect(await copied(page, page.getByRole('button', { name: 'Copy checkout session' }))).toBe(checkout.id);
  await page.goto(`/stripe/apps/${installation.stripeApp.id}`);
  await hydrated(page);
  const url = page.getByRole('button', { name: 'Copy webhook URL' });
  expect(await copied(page, url)).toBe(installation.stripeApp.webhookUrl);
});

adminTest('a new access token is copied as it is shown, and opens what it may', async ({ page, installation }) => {
  await page.goto('/access-tokens');
  await hydrated(page);
  await page.getByLabel('Name', { exact: true }).fill('taken by the clipboard');
  await page.getByLabel('generate', { exact: true }).check();
  await page.getByRole('button', { name: 'Make token' }).click();
  const shown = page.getByRole('status').locator('code');
  await expect(shown).toHaveText(/^exo_at_\w+$/);
  const token = await copied(page, page.getByRole('button', { name: 'Copy token' }));
  expect(token).toBe(await shown.innerText());
  const answer = await fetch(`${installation.url}/api/product/`, { headers: { authorization: `ExisOneApi ${token}` } });
  expect(answer.status).toBe(200);
});
