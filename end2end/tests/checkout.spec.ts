// The other endings of a checkout: paid later, refused later, declined at once, given up.
import type { Page } from '@playwright/test';
import { CheckoutPage } from '../pages/checkout_page.ts';
import { SuccessPage } from '../pages/success_page.ts';
import type { Installation } from '../support/installation.ts';
import { mailsTo, openCheckout, type Checkout } from '../support/purchases.ts';
import { expectSound } from '../support/soundness.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

/** A buyer on the checkout page, whose address is the test's own. */
async function checkOut(page: Page, installation: Installation, name: string) {
  const email = `${name}-${test.info().project.name}@example.com`;
  const checkout = await openCheckout(installation, email, 2);
  await page.goto(checkout.url);
  return { email, checkout, form: new CheckoutPage(page) };
}

/** The end of a delayed payment, days later at Stripe. */
async function settle(installation: Installation, checkout: Checkout, succeeds: boolean): Promise<void> {
  await installation.control('POST', `/_sandbox/sessions/${checkout.id}/settle`, { succeeds });
  await installation.control('POST', '/_sandbox/idle', {});
}

/** What the page looks like that waits; without a script it loads itself anew all the time. */
async function expectSoundWhileWaiting(page: Page): Promise<void> {
  if (test.info().project.use.javaScriptEnabled !== false) await expectSound(page, 'success-coming');
}

async function expectWaiting(page: Page, installation: Installation, email: string): Promise<void> {
  await expect(page).toHaveURL(/\/purchase\/success/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Thank you. Your keys are being made');
  await mailsTo(installation, email, 0);
}

adminTest('a payment that arrives later gives its keys when it arrives', { tag: ['@no-js', '@mobile'] }, async ({ page, installation }) => {
  const { email, checkout, form } = await checkOut(page, installation, 'later');
  await form.choose('Pay later, then succeed');
  await expectWaiting(page, installation, email);
  await expectSoundWhileWaiting(page);
  await settle(installation, checkout, true);
  // The page looks again by itself, with a script and without one.
  const keys = await new SuccessPage(page).keys(2);
  await expectSound(page, 'success-issued');
  const [mail] = await mailsTo(installation, email);
  for (const key of keys) expect(mail.text).toContain(key);
});

adminTest('a payment that fails later gives nothing, and the buyer is told', { tag: ['@no-js', '@mobile'] }, async ({ page, installation }) => {
  const { email, checkout, form } = await checkOut(page, installation, 'unlucky');
  await form.choose('Pay later, then fail');
  await expectWaiting(page, installation, email);
  await settle(installation, checkout, false);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The payment did not go through');
  await expectSound(page, 'success-failed');
  const [mail] = await mailsTo(installation, email);
  expect(mail.text).not.toMatch(/\w{4}-\w{4}-\w{4}-\w{4}/);
  await page.goto(`/licenses?find=${email}`);
  await expect(page.getByText('Nothing found')).toBeVisible();
});

adminTest('a declined card leaves the checkout open for another', { tag: '@no-js' }, async ({ page, installation }) => {
  const { email, checkout, form } = await checkOut(page, installation, 'declined');
  await form.choose('Decline the card');
  await expect(page.getByRole('alert')).toContainText('declined');
  await installation.control('POST', '/_sandbox/idle', {});
  await mailsTo(installation, email, 0);
  await page.goto(checkout.url);
  await form.pay();
  await new SuccessPage(page).keys(2);
  await mailsTo(installation, email);
});

adminTest('who gives up comes back to Test Purchase, and nothing was sold', { tag: '@no-js' }, async ({ page, installation }) => {
  const { email, form } = await checkOut(page, installation, 'doubtful');
  await form.choose('Cancel');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Test Purchase');
  await hydrated(page);
  await page.goto(`/licenses?find=${email}`);
  await expect(page.getByText('Nothing found')).toBeVisible();
});

adminTest('a page that waits too long says that it has stopped, and looks again when asked to', async ({ page, installation }) => {
  const { email, checkout, form } = await checkOut(page, installation, 'patient');
  await form.choose('Pay later, then succeed');
  await expectWaiting(page, installation, email);
  const address = page.url();
  await page.clock.install();
  await page.goto(address);
  await hydrated(page);
  let asked = 0;
  page.on('request', (request) => (asked += Number(request.url().endsWith('/ui/load_receipt'))));
  await expect(page.getByText('this page looks again by itself')).toBeVisible();
  const again = page.getByRole('link', { name: 'Look again' });
  for (let turns = 0; turns < 80 && !(await again.isVisible()); turns += 1) {
    const answer = page.waitForResponse(/load_receipt/, { timeout: 1_000 }).catch(() => undefined);
    await page.clock.runFor(15_000);
    await answer;
  }
  await expect(again).toBeVisible();
  await expect(page.getByText('this page looks again by itself')).toHaveCount(0);
  expect(asked).toBeGreaterThan(10);
  expect(asked).toBeLessThanOrEqual(45);
  const last = asked;
  await page.clock.runFor(120_000);
  expect(asked).toBe(last);
  await settle(installation, checkout, true);
  await again.click();
  await new SuccessPage(page).keys(2);
});
