// Lists: what narrows and sorts them stands in the address, and pages go on where the one before ended.
import type { Page } from '@playwright/test';
import { expectRefusal } from '../pages/fields.ts';
import { ListTable } from '../pages/list_table.ts';
import { buy } from '../support/purchases.ts';
import { signIn } from '../support/signed_in.ts';
import { expectSound } from '../support/soundness.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

/** The rows of a table that has an accessible name. */
function rowsOf(page: Page, table: string) {
  return new ListTable(page, table).rows;
}

adminTest('an id of Stripe’s finds what was told of its purchase, and a type narrows that', { tag: '@no-js' }, async ({ page, installation }) => {
  const checkout = await buy(installation, `by-id-${test.info().project.name}@example.com`);
  await page.goto('/stripe');
  await hydrated(page);
  await page.getByLabel('evt_…, cs_… or pi_…').fill(` ${checkout.id}`);
  await page.getByRole('button', { name: 'Find' }).click();
  const rows = rowsOf(page, 'Events');
  await expect(page).toHaveURL(/find=/);
  await expect(rows).toHaveCount(2);
  await hydrated(page);
  await page.getByLabel('Type', { exact: true }).selectOption('payment_intent.succeeded');
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page).toHaveURL(/type=payment_intent.succeeded/);
  await expect(rows).toHaveCount(1);
  await page.getByRole('navigation', { name: 'Status' }).getByRole('link', { name: 'failed' }).click();
  await expect(page.getByText('No such events')).toBeVisible();
  await expect(page).toHaveURL((url) => url.searchParams.get('find')?.trim() === checkout.id);
  await page.getByRole('link', { name: 'All events' }).click();
  await expect(page).toHaveURL('/stripe');
});

adminTest('archived apps and what narrows the log stand in the address beside each other', { tag: '@no-js' }, async ({ page, installation }) => {
  await buy(installation, `shelves-${test.info().project.name}@example.com`);
  const keeps = (status: string) => (url: URL) => url.searchParams.get('apps') === 'archived' && url.searchParams.get('status') === status;
  await page.goto('/stripe?status=failed');
  await hydrated(page);
  await page.getByRole('navigation', { name: 'Apps' }).getByRole('link', { name: 'archived' }).click();
  await expect(page).toHaveURL(keeps('failed'));
  const verified = page.getByRole('navigation', { name: 'Status' }).getByRole('link', { name: 'verified' });
  await expect(verified).toHaveAttribute('href', /apps=archived/);
  await verified.click();
  await expect(page).toHaveURL(keeps('verified'));
  await expect(verified).toHaveAttribute('aria-current', 'true');
  await page.getByLabel('Type', { exact: true }).selectOption('payment_intent.succeeded');
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page).toHaveURL((url) => keeps('verified')(url) && url.searchParams.get('type') === 'payment_intent.succeeded');
  await expect(page.getByRole('navigation', { name: 'Apps' }).getByRole('link', { name: 'in use' })).toHaveAttribute('href', /type=payment(_|%5F)intent/);
});

adminTest('events go on where the page before ended, whatever came meanwhile', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `paged-${test.info().project.name}@example.com`;
  for (let number = 0; number < 26; number += 1) await buy(installation, email);
  await page.goto('/stripe');
  await hydrated(page);
  const ids = page.getByRole('table', { name: 'Events' }).locator('code.under');
  await expect(ids).toHaveCount(50);
  const shown = () => ids.evaluateAll((codes) => codes.map((code) => code.getAttribute('title')));
  const first = await shown();
  await buy(installation, email);
  await page.getByRole('link', { name: 'Older' }).click();
  await expect(page).toHaveURL(/after=/);
  await expect(ids.first()).not.toHaveAttribute('title', first[0] ?? '');
  const second = await shown();
  expect(second.filter((id) => first.includes(id))).toEqual([]);
  const events = new ListTable(page, 'Events');
  await events.expectSorted('Received', 'descending');
  await events.sortBy('Received', 'ascending');
  await expect(ids).toHaveCount(50);
  const oldest = await shown();
  expect(oldest).not.toContain(first[0]);
  const moments = await events.moments();
  expect(moments).toEqual([...moments].sort());
  await page.getByRole('link', { name: 'Next page' }).click();
  await expect(page).toHaveURL(/after=/);
  await expect(ids.first()).not.toHaveAttribute('title', oldest[0] ?? '');
  await events.expectSorted('Received', 'ascending');
  const younger = await shown();
  expect(younger.filter((id) => oldest.includes(id))).toEqual([]);
  // What comes now stands at the end, so that nothing is said to wait at the top.
  await page.getByRole('link', { name: 'First page' }).click();
  await expect(ids.first()).toHaveAttribute('title', oldest[0] ?? '');
  await buy(installation, email);
  await expect(page.getByRole('button', { name: /^\d+ new$/ })).toHaveCount(0);
});

