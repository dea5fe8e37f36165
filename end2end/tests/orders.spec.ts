// One purchase whole, and the buyer that Stripe did not name.
import { expectRefusal } from '../pages/fields.ts';
import { buy, mailsTo, openCheckout, orderOf, payFor, payWithoutAddress } from '../support/purchases.ts';
import { expectSound } from '../support/soundness.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

adminTest('a purchase is reached from its key, its mail and its event', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `whole-${test.info().project.name}@example.com`;
  await buy(installation, email, 2);
  await mailsTo(installation, email);
  await page.goto(`/licenses?find=${email}`);
  const keys = page.getByRole('table', { name: 'License keys' });
  await keys.locator('tbody').getByRole('link').first().click();
  await page.getByRole('link', { name: 'See what was bought' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`2 × ${installation.product.name}`);
  await expect(page.getByText(`A purchase of 98.00 USD by ${email}.`)).toBeVisible();
  await expect(keys.getByRole('row').filter({ hasText: email })).toHaveCount(2);
  const address = page.url();
  await page.getByRole('table', { name: 'Mails' }).getByRole('link', { name: email }).click();
  await page.getByRole('link', { name: 'See what was bought' }).click();
  await expect(page).toHaveURL(address);
  await page.getByRole('link', { name: 'checkout.session.completed' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('checkout.session.completed');
  await page.getByRole('link', { name: 'See what was bought' }).click();
  await expect(page).toHaveURL(address);
});

adminTest('a purchase leads to its product and to its plan', { tag: '@no-js' }, async ({ page, installation }) => {
  const name = `Bought ${test.info().project.name}`;
  const plan = await installation.api<{ id: number }>('POST', '/api/plan/', { name, durationDays: 90 });
  const email = `planned-${test.info().project.name}@example.com`;
  const checkout = await openCheckout(installation, email, 1, installation.stripeApp, plan.id);
  await payFor(installation, checkout, email);
  await page.goto(`/licenses?find=${email}`);
  await page.getByRole('table', { name: 'License keys' }).locator('tbody').getByRole('link').click();
  await page.getByRole('link', { name: 'See what was bought' }).click();
  const facts = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Facts' }) });
  const product = facts.getByRole('link', { name: installation.product.name });
  await expect(product).toHaveAttribute('href', `/products/${installation.product.id}`);
  await facts.getByRole('link', { name }).click();
  await expect(page).toHaveURL(`/plans/${plan.id}`);
});

adminTest('a purchase without an address is given one, and its keys are mailed', { tag: ['@no-js', '@mobile'] }, async ({ page, installation }) => {
  const email = `given-${test.info().project.name}@example.com`;
  const order = await orderOf(installation, await payWithoutAddress(installation, 2));
  await page.goto(`/orders/${order}`);
  await expectSound(page, 'order-without-address');
  const field = page.getByLabel('Buyer’s e-mail', { exact: true });
  // The browser's own check would refuse it before the server can.
  await page.locator('form', { has: field }).evaluate((form: HTMLFormElement) => { form.noValidate = true; });
  await field.fill('nobody at home');
  await page.getByRole('button', { name: 'Give this address' }).click();
  await expectRefusal(field, /ann@example\.com/);
  await expect(field).toHaveValue('nobody at home');
  await field.fill(email);
  await page.getByRole('button', { name: 'Give this address' }).click();
  await expect(page.getByRole('status').filter({ hasText: `on their way to ${email}` })).toBeVisible();
  await expectSound(page, 'order-given-address');
  await expect(field).toHaveCount(0);
  await expect(page.getByText('address given by')).toBeVisible();
  const [mail] = await mailsTo(installation, email);
  expect(mail.text.match(/^\w{4}-\w{4}-\w{4}-\w{4}$/gm)).toHaveLength(2);
  await page.goto(`/licenses?find=${email}`);
  const keys = page.getByRole('table', { name: 'License keys' }).getByRole('row').filter({ hasText: email });
  await expect(keys).toHaveCount(2);
});

// With a script the page shows by itself that the address has come: live.spec.ts.
adminTest('an address that came meanwhile is not overwritten', { tag: '@only-no-js' }, async ({ page, installation }) => {
  const order = await orderOf(installation, await payWithoutAddress(installation));
  await page.goto(`/orders/${order}`);
  await hydrated(page);
  const first = `first-${test.info().project.name}@example.com`;
  await installation.api('PUT', `/api/stripe/orders/${order}`, { email: first });
  await page.getByLabel('Buyer’s e-mail', { exact: true }).fill('second@example.com');
  await page.getByRole('button', { name: 'Give this address' }).click();
  await expect(page.getByRole('alert')).toContainText('This purchase has an address');
  await page.goto(`/orders/${order}`);
  await expect(page.locator('dd').filter({ hasText: first })).toBeVisible();
});
