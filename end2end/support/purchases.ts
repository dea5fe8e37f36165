// Purchases that are not the test's subject: made by the API, paid through the sandbox's controls.
import { expect } from '@playwright/test';
import { secret, type Installation, type StripeApp } from './installation.ts';

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
  planId?: number,
): Promise<Checkout> {
  return installation.api('POST', '/api/stripe/checkout/session', {
    productId: installation.product.id,
    appId: app.id,
    livemode: false,
    customerEmail: email,
    quantity,
    planId,
  });
}

/** Pays, and waits until the sandbox has sent what it tells about that. */
export async function payFor(installation: Installation, checkout: Checkout, email: string): Promise<void> {
  await installation.control('POST', `/_sandbox/sessions/${checkout.id}/pay`, { outcome: 'pay', email });
  await installation.control('POST', '/_sandbox/idle', {});
}

/** A payment that names a product which does not exist, as a shop of the seller's own may send it; answers its session. */
export async function payForUnknownProduct(installation: Installation, email: string): Promise<string> {
  const id = `cs_test_${secret().slice(0, 12)}`;
  await sendEvent(installation, installation.stripeApp, {
    id,
    object: 'checkout.session',
    mode: 'payment',
    status: 'complete',
    payment_status: 'paid',
    livemode: false,
    amount_total: 4900,
    currency: 'usd',
    payment_intent: `pi_${secret().slice(0, 12)}`,
    customer_details: { email },
    metadata: { productId: '999999', quantity: '2' },
  });
  return id;
}

/** A checkout of ours is paid, but with another amount than it asked for. */
export async function payAnotherAmount(installation: Installation, checkout: Checkout, email: string): Promise<void> {
  await sendEvent(installation, installation.stripeApp, {
    id: checkout.id,
    object: 'checkout.session',
    mode: 'payment',
    status: 'complete',
    payment_status: 'paid',
    livemode: false,
    amount_total: 4800,
    currency: 'usd',
    payment_intent: `pi_${secret().slice(0, 12)}`,
    customer_details: { email },
    metadata: { productId: String(installation.product.id), quantity: '1' },
  });
}

/** A payment in euros, as a shop of the seller's own may send it. */
export async function payInEuros(installation: Installation, email: string): Promise<void> {
  const number = secret().slice(0, 12);
  await sendEvent(installation, installation.stripeApp, {
    id: `cs_test_${number}`,
    object: 'checkout.session',
    mode: 'payment',
    status: 'complete',
    payment_status: 'paid',
    livemode: false,
    amount_total: 4500,
    currency: 'eur',
    payment_intent: `pi_${number}`,
    customer_details: { email },
    metadata: { productId: String(installation.product.id), quantity: '1' },
  });
}

/** A delivery whose signature is wrong, with so many characters in its object: nobody vouches for it. */
export async function sendForged(installation: Installation, id = 'evt_1Forged', length = 0): Promise<void> {
  await fetch(installation.stripeApp.webhookUrl, {
    method: 'POST',
    headers: { 'stripe-signature': `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}` },
    body: JSON.stringify({ id, object: 'event', type: 'checkout.session.completed', data: { object: { note: 'x'.repeat(length) } } }),
  });
}

/** A payment for which Stripe tells no address; answers the id of its event. */
export async function payWithoutAddress(installation: Installation, quantity = 1): Promise<string> {
  const number = secret().slice(0, 12);
  return sendEvent(installation, installation.stripeApp, {
    id: `cs_test_${number}`,
    object: 'checkout.session',
    mode: 'payment',
    status: 'complete',
    payment_status: 'paid',
    livemode: false,
    amount_total: 4900 * quantity,
    currency: 'usd',
    payment_intent: `pi_${number}`,
    customer_details: { email: null },
    metadata: { productId: String(installation.product.id), quantity: String(quantity) },
  });
}

/** What our API knows of the purchase that an event told of. */
export async function orderOf(installation: Installation, stripeEventId: string): Promise<string> {
  const events = await installation.api<{ id: string; stripeEventId: string }[]>('GET', '/api/stripe/events?pageSize=200');
  const event = events.find((event) => event.stripeEventId === stripeEventId);
  const whole = await installation.api<{ orderId: string }>('GET', `/api/stripe/events/${event?.id}`);
  return whole.orderId;
}

/** A `checkout.session.completed` with this object, signed for all endpoints of the app's account. */
async function sendEvent(installation: Installation, app: StripeApp, object: object): Promise<string> {
  const event = await installation.control<{ id: string }>('POST', '/_sandbox/events', {
    apiKey: app.secretKey,
    type: 'checkout.session.completed',
    object,
  });
  await installation.control('POST', '/_sandbox/idle', {});
  return event.id;
}

/** The mails to an address, once there are so many. */
export async function mailsTo(installation: Installation, email: string, count = 1) {
  const arrived = async () => (await installation.mails()).filter((mail) => mail.recipients.includes(email));
  await expect.poll(async () => (await arrived()).length, `mails to ${email}`).toBe(count);
  return arrived();
}
