// A delivery that nobody can vouch for: its cause, the cure, and the keys after all.
import type { Page } from '@playwright/test';
import { StripeAppForm } from '../pages/stripe_app_form.ts';
import { SuccessPage } from '../pages/success_page.ts';
import { secret, type Installation } from '../support/installation.ts';
import { mailsTo, openCheckout, payFor, sendForged } from '../support/purchases.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

async function openFailedEvent(page: Page, app: string): Promise<void> {
  const row = page.getByRole('row').filter({ hasText: 'checkout.session.completed' }).filter({ hasText: app });
  // Refused deliveries are written together with others, a moment after their answer.
  await expect(async () => {
    await page.goto('/stripe?status=failed');
    await expect(row).toContainText('failed', { timeout: 1_000 });
  }).toPass();
  await hydrated(page);
  await row.getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('checkout.session.completed');
}

/** A purchase through an app that was told a wrong signing secret: all its events are refused. */
async function buyThroughMistypedApp(installation: Installation, email: string) {
  const app = await installation.addStripeApp(`Mistyped for ${email}`, `whsec_${secret()}`);
  const checkout = await openCheckout(installation, email, 2, app);
  await payFor(installation, checkout, email);
  return { app, checkout };
}

/** A page that follows its delivery asks for it once more when an accepted event has taken its place. */
const GONE = /status of 404 .*\/ui\/load_event/;

adminTest.use({ expectedComplaints: [GONE] });

adminTest.describe('while Stripe cannot be asked', () => {
  adminTest.use({ expectedComplaints: [new RegExp(`502|${GONE.source}`)] });
  adminTest.afterEach(async ({ installation }) => installation.faults());

  adminTest('a wrong signing secret is told, corrected, and the event fulfilled', { tag: '@no-js' }, async ({ page, installation }) => {
    const email = `mistyped-${test.info().project.name}@example.com`;
    const { app, checkout } = await buyThroughMistypedApp(installation, email);
    await installation.faults({ api: { down: true } });
    await openFailedEvent(page, app.name);
    const address = page.url();
    await expect(page.getByRole('alert')).toContainText('signing secret');
    await expect(page.getByRole('alert').getByRole('link', { name: 'its app' })).toHaveAttribute('href', `/stripe/apps/${app.id}`);
    await page.getByRole('button', { name: 'Process again' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'Stripe' }).first()).toBeVisible();
    const form = new StripeAppForm(page);
    await form.open(`/stripe/apps/${app.id}`);
    await form.signingSecret.fill(app.signingSecret);
    await form.save();
    await expect(page.getByText('Saved.')).toBeVisible();
    await page.goto(address);
    await hydrated(page);
    await page.getByRole('button', { name: 'Process again' }).click();
    await expect(page.getByText('2 keys issued').first()).toBeVisible();
    await expect(page.getByText('its signature was right')).toBeVisible();
    // Its way names the app, and so do the facts.
    const named = page.getByRole('main').getByRole('link', { name: app.name, exact: true });
    await expect(named).toHaveCount(2);
    for (const link of await named.all()) await expect(link).toHaveAttribute('href', `/stripe/apps/${app.id}`);
    const made = page.getByRole('listitem').filter({ hasText: 'Keys ending in' }).getByRole('link');
    await expect(made).toHaveCount(2);
    const end = await made.first().innerText();
    await hydrated(page);
    await made.first().click();
    await expect(page).toHaveURL(/\/licenses\/[0-9a-f-]{36}$/);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(new RegExp(`${end}$`));
    await page.goto(`/purchase/success?session_id=${checkout.id}`);
    const keys = await new SuccessPage(page).keys(2);
    const [mail] = await mailsTo(installation, email);
    for (const key of keys) expect(mail.text).toContain(key);
  });
});

adminTest('an event that only Stripe can vouch for is fetched from Stripe', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `fetched-${test.info().project.name}@example.com`;
  const { app } = await buyThroughMistypedApp(installation, email);
  await openFailedEvent(page, app.name);
  await page.getByRole('button', { name: 'Process again' }).click();
  await expect(page.getByText('2 keys issued').first()).toBeVisible();
  await expect(page.getByText('fetched from Stripe', { exact: true })).toBeVisible();
  await mailsTo(installation, email);
});

adminTest('a refused body that was too large to keep is measured, with nothing to copy', { tag: ['@no-js', '@mobile'] }, async ({ page, installation }) => {
  const id = `evt_1Large${secret().slice(0, 12)}`;
  await sendForged(installation, id, 70_000);
  const row = page.getByRole('table', { name: 'Events' }).locator('tbody').getByRole('row');
  await expect(async () => {
    await page.goto(`/stripe?find=${id}`);
    await expect(row).toHaveCount(1, { timeout: 1_000 });
  }).toPass();
  await hydrated(page);
  await row.getByRole('link').click();
  const payload = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Payload' }) });
  await expect(payload).toContainText(/Too large to keep \(70,\d{3} bytes\)/);
  await expect(payload.getByRole('button')).toHaveCount(0);
  await expect(page.getByRole('main')).toContainText(`${installation.stripeApp.name} (test): the body was not kept, not tried`);
  await hydrated(page);
});
