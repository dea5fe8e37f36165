// Purchases that are not the test's subject: made by the API, paid through the sandbox's controls.
import { expect } from '@playwright/test';
import type { Installation, StripeApp } from './installation.ts';

/** What the sandbox's checkout session is called, and the page to pay on. */
export interface Checkout {
  id: string;
  url: string;
}

/** A paid purchase whose events have all been answered. */
export async function buy(installation: Installation, email: string, quantity = 1): Promise<Checkout> {
  const checkout = await openCheckout(installation, email, quantity);
  await payFor(installation, checkout, email);
  return checkout;
}

/** A purchase that waits for its buyer. */
export async function openCheckout(
  installation: Installation,
  email: string,
  quantity = 1,
  app = installation.stripeApp,
): Promise<Checkout> {
  return installation.api('POST', '/api/stripe/checkout/session', {
    productId: installation.product.id,
    appId: app.id,
    livemode: false,
    customerEmail: email,
    quantity,
  });
}

/** Pays, and waits until the sandbox has sent what it tells about that. */
export async function payFor(installation: Installation, checkout: Checkout, email: string): Promise<void> {
  await installation.control('POST', `/_sandbox/sessions/${checkout.id}/pay`, { outcome: 'pay', email });
  await installation.control('POST', '/_sandbox/idle', {});
}

/** A payment that names a product which does not exist, as a shop of the seller's own may send it. */
export async function payForUnknownProduct(installation: Installation, email: string): Promise<void> {
  await sendEvent(installation, installation.stripeApp, {
    id: `cs_test_${Date.now()}`,
    object: 'checkout.session',
    mode: 'payment',
    status: 'complete',
    payment_status: 'paid',
    livemode: false,
    amount_total: 4900,
    currency: 'usd',
    payment_intent: `pi_${Date.now()}`,
    customer_details: { email },
    metadata: { productId: '999999', quantity: '2' },
  });
}

/** A `checkout.session.completed` with this object, signed for all endpoints of the app's account. */
async function sendEvent(installation: Installation, app: StripeApp, object: object): Promise<void> {
  await installation.control('POST', '/_sandbox/events', {
    apiKey: app.secretKey,
    type: 'checkout.session.completed',
    object,
  });
  await installation.control('POST', '/_sandbox/idle', {});
}

/** The mails to an address, once there are so many. */
export async function mailsTo(installation: Installation, email: string, count = 1) {
  const arrived = async () => (await installation.mails()).filter((mail) => mail.to.includes(email));
  await expect.poll(async () => (await arrived()).length, `mails to ${email}`).toBe(count);
  return arrived();
}
