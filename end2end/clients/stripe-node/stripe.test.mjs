// Stripe's own SDK is the judge: what it reads and verifies is as Stripe sends it.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import Stripe from "stripe";
import { startSandbox } from "./sandbox.mjs";

const KEY = "sk_test_node000000000000000000001";
let sandbox;
let stripe;

before(async () => {
  sandbox = await startSandbox();
  stripe = client(KEY);
});

after(async () => {
  await sandbox.stop();
});

function client(key) {
  return new Stripe(key, {
    host: sandbox.url.hostname,
    port: Number(sandbox.url.port),
    protocol: "http",
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

const purchase = () => ({
  mode: "payment",
  success_url: "http://127.0.0.1:1/done?session_id={CHECKOUT_SESSION_ID}",
  line_items: [
    {
      price_data: { currency: "usd", unit_amount: 1500, product_data: { name: "Photo Pro" } },
      quantity: 2,
    },
  ],
  metadata: { productId: "7", quantity: "2" },
  payment_intent_data: { metadata: { productId: "7", quantity: "2" } },
});

async function openShop() {
  const hooks = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    hooks.push({ body: Buffer.concat(parts), signature: request.headers["stripe-signature"] });
    response.writeHead(200).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { hooks, url: `http://127.0.0.1:${server.address().port}/hook`, close: () => server.close() };
}

test("a session is made, paid, and read with all that hangs on it", async () => {
  const made = await stripe.checkout.sessions.create(purchase());
  assert.equal(made.amount_total, 3000);
  assert.ok(made.url.startsWith(`${sandbox.base}/c/pay/`));
  await sandbox.control(`/sessions/${made.id}/pay`, { outcome: "pay", email: "jane@example.com" });
  const read = await stripe.checkout.sessions.retrieve(made.id, {
    expand: ["line_items", "payment_intent.latest_charge"],
  });
  assert.equal(read.payment_status, "paid");
  assert.equal(read.customer_details.email, "jane@example.com");
  assert.equal(read.line_items.data[0].quantity, 2);
  assert.equal(read.payment_intent.metadata.productId, "7");
  assert.equal(read.payment_intent.latest_charge.paid, true);
  assert.ok(read.lastResponse.requestId.startsWith("req_"));
});

test("a webhook is verified by the SDK, and one altered byte is not", async () => {
  const shop = await openShop();
  const endpoint = await stripe.webhookEndpoints.create({
    url: shop.url,
    enabled_events: ["checkout.session.completed", "payment_intent.succeeded"],
  });
  assert.ok(endpoint.secret.startsWith("whsec_"));
  const session = await stripe.checkout.sessions.create(purchase());
  await sandbox.control(`/sessions/${session.id}/pay`, { outcome: "pay" });
  await sandbox.control("/idle");
  const types = shop.hooks.map(({ body, signature }) => {
    const event = stripe.webhooks.constructEvent(body, signature, endpoint.secret);
    const altered = Buffer.from(body);
    altered[altered.length - 2] ^= 1;
    assert.throws(
      () => stripe.webhooks.constructEvent(altered, signature, endpoint.secret),
      Stripe.errors.StripeSignatureVerificationError,
    );
    return event.type;
  });
  assert.deepEqual(types.sort(), ["checkout.session.completed", "payment_intent.succeeded"]);
  await stripe.webhookEndpoints.del(endpoint.id);
  shop.close();
});

test("while a secret rolls, the SDK accepts the old and the new one", async () => {
  const shop = await openShop();
  const endpoint = await stripe.webhookEndpoints.create({
    url: shop.url,
    enabled_events: ["product.created"],
  });
  const rolled = await sandbox.control(`/endpoints/${endpoint.id}/roll`, { overlapHours: 24 });
  await stripe.products.create({ name: "Rolling" });
  await sandbox.control("/idle");
  const { body, signature } = shop.hooks[0];
  for (const secret of [endpoint.secret, rolled.secret]) {
    assert.equal(stripe.webhooks.constructEvent(body, signature, secret).type, "product.created");
  }
  await stripe.webhookEndpoints.del(endpoint.id);
  shop.close();
});

test("events are paged through from the newest", async () => {
  const own = client("sk_test_node_pages");
  for (let n = 0; n < 7; n += 1) await own.products.create({ name: `P${n}` });
  const names = [];
  for await (const event of own.events.list({ type: "product.created", limit: 3 })) {
    names.push(event.data.object.name);
  }
  assert.deepEqual(names, ["P6", "P5", "P4", "P3", "P2", "P1", "P0"]);
});

test("each kind of refusal becomes its own error", async () => {
  const { errors } = Stripe;
  await assert.rejects(client("sk_test_invalid").events.list(), errors.StripeAuthenticationError);
  await assert.rejects(client("rk_test_noevents_1").events.list(), errors.StripePermissionError);
  await assert.rejects(stripe.checkout.sessions.retrieve("cs_test_none"), (error) => {
    assert.equal(error.code, "resource_missing");
    return error instanceof errors.StripeInvalidRequestError;
  });
  await assert.rejects(stripe.products.create({ name: "x", colour: "red" }), (error) => {
    assert.equal(error.param, "colour");
    return error.code === "parameter_unknown";
  });
  const once = { idempotencyKey: "node-once" };
  const first = await stripe.products.create({ name: "A" }, once);
  const second = await stripe.products.create({ name: "A" }, once);
  assert.equal(first.id, second.id);
  await assert.rejects(stripe.products.create({ name: "B" }, once), errors.StripeIdempotencyError);
  await assert.rejects(
    stripe.paymentIntents.create({
      amount: 500,
      currency: "eur",
      payment_method: "pm_card_visa_chargeDeclined",
      confirm: true,
    }),
    errors.StripeCardError,
  );
});

test("an intent is made, confirmed and given back in part", async () => {
  const made = await stripe.paymentIntents.create({ amount: 1000, currency: "eur" });
  assert.equal(made.status, "requires_payment_method");
  const paid = await stripe.paymentIntents.confirm(made.id, { payment_method: "pm_card_visa" });
  assert.equal(paid.status, "succeeded");
  await stripe.refunds.create({ payment_intent: made.id, amount: 400 });
  const charge = await stripe.charges.retrieve(paid.latest_charge);
  assert.equal(charge.amount_refunded, 400);
  assert.equal(charge.refunded, false);
});

test("products, prices and customers are made, changed and found", async () => {
  const product = await stripe.products.create({ name: "Pro", metadata: { a: "1", b: "2" } });
  const price = await stripe.prices.create({ product: product.id, currency: "usd", unit_amount: 900 });
  const changed = await stripe.products.update(product.id, { metadata: { a: "", c: "3" } });
  assert.deepEqual({ ...changed.metadata }, { b: "2", c: "3" });
  const session = await stripe.checkout.sessions.create({
    mode: "payment",
    success_url: "http://127.0.0.1:1/done",
    line_items: [{ price: price.id, quantity: 1 }],
  });
  assert.equal(session.amount_total, 900);
  const customer = await stripe.customers.create({ email: "jane@example.com" });
  const found = await stripe.customers.list({ email: "jane@example.com" });
  assert.equal(found.data[0].id, customer.id);
  const gone = await stripe.customers.del(customer.id);
  assert.equal(gone.deleted, true);
});
