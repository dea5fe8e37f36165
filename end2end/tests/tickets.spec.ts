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

adminTest('a ticket is found by its sender, closed, and opened again', { tag: ['@no-js', '@mobile'] }, async ({ page, installation }) => {
  const name = test.info().project.name;
  for (const sender of ['olga', 'oleg']) {
    await installation.api('POST', '/api/support/ticket', {
      productName: installation.product.name,
      email: `${sender}-${name}@example.com`,
      subject: `From ${sender} (${name})`,
      message: 'Hello.',
    });
  }
  await page.goto('/tickets');
  await hydrated(page);
  await page.getByLabel('Sender or subject, from the beginning').fill(`OLGA-${name}`);
  await page.getByLabel('Product', { exact: true }).selectOption(installation.product.name);
  await page.getByRole('button', { name: 'Find' }).click();
  const rows = page.getByRole('table', { name: 'Tickets' }).locator('tbody').getByRole('row');
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('open');
  const found = page.url();
  await hydrated(page);
  await rows.getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`From olga (${name})`);
  await hydrated(page);
  await page.getByRole('button', { name: 'Close the ticket' }).click();
  await expect(page.getByText('The ticket is closed.')).toBeVisible();
  await expect(page.locator('dd').filter({ hasText: installation.admin.email })).toBeVisible();
  await page.goto(found);
  await hydrated(page);
  await page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: 'open' }).click();
  await expect(page.getByText('No such tickets')).toBeVisible();
  await page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: 'closed' }).click();
  await expect(rows).toHaveCount(1);
  await rows.getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`From olga (${name})`);
  await hydrated(page);
  await page.getByRole('button', { name: 'Open it again' }).click();
  await expect(page.getByText('The ticket is open again.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Close the ticket' })).toBeVisible();
});

emptyTest('before anybody wrote, the list says where tickets come from', { tag: '@no-js' }, async ({ page }) => {
  await page.goto('/tickets');
  await expect(page.getByRole('table', { name: 'Tickets' })).toHaveCount(0);
  await expect(page.getByText('No tickets', { exact: true })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('A program sends one with an access token that may email');
  await page.getByRole('main').getByRole('link', { name: 'Access Tokens' }).click();
  await expect(page).toHaveURL('/access-tokens');
});
