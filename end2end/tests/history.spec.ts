// What was done to a thing stands on its page: what, by whom, and where there are several, to which.
import type { Page } from '@playwright/test';
import { buy, mailsTo } from '../support/purchases.ts';
import { adminTest, expect, test } from '../support/test.ts';

async function expectHistory(page: Page, address: string, line: RegExp): Promise<void> {
  await page.goto(address);
  const history = page.locator('section').filter({ has: page.getByRole('heading', { name: 'History' }) });
  await expect(history.getByRole('listitem').filter({ hasText: line }).first()).toBeVisible();
}

adminTest('plans, tokens, keys, people and settings tell what was done to them', { tag: '@no-js' }, async ({ page, installation }) => {
  const name = `Told ${test.info().project.name}`;
  const plan = await installation.api<{ id: number }>('POST', '/api/plan/', { name, durationDays: 30 });
  await installation.api('POST', '/api/token', { name, permissions: ['verify'] });
  await installation.api('POST', '/api/tenant-key', {});
  await installation.api('PUT', '/api/settings', { supportAddress: 'told@acme.example' });
  installation.addPerson('support');
  await expectHistory(page, `/plans/${plan.id}`, /created by token “e2e”/);
  await expectHistory(page, '/access-tokens', new RegExp(`created by token “e2e”.*access token “${name}”`));
  await expectHistory(page, '/tenant-keys', /activated by token “e2e”.*tenant key/);
  await expectHistory(page, '/users', /joined by.*support-.*@example\.com/);
  await page.getByRole('link', { name: 'people', exact: true }).click();
  await expect(page).toHaveURL('/audit-log?about=person');
  await expectHistory(page, '/settings', /settings updated by token “e2e”.*told@acme\.example/);
  await installation.api('PUT', '/api/settings', { supportAddress: '' });
});

adminTest('a ticket tells who closed it, and an event who had it processed again', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `told-ticket-${test.info().project.name}@example.com`;
  const ticket = await installation.api<{ id: string }>('POST', '/api/support/ticket', {
    productName: installation.product.name,
    email,
    subject: 'To be closed',
    message: 'Hello.',
  });
  await installation.api('POST', `/api/support/ticket/${ticket.id}/close`, {});
  await expectHistory(page, `/tickets/${ticket.id}`, /closed by token “e2e”/);
  await buy(installation, email);
  const [event] = await installation.api<{ id: string }[]>('GET', '/api/stripe/events?status=verified');
  await installation.api('POST', `/api/stripe/events/${event.id}/replay`, {});
  await expectHistory(page, `/stripe/events/${event.id}`, /replayed by token “e2e”/);
  await page.getByRole('link', { name: 'All of it in the audit log' }).click();
  await expect(page.getByText('Only what was done to the stripe event')).toBeVisible();
});

adminTest('a mail tells that it was sent again', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `told-${test.info().project.name}@example.com`;
  await buy(installation, email);
  await mailsTo(installation, email);
  const { items } = await installation.api<{ items: { id: string; recipient: string }[] }>('GET', '/api/mail?livemode=false');
  const mail = items.find((mail) => mail.recipient === email);
  await installation.api('POST', `/api/mail/${mail?.id}/resend`, {});
  await expectHistory(page, `/outbox/${mail?.id}`, /resent by token “e2e”/);
});