adminTest.describe('what cannot be an id of Stripe’s', () => {
  adminTest.use({ expectedComplaints: [/status of 422 .*find=two/] });

  adminTest('is refused beside its field', { tag: ['@no-js', '@mobile'] }, async ({ page }) => {
    await page.goto('/stripe?find=two+words');
    await hydrated(page);
    await expectRefusal(page.getByLabel('evt_…, cs_… or pi_…'), /whole id of Stripe/);
  });
});

adminTest('License Keys are sorted by a column’s head, and stay so on the next page', { tag: '@no-js' }, async ({ page, installation }) => {
  const name = `sorted-${test.info().project.name}`;
  await buy(installation, `${name}@zoo.example.com`);
  await buy(installation, `${name}@bar.example.com`, 50);
  await page.goto(`/licenses?find=${name}`);
  await hydrated(page);
  const rows = rowsOf(page, 'License keys');
  const head = page.getByRole('columnheader', { name: 'Customer' });
  await expect(page.getByRole('columnheader', { name: 'Issued' })).toHaveAttribute('aria-sort', 'descending');
  await expect(head).not.toHaveAttribute('aria-sort', /./);
  await head.getByRole('link').click();
  await expect(head).toHaveAttribute('aria-sort', 'ascending');
  await expect(page).toHaveURL((url) => url.searchParams.get('find') === name && url.searchParams.get('sort') === 'email');
  await expect(rows.first()).toContainText('@bar.');
  await page.getByRole('link', { name: 'Next page' }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText('@zoo.');
  await head.getByRole('link').click();
  await expect(head).toHaveAttribute('aria-sort', 'descending');
  await expect(rows.first()).toContainText('@zoo.');
  for (const column of ['Product', 'Expires']) {
    await page.getByRole('columnheader', { name: column }).getByRole('link').click();
    await expect(page.getByRole('columnheader', { name: column })).toHaveAttribute('aria-sort', 'ascending');
    await expect(rows).toHaveCount(50);
  }
});

adminTest('tickets and the audit log are read from their beginning, page by page', { tag: '@no-js' }, async ({ page, installation }) => {
  const name = test.info().project.name;
  for (let number = 0; number < 51; number += 1) {
    await installation.api('POST', '/api/support/ticket', {
      productName: installation.product.name,
      email: `turned-${name}@example.com`,
      subject: `Turn ${number} (${name})`,
      message: 'And again.',
    });
  }
  const tickets = new ListTable(page, 'Tickets');
  // A word that is no order is the list's own.
  await page.goto(`/tickets?find=turned-${name}&sort=price`);
  await hydrated(page);
  await tickets.expectSorted('Received', 'descending');
  await expect(tickets.rows.first()).toContainText('Turn 50 (');
  await expect(page.getByRole('link', { name: 'Older' })).toBeVisible();
  await tickets.sortBy('Received', 'ascending');
  await expect(tickets.rows.first()).toContainText('Turn 0 (');
  await page.getByRole('link', { name: 'Next page' }).click();
  await expect(tickets.rows).toHaveCount(1);
  await expect(tickets.rows).toContainText('Turn 50 (');
  await tickets.expectSorted('Received', 'ascending');
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page).toHaveURL(({ searchParams }) => searchParams.get('sort') === 'created' && searchParams.get('find') === `turned-${name}`);
  await expect(tickets.rows.first()).toContainText('Turn 0 (');
  await tickets.sortBy('Received', 'descending');
  await expect(tickets.rows.first()).toContainText('Turn 50 (');

  const changes = new ListTable(page, 'Changes');
  await page.goto('/audit-log?about=ticket');
  await hydrated(page);
  await changes.expectSorted('When', 'descending');
  await changes.sortBy('When', 'ascending');
  await expect(page).toHaveURL(/about=ticket/);
  const first = await changes.moments();
  expect(first).toHaveLength(50);
  await page.getByRole('link', { name: 'Next page' }).click();
  await expect(page).toHaveURL(/after=/);
  await expect(page.getByRole('link', { name: 'First page' })).toBeVisible();
  await changes.expectSorted('When', 'ascending');
  const moments = [...first, ...(await changes.moments())];
  expect(moments).toEqual([...moments].sort());
});

