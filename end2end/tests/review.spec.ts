// Paid, but for what? A person decides.
import { mailsTo, payForUnknownProduct } from '../support/purchases.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

adminTest('keys are issued for a payment that names no known product', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `unknown-${test.info().project.name}@example.com`;
  await payForUnknownProduct(installation, email);
  await page.goto('/review');
  await hydrated(page);
  const heading = page.getByRole('heading', { name: `49.00 USD from ${email}` });
  const payment = page.locator('section').filter({ has: heading });
  await expect(payment).toContainText('product 999999');
  await payment.getByLabel('Product', { exact: true }).selectOption({ label: installation.product.name });
  await payment.getByLabel('Keys', { exact: true }).fill('2');
  await payment.getByRole('button', { name: 'Issue these keys' }).click();
  await expect(heading).toHaveCount(0);
  await page.goto(`/licenses?find=${email}`);
  const keys = page.getByRole('table', { name: 'License keys' }).getByRole('row').filter({ hasText: email });
  await expect(keys).toHaveCount(2);
  const [mail] = await mailsTo(installation, email);
  expect(mail.text.match(/^\w{4}-\w{4}-\w{4}-\w{4}$/gm)).toHaveLength(2);
});

adminTest('a payment is dismissed after a question', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `dismissed-${test.info().project.name}@example.com`;
  await payForUnknownProduct(installation, email);
  await page.goto('/review');
  await hydrated(page);
  const heading = page.getByRole('heading', { name: `49.00 USD from ${email}` });
  const payment = page.locator('section').filter({ has: heading });
  await payment.getByText('Dismiss…').click();
  await payment.getByRole('button', { name: 'Dismiss this payment' }).click();
  await expect(heading).toHaveCount(0);
});
