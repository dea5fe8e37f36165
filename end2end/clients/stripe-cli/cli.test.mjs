// The CLI's fixtures are Stripe's own; the sandbox must play them all through.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startSandbox } from "../stripe-node/sandbox.mjs";

const KEY = "sk_test_cli0000000000000000000001";
const CLI = new URL("node_modules/@stripe/cli-linux-x64/bin/stripe", import.meta.url).pathname;
const skip = existsSync(CLI) ? false : "Stripe's CLI is installed for Linux on x86-64 only";
let sandbox;
let home;

before(async () => {
  sandbox = await startSandbox();
  home = await mkdtemp(join(tmpdir(), "stripe-cli-"));
});

after(async () => {
  await sandbox.stop();
  await rm(home, { recursive: true });
});

function stripe(...words) {
  const options = {
    env: { ...process.env, XDG_CONFIG_HOME: home, HOME: home, STRIPE_CLI_TELEMETRY_OPTOUT: "1" },
    timeout: 60_000,
  };
  const all = [...words, "--api-key", KEY, "--api-base", sandbox.base];
  return new Promise((resolve) => {
    execFile(CLI, all, options, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? 1) : 0, text: stdout + stderr });
    });
  });
}

async function eventsOf(type) {
  const answer = await fetch(`${sandbox.base}/v1/events?type=${type}&limit=100`, {
    headers: { authorization: `Bearer ${KEY}` },
  });
  return (await answer.json()).data;
}

const TRIGGERS = [
  "checkout.session.completed",
  "checkout.session.expired",
  "payment_intent.created",
  "payment_intent.succeeded",
  "payment_intent.payment_failed",
  "payment_intent.canceled",
  "charge.succeeded",
  "charge.failed",
  "charge.refunded",
  "payment_method.attached",
  "product.created",
  "product.updated",
  "product.deleted",
  "price.created",
  "price.updated",
  "customer.created",
  "customer.updated",
  "customer.deleted",
];

for (const type of TRIGGERS) {
  test(`stripe trigger ${type} plays through and leaves its event`, { skip }, async () => {
    const known = (await eventsOf(type)).length;
    const { code, text } = await stripe("trigger", type);
    assert.equal(code, 0, text);
    assert.match(text, /Trigger succeeded/);
    assert.ok((await eventsOf(type)).length > known, `no ${type} among the events`);
  });
}

for (const [type, succeeds] of [
  ["checkout.session.async_payment_succeeded", true],
  ["checkout.session.async_payment_failed", false],
]) {
  test(`stripe trigger ${type} leaves a delayed payment that ends so`, { skip }, async () => {
    const { code, text } = await stripe("trigger", type);
    assert.equal(code, 0, text);
    const [waiting] = await eventsOf("checkout.session.completed");
    assert.equal(waiting.data.object.payment_status, "unpaid");
    const settled = await sandbox.control(`/sessions/${waiting.data.object.id}/settle`);
    assert.equal(settled.payment_status, succeeds ? "paid" : "unpaid");
    assert.equal((await eventsOf(type)).length, 1);
  });
}

test("metadata that is added by hand reaches the session's event", { skip }, async () => {
  const { code, text } = await stripe(
    "trigger",
    "checkout.session.completed",
    "--add",
    "checkout_session:metadata.productId=7",
  );
  assert.equal(code, 0, text);
  const [event] = await eventsOf("checkout.session.completed");
  assert.equal(event.data.object.metadata.productId, "7");
});

test("stripe events retrieve reads an event", { skip }, async () => {
  const [event] = await eventsOf("checkout.session.completed");
  const { code, text } = await stripe("events", "retrieve", event.id);
  assert.equal(code, 0, text);
  assert.match(text, new RegExp(event.id));
});
