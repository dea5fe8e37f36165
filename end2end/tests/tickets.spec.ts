// What users of a program write: listed, and read whole.
import { adminTest, emptyTest, expect, hydrated, test } from '../support/test.ts';

adminTest('a ticket is listed and read, with the way to answer', { tag: '@no-js' }, async ({ page, installation }) => {
  const name = test.info().project.name;
  await page.goto('/');
  await hydrated(page);
  await installation.api('POST', '/api/support/ticket', {
    productName: installation.product.name,
    email: `user-${name}@example.com`,
    subject: `Cannot print & save (${name})`,
    message: 'It says <b>no</b>.\n\nEvery time.',
  });
  await page.getByRole('link', { name: 'Tickets' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Tickets');
  const row = page.getByRole('table', { name: 'Tickets' }).locator('tbody').getByRole('row').first();
  await expect(row).toContainText(`user-${name}@example.com`);
  await row.getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Cannot print & save (${name})`);
  await expect(page.getByText('It says <b>no</b>.')).toBeVisible();
  const answer = page.getByRole('link', { name: 'Answer by mail' });
  await expect(answer).toHaveAttribute('href', /^mailto:user.*@.*subject=Re%3A%20Cannot%20print%20%26%20save/);
  await page.getByRole('main').getByRole('link', { name: installation.product.name }).click();
  await expect(page).toHaveURL(`/products/${installation.product.id}`);
});

emptyTest('before anybody wrote, the list says where tickets come from', { tag: '@no-js' }, async ({ page }) => {
  await page.goto('/tickets');
  await expect(page.getByRole('table', { name: 'Tickets' })).toHaveCount(0);
  await expect(page.getByText('No tickets', { exact: true })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('A program sends one with an access token that may email');
  await page.getByRole('main').getByRole('link', { name: 'Access Tokens' }).click();
  await expect(page).toHaveURL('/access-tokens');
});
