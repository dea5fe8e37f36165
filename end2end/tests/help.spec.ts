// The guide: the tenant's own addresses and ids, and what is really done.
import { buy, mailsTo } from '../support/purchases.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

adminTest('the guide names what is ours, and ticks off what is done', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `guide-${test.info().project.name}@example.com`;
  await buy(installation, email);
  await mailsTo(installation, email);
  await page.goto('/help');
  await hydrated(page);
  const step = (text: string) => page.getByRole('listitem').filter({ hasText: text });
  for (const done of ['copy the publishable key', 'add a webhook endpoint', 'See the first event', 'Make a product', 'Make a test purchase', 'See a mail accepted']) {
    await expect(step(done), done).toContainText('Done:');
  }
  for (const open of ['Switch to Live', 'Buy once yourself']) {
    await expect(step(open), open).toContainText('Open:');
  }
  await expect(step('add a webhook endpoint').locator(`code[title="${installation.stripeApp.webhookUrl}"]`)).toBeVisible();
  await expect(step('Make a product')).toContainText(new RegExp(`productId of ${installation.product.name}:\\s*${installation.product.id}`));
  const node = page.locator('details').filter({ hasText: 'Node' });
  await node.locator('summary').click();
  await expect(node).toContainText(`productId: '`);
  await expect(node).toContainText(`${installation.url}/purchase/success?session_id={CHECKOUT_SESSION_ID}`);
});

adminTest('a product’s page has its own code and its history', { tag: '@no-js' }, async ({ page, installation }) => {
  await page.goto(`/products/${installation.product.id}`);
  await hydrated(page);
  const curl = page.locator('details').filter({ hasText: 'curl' }).first();
  await curl.locator('summary').click();
  await expect(curl).toContainText(`"productId":${installation.product.id}`);
  await expect(page.getByText(/created by/).first()).toBeVisible();
});

adminTest('the audit log is narrowed and leads to what was changed', { tag: '@no-js' }, async ({ page, installation }) => {
  const name = `Logged ${test.info().project.name}`;
  await installation.api('POST', '/api/product/', { name });
  await page.goto('/audit-log');
  await hydrated(page);
  await page.getByLabel('About', { exact: true }).selectOption({ label: 'Products' });
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  await expect(page).toHaveURL(/about=product/);
  await page.getByRole('link', { name: `product “${name}”` }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
});