adminTest('mails and tokens are sorted by their age', { tag: '@no-js' }, async ({ page, installation }) => {
  const name = `aged-${test.info().project.name}`;
  for (const place of ['one', 'two']) {
    await buy(installation, `${name}-${place}@example.com`);
    await installation.api('POST', '/api/token', { name: `${name} ${place}`, permissions: ['verify'] });
  }
  for (const [address, label, column] of [
    ['/outbox', 'Mails', 'Queued'],
    ['/access-tokens', 'Access tokens', 'Created'],
  ]) {
    const list = new ListTable(page, label);
    await page.goto(`${address}?find=${name}`);
    await hydrated(page);
    await list.expectSorted(column, 'descending');
    await expect(list.rows).toHaveCount(2);
    await expect(list.rows.first()).toContainText('two');
    await list.sortBy(column, 'ascending');
    await expect(list.rows.first()).toContainText('one');
    await expect(list.rows).toHaveCount(2);
  }
});

adminTest('products and plans are sorted by name and by age', { tag: '@no-js' }, async ({ page, installation }) => {
  const name = `Ordered ${test.info().project.name}`;
  for (const place of ['beta', 'Alpha']) {
    await installation.api('POST', '/api/product/', { name: `${name} ${place}` });
    await installation.api('POST', '/api/plan/', { name: `${name} ${place}`, durationDays: 30 });
  }
  for (const [address, label, column, age] of [
    ['/products', 'Products', 'Product', 'productId'],
    ['/plans', 'Plans', 'Plan', 'planId'],
  ]) {
    const list = new ListTable(page, label);
    await page.goto(`${address}?find=${encodeURIComponent(name)}`);
    await hydrated(page);
    await list.expectSorted(age, 'descending');
    await expect(list.rows.first()).toContainText('Alpha');
    await list.sortBy(age, 'ascending');
    await expect(list.rows.first()).toContainText('beta');
    await list.sortBy(column, 'ascending');
    await expect(list.rows.first()).toContainText('Alpha');
    await expect(list.head(age)).not.toHaveAttribute('aria-sort', /./);
    await list.sortBy(column, 'descending');
    await expect(list.rows.first()).toContainText('beta');
    await page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: 'archived' }).click();
    await expect(page).toHaveURL(({ searchParams }) => searchParams.get('state') === 'archived' && searchParams.get('sort') === '-name');
    await expect(page.getByText('Nothing found')).toBeVisible();
  }
});

adminTest('people are sorted by their address', { tag: '@no-js' }, async ({ page, installation }) => {
  for (const role of ['viewer', 'support']) installation.addPerson(role);
  const people = new ListTable(page, 'People');
  const addresses = async () => {
    const texts = await people.rows.locator('td.lead').allInnerTexts();
    return texts.map((text) => /^\S+@example\.com/.exec(text)?.[0].toLowerCase());
  };
  await page.goto('/users');
  await hydrated(page);
  await expect(people.head('Person')).not.toHaveAttribute('aria-sort', /./);
  await people.sortBy('Person', 'ascending');
  const rising = await addresses();
  expect(rising.length).toBeGreaterThan(2);
  expect(rising).toEqual([...rising].sort());
  await people.sortBy('Person', 'descending');
  const falling = await addresses();
  expect(falling).toEqual([...falling].sort().reverse());
});

test('an empty list on the live side does not lead to a test purchase', { tag: '@no-js' }, async ({ page, context, installation }) => {
  await context.addCookies((await signIn(installation, installation.admin)).cookies);
  await page.goto('/stripe');
  await hydrated(page);
  await page.getByRole('button', { name: 'Live' }).click();
  await expect(page.getByText('No events yet')).toBeVisible();
  await expect(page.getByRole('main').getByRole('link', { name: 'Make a test purchase' })).toHaveCount(0);
  await page.getByRole('link', { name: 'See what is missing to go live' }).click();
  await expect(page).toHaveURL('/help');
});

