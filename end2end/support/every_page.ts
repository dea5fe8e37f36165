// The list of pages, what fills them, and the way to each.
import type { Page, Response } from '@playwright/test';
import type { Installation } from './installation.ts';
import { buy, mailsTo, payForUnknownProduct, sendForged } from './purchases.ts';

/** Pages by the name of their picture; those with an id are reached by the first links that lead there. */
export const PAGES: [name: string, address: string, ...links: string[]][] = [
  ['dashboard', '/'],
  ['products', '/products'],
  ['product-new', '/products/new'],
  ['product', '/products', '/products/'],
  ['plans', '/plans'],
  ['plan-new', '/plans/new'],
  ['plan', '/plans', '/plans/'],
  ['licenses', '/licenses'],
  ['license-new', '/licenses/new'],
  ['license', '/licenses', '/licenses/'],
  ['license-offline', '/licenses?find=una@example.com', '/licenses/'],
  ['activity', '/activity'],
  ['device', '/activity', '/activity/'],
  ['device-activated', '/activity?state=activated', '/activity/'],
  ['stripe', '/stripe'],
  ['stripe-app-new', '/stripe/apps/new'],
  ['stripe-app', '/stripe', '/stripe/apps/'],
  ['event-verified', '/stripe?status=verified', '/stripe/events/'],
  ['event-failed', '/stripe?status=failed', '/stripe/events/'],
  ['test-purchase', '/stripe/test-purchase'],
  ['order', '/licenses?find=jane@example.com', '/licenses/', '/orders/'],
  ['order-in-review', '/review', '/orders/'],
  ['review', '/review'],
  ['outbox', '/outbox'],
  // One with keys: the newest may be an invitation, which nobody sends again from here.
  ['mail', '/outbox?find=jane@example.com', '/outbox/'],
  ['tickets', '/tickets'],
  ['ticket', '/tickets', '/tickets/'],
  ['tenant-keys', '/tenant-keys'],
  ['access-tokens', '/access-tokens'],
  ['audit-log', '/audit-log'],
  ['users', '/users'],
  ['account', '/account'],
  ['settings', '/settings'],
  ['help', '/help'],
];

/** Goes to a page of the list, and answers with what it came by. */
export async function goTo(page: Page, [, address, ...links]: (typeof PAGES)[number]): Promise<Response | null> {
  let answer = await page.goto(address);
  for (const link of links) {
    const linked = page.locator(`main a[href^="${link}"]:not([href$="/new"])`).first();
    answer = await page.goto((await linked.getAttribute('href')) ?? '');
  }
  return answer;
}

const filled = new WeakMap<Installation, Promise<void>>();

/** Something on every page. */
async function fill(installation: Installation): Promise<void> {
  await installation.api('POST', '/api/plan/', { name: 'One year', durationDays: 365, isActive: true });
  await installation.api('POST', '/api/activationkey/generate', {
    productId: installation.product.id,
    email: 'una@example.com',
    corporateName: 'Una & Daughters, Machine Builders of the Northern Provinces',
    hardwareId: 'A7F3-99B2-CC41-0D5E-A7F3-99B2-CC41-0D5E',
    livemode: false,
  });
  await installation.api('POST', '/api/support/ticket', {
    productName: installation.product.name,
    email: 'a.customer.with.a.long.address@subsidiary.example.com',
    subject: 'The export of large drawings stops at 90 % without a message',
    message: 'It worked until the last update.\n\nWhat can I do?',
  });
  await installation.api('POST', '/api/license/validate', {
    hardwareId: 'B7F399B2CC410D5EA7F399B2CC410D5EB7F399B2CC410D5EA7F399B2CC410D5E',
    productName: installation.product.name,
    version: '12.0.0-beta.1+build.20261123',
  });
  await buy(installation, 'jane@example.com', 3);
  await mailsTo(installation, 'jane@example.com');
  await payForUnknownProduct(installation, 'jim@example.com');
  await sendForged(installation);
}

/** Something on every page, once per installation. */
export async function filledOnce(installation: Installation): Promise<void> {
  if (!filled.has(installation)) filled.set(installation, fill(installation));
  await filled.get(installation);
}
