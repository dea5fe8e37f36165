// What users of a program write: listed, and read whole.
import { adminTest, expect, hydrated, test } from '../support/test.ts';

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

test.describe('before anybody wrote', () => {
  adminTest('the list says where tickets come from', { tag: '@mobile' }, async ({ page, installation }) => {
    const answer = await installation.api<{ items: object[] }>('GET', '/api/support/ticket');
    await page.goto('/tickets');
    const empty = page.getByText('No tickets', { exact: true });
    await expect(empty).toHaveCount(answer.items.length === 0 ? 1 : 0);
  });
});
