// Paid, but for what? A person decides.
import { expectRefusal } from '../pages/fields.ts';
import { mailsTo, payForUnknownProduct } from '../support/purchases.ts';
import { expectSound } from '../support/soundness.ts';
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
  const done = page.getByRole('status').filter({ hasText: `Issued 2 keys of ${installation.product.name}` });
  await expect(done).toContainText(`the mail to ${email} is on its way`);
  await expectSound(page, 'review-done');
  await done.getByRole('link', { name: 'See the purchase' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`2 × ${installation.product.name}`);
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
  await expect(payment.locator('.confirm')).toContainText(`the payment of 49.00 USD from ${email}`);
  await payment.getByRole('button', { name: `Dismiss 49.00 USD from ${email}` }).click();
  await expect(heading).toHaveCount(0);
  const done = page.getByRole('status').filter({ hasText: `Dismissed the payment of 49.00 USD by ${email}` });
  await done.getByRole('link', { name: 'See the purchase' }).click();
  await expect(page.getByText('A person decided that this payment gives none.')).toBeVisible();
});

adminTest('of two payments the refused form is the one that says so', { tag: '@no-js' }, async ({ page, installation }) => {
  const emails = ['one', 'two'].map((name) => `${name}-${test.info().project.name}@example.com`);
  for (const email of emails) await payForUnknownProduct(installation, email);
  await page.goto('/review');
  await hydrated(page);
  const [one, two] = emails.map((email) => {
    const heading = page.getByRole('heading', { name: `49.00 USD from ${email}` });
    return page.locator('section').filter({ has: heading });
  });
  const untouched = await two.getByLabel('Keys', { exact: true }).inputValue();
  await one.getByLabel('Keys', { exact: true }).fill('0');
  await one.getByRole('button', { name: 'Issue these keys' }).click();
  await expectRefusal(one.getByLabel('Keys', { exact: true }), /1 .*100/);
  await expect(one.getByLabel('Keys', { exact: true })).toHaveValue('0');
  await expect(two.getByLabel('Keys', { exact: true })).not.toHaveAttribute('aria-invalid');
  await expect(two.getByLabel('Keys', { exact: true })).toHaveValue(untouched);
  await expect(two.getByRole('alert')).toHaveCount(0);
});

adminTest('a payment that somebody else has decided about says so', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `raced-${test.info().project.name}@example.com`;
  await payForUnknownProduct(installation, email);
  await page.goto('/review');
  await hydrated(page);
  const heading = page.getByRole('heading', { name: `49.00 USD from ${email}` });
  const payment = page.locator('section').filter({ has: heading });
  const waiting = await installation.api<{ orderId: string; email: string }[]>('GET', '/api/stripe/review');
  const order = waiting.find((order) => order.email === email)?.orderId;
  await installation.api('POST', `/api/stripe/review/${order}/dismiss`, {});
  await payment.getByLabel('Product', { exact: true }).selectOption({ label: installation.product.name });
  await payment.getByRole('button', { name: 'Issue these keys' }).click();
  await expect(page.getByRole('alert')).toContainText('Somebody has already decided about this payment');
});
