// Paid, but for what? A person decides.
import { expectRefusal } from '../pages/fields.ts';
import { ReviewPage } from '../pages/review_page.ts';
import { mailsTo, payForUnknownProduct } from '../support/purchases.ts';
import { expectSound } from '../support/soundness.ts';
import { adminTest, emptyTest, expect, hydrated, test } from '../support/test.ts';

adminTest('keys are issued for a payment that names no known product', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `unknown-${test.info().project.name}@example.com`;
  await payForUnknownProduct(installation, email);
  const review = new ReviewPage(page);
  await review.open(email);
  const [heading, payment] = [review.title(email), review.payment(email)];
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
  const review = new ReviewPage(page);
  await review.open(email);
  const [heading, payment] = [review.title(email), review.payment(email)];
  await payment.getByText('Dismiss…').click();
  await expect(payment.locator('.confirm')).toContainText(`the payment of 49.00 USD from ${email}`);
  await payment.getByRole('button', { name: `Dismiss 49.00 USD from ${email}` }).click();
  await expect(heading).toHaveCount(0);
  const done = page.getByRole('status').filter({ hasText: `Dismissed the payment of 49.00 USD by ${email}` });
  await done.getByRole('link', { name: 'See the purchase' }).click();
  await expect(page.getByText('A person decided that this payment gives none.')).toBeVisible();
});

adminTest('of two payments the refused form is the one that says so', { tag: '@no-js' }, async ({ page, installation }) => {
  const emails = ['one', 'two'].map((name) => `both-${test.info().project.name}-${name}@example.com`);
  for (const email of emails) await payForUnknownProduct(installation, email);
  const review = new ReviewPage(page);
  await review.open(`both-${test.info().project.name}-`);
  const [one, two] = emails.map((email) => review.payment(email));
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
  const review = new ReviewPage(page);
  await review.open(email);
  const payment = review.payment(email);
  const waiting = await installation.api<{ orderId: string; email: string }[]>('GET', '/api/stripe/review');
  const order = waiting.find((order) => order.email === email)?.orderId;
  await installation.api('POST', `/api/stripe/review/${order}/dismiss`, {});
  await payment.getByLabel('Product', { exact: true }).selectOption({ label: installation.product.name });
  await payment.getByRole('button', { name: 'Issue these keys' }).click();
  await expect(page.getByRole('alert')).toContainText('Somebody has already decided about this payment');
});

adminTest('the queue is worked off from its oldest payment, a page at a time, or seen from its newest', { tag: ['@no-js', '@mobile'] }, async ({ page, installation }) => {
  const name = `queue-${test.info().project.name}`;
  const emails = Array.from({ length: 22 }, (_, number) => `${name}-${String(number).padStart(2, '0')}@example.com`);
  for (const email of emails) await payForUnknownProduct(installation, email);
  const review = new ReviewPage(page);
  await review.open(name);
  await expect(review.titles).toHaveCount(20);
  await expect(review.titles.first()).toContainText(emails[0]);
  await expectSound(page, 'review-queue');
  await page.getByRole('link', { name: 'Next page' }).click();
  await expect(page).toHaveURL(/after=/);
  await expect(review.titles).toHaveCount(2);
  await expect(review.titles.first()).toContainText(emails[20]);
  // What is decided leaves the page that it was on, and that page stays.
  await hydrated(page);
  await review.payment(emails[21]).getByText('Dismiss…').click();
  await review.payment(emails[21]).getByRole('button', { name: `Dismiss 49.00 USD from ${emails[21]}` }).click();
  await expect(review.titles).toHaveCount(1);
  await expect(page).toHaveURL((url) => url.searchParams.get('find') === name && url.searchParams.has('after'));
  await page.getByRole('link', { name: 'First page' }).click();
  await expect(review.titles).toHaveCount(20);
  await hydrated(page);
  await review.find({ order: 'Newest first' });
  await expect(page).toHaveURL((url) => url.searchParams.get('find') === name && url.searchParams.get('sort') === '-created');
  await expect(review.titles.first()).toContainText(emails[20]);
  await page.getByRole('link', { name: 'Older' }).click();
  await expect(review.titles).toHaveCount(1);
  await expect(review.titles.first()).toContainText(emails[0]);
  await page.getByRole('link', { name: 'Newest' }).click();
  await expect(review.titles).toHaveCount(20);
  // Others of this worker count what waits.
  const waiting = await installation.api<{ orderId: string; email: string }[]>('GET', '/api/stripe/review');
  for (const order of waiting.filter((order) => order.email.startsWith(name))) {
    await installation.api('POST', `/api/stripe/review/${order.orderId}/dismiss`, {});
  }
});

adminTest('a payment is found by an id of Stripe’s, and a product that it does not name hides it', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `sought-${test.info().project.name}@example.com`;
  const session = await payForUnknownProduct(installation, email);
  const review = new ReviewPage(page);
  await review.open('nobody-of-this-name');
  await expect(page.getByText('Nothing found')).toBeVisible();
  await page.getByRole('link', { name: 'All that wait' }).click();
  await expect(page).toHaveURL('/review');
  await hydrated(page);
  await review.find({ text: ` ${session}` });
  await expect(page).toHaveURL(/find=/);
  await expect(review.titles).toHaveCount(1);
  await expect(review.title(email)).toBeVisible();
  await review.payment(email).getByRole('link', { name: 'See the purchase' }).click();
  await page.getByRole('link', { name: 'Decide in Review' }).click();
  await expect(review.titles).toHaveCount(1);
  await expect(review.title(email)).toBeVisible();
  await hydrated(page);
  await review.find({ product: installation.product.name });
  await expect(page).toHaveURL(/product=/);
  await expect(page.getByText('Nothing found')).toBeVisible();
  await expect(review.titles).toHaveCount(0);
});

emptyTest('where nothing waits, Review says so and leads on', { tag: '@no-js' }, async ({ page }) => {
  await page.goto('/review');
  await expect(page.getByText('Nothing to decide')).toBeVisible();
  await page.getByRole('link', { name: 'Go to the dashboard' }).click();
  await expect(page).toHaveURL('/');
});