adminTest('a product is archived by name, found among the archived ones, and brought back', { tag: ['@no-js', '@mobile'] }, async ({ page, installation }) => {
  const name = `Old ${test.info().project.name}`;
  const product = await installation.api<{ id: number }>('POST', '/api/product/', { name });
  await page.goto(`/products/${product.id}`);
  await hydrated(page);
  await page.getByText('Archive…').click();
  await expect(page.getByText(`“${name}” leaves the lists`)).toBeVisible();
  await page.getByRole('button', { name: `Archive “${name}”` }).click();
  await expect(page.getByText('This product is archived')).toBeVisible();
  await page.goto('/products');
  await hydrated(page);
  await page.getByLabel('Name, from its beginning').fill(name.toUpperCase());
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page.getByText('Nothing found')).toBeVisible();
  await page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: 'archived' }).click();
  await expect(page).toHaveURL(/find=.*&state=archived/);
  await expect(rowsOf(page, 'Products')).toHaveCount(1);
  await rowsOf(page, 'Products').getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  await hydrated(page);
  await page.getByRole('button', { name: `Bring “${name}” back` }).click();
  await expect(page.getByText('Archive…')).toBeVisible();
  await expect(page.getByLabel('On sale')).not.toBeChecked();
});

adminTest('a plan is archived by name and brought back', { tag: '@no-js' }, async ({ page, installation }) => {
  const name = `Winter ${test.info().project.name}`;
  const plan = await installation.api<{ id: number }>('POST', '/api/plan/', { name, durationDays: 90 });
  await page.goto(`/plans/${plan.id}`);
  await hydrated(page);
  await page.getByText('Archive…').click();
  await page.getByRole('button', { name: `Archive “${name}”` }).click();
  await expect(page.getByText('This plan is archived')).toBeVisible();
  await page.goto(`/plans?state=archived&find=${encodeURIComponent(name)}`);
  await expect(rowsOf(page, 'Plans')).toHaveCount(1);
  await page.goto(`/plans/${plan.id}`);
  await hydrated(page);
  await page.getByRole('button', { name: `Bring “${name}” back` }).click();
  await expect(page.getByText('Archive…')).toBeVisible();
});

adminTest('tokens are narrowed to those that ended, and people are found by their address', { tag: '@no-js' }, async ({ page, installation }) => {
  const name = `Once ${test.info().project.name}`;
  const token = await installation.api<{ id: string }>('POST', '/api/token', { name, permissions: ['verify'] });
  await installation.api('DELETE', `/api/token/${token.id}`);
  await page.goto(`/access-tokens?find=${encodeURIComponent(name)}`);
  await hydrated(page);
  await expect(rowsOf(page, 'Access tokens')).toHaveCount(1);
  await page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: 'active', exact: true }).click();
  await expect(page.getByText('Nothing found')).toBeVisible();
  await page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: 'ended' }).click();
  await expect(rowsOf(page, 'Access tokens')).toHaveCount(1);
  const { email } = installation.addPerson('viewer');
  await page.goto('/users');
  await hydrated(page);
  await page.getByLabel('Address, from its beginning').fill(email);
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(rowsOf(page, 'People')).toHaveCount(1);
  await expect(rowsOf(page, 'People')).toContainText(email);
});

adminTest('a mail is found by its recipient, and the audit log narrowed to one thing and to days', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `Mail-${test.info().project.name}@example.com`;
  await buy(installation, email);
  await page.goto('/outbox');
  await hydrated(page);
  await page.getByLabel('Recipient, from the beginning').fill(email.slice(0, -8));
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page).toHaveURL(/find=/);
  await expect(page.getByRole('main').getByRole('row').filter({ hasText: email })).toHaveCount(1);
  await page.goto(`/licenses?find=${email}`);
  await rowsOf(page, 'License keys').getByRole('link').click();
  await page.getByRole('link', { name: 'All of it in the audit log' }).click();
  await expect(page).toHaveURL(/about=license&id=/);
  await expect(page.getByText('Only what was done to the licence')).toBeVisible();
  const lines = rowsOf(page, 'Changes');
  await expect(lines.first()).toContainText('issued');
  await hydrated(page);
  await page.getByLabel('To (UTC)', { exact: true }).fill('2020-01-31');
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page.getByText('Nothing here')).toBeVisible();
});

