// Writes signature headers made by Stripe's own SDK, for the product's verifier to be tested against.

import { mkdirSync, writeFileSync } from "node:fs";
import Stripe from "stripe";

const stripe = new Stripe("sk_test_vectors");
const event = (id, extra = {}) =>
  JSON.stringify({ id, object: "event", type: "checkout.session.completed", ...extra }, null, 2);

const CASES = [
  ["a usual event", "whsec_kF3vQ9aB7cD1eG5hJ2mN8pR4tU6wX0yZ", event("evt_1Usual")],
  ["an event with letters beyond ASCII", "whsec_Schluessel", event("evt_1Ünï", { name: "Zoë 東京 €" })],
  ["a body of one line", "whsec_line", '{"id":"evt_1Line"}'],
  ["a body with line ends of Windows", "whsec_crlf", '{\r\n  "id": "evt_1Crlf"\r\n}\r\n'],
  ["an empty body", "whsec_empty_body", ""],
  ["a secret longer than one block of the hash", `whsec_${"s".repeat(100)}`, event("evt_1Long")],
  ["a secret without its usual prefix", "plain secret with spaces", event("evt_1Plain")],
];

const vectors = CASES.map(([name, secret, payload], index) => {
  const timestamp = 1_700_000_000 + index * 86_400;
  const header = stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  return { name, secret, timestamp, payload, header };
});

const file = new URL("../../../crates/domain/tests/vectors/stripe_signatures.json", import.meta.url);
mkdirSync(new URL(".", file), { recursive: true });
const made = `Stripe's Node SDK ${Stripe.PACKAGE_VERSION ?? ""}, webhooks.generateTestHeaderString`;
writeFileSync(file, `${JSON.stringify({ madeBy: made.replace("  ", " "), vectors }, null, 2)}\n`);
console.log(`${vectors.length} vectors written`);
