// The product's main chain, as the admin of a new shop walks it: sign in, a product, a Stripe
// app, a purchase of three, three keys everywhere, one mail.
import type { Page } from '@playwright/test';
import { CheckoutPage } from '../pages/checkout_page.ts';
import { goByLink } from '../pages/navigation.ts';
import { ProductForm } from '../pages/product_form.ts';
import { StripeAppForm } from '../pages/stripe_app_form.ts';
import { SuccessPage } from '../pages/success_page.ts';
import { TestPurchasePage } from '../pages/test_purchase_page.ts';
import { secret, type Installation } from '../support/installation.ts';
import { mailsTo } from '../support/purchases.ts';
import { expectSound } from '../support/soundness.ts';
import { expect, expectAccessible, hydrated, test } from '../support/test.ts';

const PRODUCT = 'Harbour 7';
const APP = 'Harbour’s Stripe';
const BUYER = 'ada@example.com';

async function signInByHand(page: Page, installation: Installation): Promise<void> {
  await page.goto('/sign-in');
  await hydrated(page);
  await page.getByLabel('E-mail').fill(installation.admin.email);
  await page.getByLabel('Password').fill(installation.admin.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();
}

async function addProduct(page: Page): Promise<void> {
  await goByLink(page, 'Products');
  await page.getByRole('link', { name: 'New product' }).click();
  const form = new ProductForm(page);
  await form.name.fill(PRODUCT);
  await form.price.fill('20.00');
  await form.currency('EUR');
  await form.licenseDays.fill('3');
  await form.trialDays.fill('14');
  await form.autoEmail.check();
  await form.subject.fill('Keys for {{ProductName}}');
  await form.template.fill('Dear {{CustomerEmail}},\n\n{{ActivationKey}}\n\nYours, Harbour');
  await form.save();
  await expect(page.getByRole('heading', { level: 1, name: PRODUCT })).toBeVisible();
}

async function addStripeApp(page: Page, installation: Installation): Promise<void> {
  await goByLink(page, 'Stripe Apps and Events');
  await page.getByRole('link', { name: 'Add app' }).click();
  const form = new StripeAppForm(page);
  const [key, signing] = [`sk_test_${secret()}`, `whsec_${secret()}`];
  await form.name.fill(APP);
  await form.secretKey.fill(key);
  await form.signingSecret.fill(`  ${signing} `);
  await form.save();
  await expect(page.getByRole('heading', { level: 1, name: APP })).toBeVisible();
  const endpoint = { apiKey: key, url: await form.webhookUrl(), secret: signing };
  await installation.control('POST', '/_sandbox/endpoints', endpoint);
}

async function buyThree(page: Page): Promise<string[]> {
  await goByLink(page, 'Test Purchase');
  const purchase = new TestPurchasePage(page);
  await purchase.fill({ product: `${PRODUCT}, 20.00 EUR`, app: APP, quantity: '3', email: BUYER });
  await purchase.goToCheckout();
  const checkout = new CheckoutPage(page);
  await checkout.expectAmount('EUR 60.00');
  await expectAccessible(page);
  await checkout.pay();
  await expect(page).toHaveURL(/\/purchase\/success\?session_id=cs_test_/);
  const keys = await new SuccessPage(page).keys(3);
  await expectSound(page, 'success');
  return keys;
}

async function expectKeysOn(page: Page, address: string, keys: string[]): Promise<void> {
  await page.goto(address);
  await hydrated(page);
  const table = page.getByRole('table', { name: 'License keys' });
  for (const key of keys) {
    const row = table.getByRole('row').filter({ hasText: key });
    await expect(row).toContainText(BUYER);
    await expect(row).toContainText('active');
  }
}

async function expectVerifiedEvent(page: Page, keys: string[]): Promise<void> {
  await page.goto('/stripe?status=verified');
  await hydrated(page);
  const row = page.getByRole('row').filter({ hasText: APP }).filter({ hasText: '3 keys issued' });
  await expect(row).toContainText('verified');
  await row.getByRole('link').click();
  await expect(page.getByText(`${APP} (test): its signing secret made the signature`)).toBeVisible();
  for (const key of keys) await expect(page.getByText('Keys ending in')).toContainText(key.slice(-4));
  await expect(page.locator('pre')).toContainText('"productId"');
}

/** The mailbox, as a person opens it: one mail, with every key in it. */
async function expectMailbox(page: Page, installation: Installation, keys: string[]): Promise<void> {
  await page.goto(`${installation.sandboxUrl}/mailbox`);
  await expectAccessible(page);
  await page.getByRole('row').filter({ hasText: BUYER }).getByRole('link').click();
  for (const key of keys) await expect(page.locator('div.card > pre')).toContainText(key);
  await expectAccessible(page);
}

test('a payment becomes three keys and one mail', { tag: '@no-js' }, async ({ page, installation }) => {
  await signInByHand(page, installation);
  await addProduct(page);
  await addStripeApp(page, installation);
  const keys = await buyThree(page);
  expect(new Set(keys).size).toBe(3);
  await expectKeysOn(page, '/', keys);
  await expectKeysOn(page, `/licenses?find=${BUYER}`, keys);
  await expectVerifiedEvent(page, keys);
  await installation.control('POST', '/_sandbox/idle', {});
  const [mail] = await mailsTo(installation, BUYER);
  expect(mail.subject).toBe(`Keys for ${PRODUCT}`);
  expect(mail.text).toContain(`Dear ${BUYER},`);
  for (const key of keys) expect(mail.text.split(key).length, `${key} stands once in the mail`).toBe(2);
  await expectMailbox(page, installation, keys);
});