adminTest('the audit log of one thing is left by another choice', { tag: '@no-js' }, async ({ page, installation }) => {
  await page.goto(`/audit-log?about=product&id=${installation.product.id}`);
  await expect(page.getByText('Only what was done to the product')).toBeVisible();
  await hydrated(page);
  await page.getByLabel('About', { exact: true }).selectOption('Everything');
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page).toHaveURL((url) => url.pathname === '/audit-log' && !url.searchParams.has('id'));
  await expect(rowsOf(page, 'Changes').first()).toBeVisible();
  await expect(page.getByText('Only what was done')).toHaveCount(0);
});

adminTest('the audit log of one act, of one thing and of both says so, and leads back from each', { tag: '@no-js' }, async ({ page, installation }) => {
  const name = `Narrowed ${test.info().project.name}`;
  const plan = await installation.api<{ id: number }>('POST', '/api/plan/', { name, durationDays: 30 });
  await installation.api('POST', '/api/plan/', { id: plan.id, durationDays: 60 });
  const lines = rowsOf(page, 'Changes');
  const [act, thing] = [page.getByText('Only “created”'), page.getByText('Only what was done to the plan')];
  const narrowed = (verb: string | null, id: string | null) => (url: URL) =>
    url.searchParams.get('verb') === verb && url.searchParams.get('id') === id && url.searchParams.get('about') === 'plan';
  await page.goto(`/audit-log?about=plan&id=${plan.id}`);
  await hydrated(page);
  await expect(lines).toHaveCount(2);
  await expect(act).toHaveCount(0);
  await page.getByRole('table', { name: 'Changes' }).getByRole('link', { name: 'created', exact: true }).click();
  await expect(page).toHaveURL(narrowed('created', `${plan.id}`));
  await expect(lines).toHaveCount(1);
  await expect(act).toBeVisible();
  await expect(thing).toBeVisible();
  await page.getByRole('link', { name: 'Whatever was done' }).click();
  await expect(page).toHaveURL(narrowed(null, `${plan.id}`));
  await expect(lines).toHaveCount(2);
  await expect(act).toHaveCount(0);
  await page.goto(`/audit-log?about=plan&id=${plan.id}&verb=created`);
  await hydrated(page);
  await page.getByRole('link', { name: 'Every plan' }).click();
  await expect(page).toHaveURL(narrowed('created', null));
  await expect(thing).toHaveCount(0);
  await expect(act).toBeVisible();
  // The form keeps the act, and it is said all the same.
  await hydrated(page);
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page).toHaveURL(narrowed('created', null));
  await expect(act).toBeVisible();
});

adminTest.describe('a day behind the year 9999', () => {
  adminTest.use({ expectedComplaints: [/status of 422 .*from=20000/] });

  adminTest('is refused beside its field, and the form stays', { tag: ['@no-js', '@mobile'] }, async ({ page }) => {
    await page.goto('/audit-log?about=product&from=20000-01-31');
    await hydrated(page);
    await expectRefusal(page.getByLabel('From (UTC)', { exact: true }), /like 2027-01-31/);
    await expect(page.getByLabel('About', { exact: true })).toHaveValue('product');
    await expect(page.getByText('Nothing was looked for')).toBeVisible();
  });
});

/** Lists as their filters leave them, by the name of their picture. */
const NARROWED: [name: string, address: string][] = [
  ['list-licenses-by-holder', '/licenses?sort=email'],
  ['list-events-of-a-type', '/stripe?type=payment_intent.succeeded'],
  ['list-apps-archived', '/stripe?apps=archived&find=evt_none'],
  ['list-products-archived', '/products?state=archived'],
  ['list-products-by-name', '/products?sort=name'],
  ['list-tokens-ended', '/access-tokens?state=revoked'],
  ['list-people-none', '/users?find=nobody'],
  ['list-tickets-open', '/tickets?state=open'],
  ['list-tickets-oldest', '/tickets?sort=created'],
  ['list-tokens-oldest', '/access-tokens?sort=created'],
  ['list-devices-by-hardware', '/activity?sort=hardware_id'],
  ['list-changes-of-a-product', '/audit-log?about=product&id=1&from=2020-01-31&to=2100-01-31'],
  ['list-changes-of-an-act', '/audit-log?verb=created&about=product&id=1'],
];

for (const [name, address] of NARROWED) {
  adminTest(`the page ${name} is as it must be`, { tag: '@mobile' }, async ({ page, installation }) => {
    await buy(installation, `${name}-${test.info().project.name}@example.com`);
    await page.goto(address);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectSound(page, name);
  });
}
