// One key in people's hands: held back, extended, sent again, used offline, taken from a device; and new ones.
import type { Page } from '@playwright/test';
import { expectRefusal } from '../pages/fields.ts';
import type { Installation } from '../support/installation.ts';
import { mailsTo } from '../support/purchases.ts';
import { signIn } from '../support/signed_in.ts';
import { adminTest, expect, expectNoSidewaysScroll, hydrated, test } from '../support/test.ts';

/** A key of the test's own, and its page. */
async function openKey(page: Page, installation: Installation, fields: object = {}): Promise<{ key: string; email: string }> {
  const email = `acts-${test.info().testId}@example.com`;
  const body = { productId: installation.product.id, email, validityDays: 30, livemode: false, ...fields };
  await installation.api('POST', '/api/activationkey/generate', body);
  await page.goto(`/licenses?find=${email}`);
  const link = page.getByRole('table', { name: 'License keys' }).locator('tbody').getByRole('link').first();
  const key = await link.innerText();
  await page.goto((await link.getAttribute('href')) ?? '');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(key);
  await hydrated(page);
  return { key, email };
}

async function expectState(page: Page, state: string): Promise<void> {
  const facts = page.locator('section', { has: page.getByRole('heading', { name: 'Facts' }) });
  await expect(facts.locator('.tag').filter({ hasText: new RegExp(`^${state}$`) })).toBeVisible();
}

adminTest('a key is suspended, reinstated and revoked, each under its name', { tag: '@no-js' }, async ({ page, installation }) => {
  const { key } = await openKey(page, installation);
  await page.getByText('Suspend…').click();
  await expect(page.getByText(`${key} is held back for a while`)).toBeVisible();
  await page.getByRole('button', { name: `Suspend ${key}` }).click();
  await expect(page.getByText('Suspended.')).toBeVisible();
  await expectState(page, 'suspended');
  await hydrated(page);
  await page.getByRole('button', { name: `Reinstate ${key}` }).click();
  await expect(page.getByText('Reinstated. The key works')).toBeVisible();
  await expectState(page, 'active');
  await hydrated(page);
  await page.getByText('Revoke…').click();
  await page.getByRole('button', { name: `Revoke ${key}` }).click();
  await expect(page.getByText('Revoked.')).toBeVisible();
  await expectState(page, 'revoked');
  await expect(page.getByText('Suspend…')).toHaveCount(0);
  const history = page.locator('section', { has: page.getByRole('heading', { name: 'History' }) });
  await expect(history).toContainText(`revoked by ${installation.admin.email}`);
});

adminTest('a key is extended by days or until a day, and told why not', { tag: '@no-js' }, async ({ page, installation }) => {
  await openKey(page, installation);
  const [days, date] = ['Days', 'Or until'].map((label) => page.getByLabel(label, { exact: true }));
  const extend = page.getByRole('button', { name: 'Extend' });
  await days.fill('30');
  await date.fill('2031-05-06');
  await extend.click();
  await expectRefusal(date, /not both/);
  await expect(days).toHaveValue('30');
  await days.fill('');
  await extend.click();
  await expect(page.getByText('It ends on 2031-05-06 23:59:59 UTC now.')).toBeVisible();
  await expect(page.locator('time').filter({ hasText: '2031-05-06 23:59:59' })).toBeVisible();
  await hydrated(page);
  await expect(days).toHaveValue('');
  await days.fill('1');
  await extend.click();
  await expect(page.getByText('It ends on 2031-05-07 23:59:59 UTC now.')).toBeVisible();
});

adminTest('what stands on a key is edited, and its seats never fall below those taken', { tag: '@no-js' }, async ({ page, installation }) => {
  const { key } = await openKey(page, installation, { maxSeats: 5 });
  const device = { activationKey: key, productName: installation.product.name };
  for (const hardwareId of ['EDIT-1', 'EDIT-2']) await installation.api('POST', '/api/license/activate', { ...device, hardwareId });
  const field = (label: string) => page.getByLabel(label, { exact: true });
  const save = page.getByRole('button', { name: 'Save' });
  await field('Company').fill('Umbrella GmbH');
  await field('Seats').fill('1');
  await field('Note').fill('Paid by wire.');
  await save.click();
  await expectRefusal(field('Seats'), /2 seats are in use/);
  await expect(field('Company')).toHaveValue('Umbrella GmbH');
  await expect(field('Note')).toHaveValue('Paid by wire.');
  await field('Seats').fill('3');
  await field('Own features').fill('beta, maps');
  await save.click();
  await expect(page.getByText('Saved.')).toBeVisible();
  const facts = page.locator('section', { has: page.getByRole('heading', { name: 'Facts' }) });
  for (const text of ['Umbrella GmbH', '2 of 3 taken', 'beta, maps', 'Paid by wire.']) await expect(facts).toContainText(text);
  const history = page.locator('section', { has: page.getByRole('heading', { name: 'History' }) });
  await expect(history).toContainText('fields: corporate');
  await expect(history).not.toContainText('wire');
  const answer = await installation.api<{ features: string[] }>('POST', '/api/license/validate', { ...device, hardwareId: 'EDIT-1' });
  expect(answer.features).toContain('beta');
  await hydrated(page);
  await field('Note').fill('');
  await save.click();
  await expect(facts).not.toContainText('wire');
});

adminTest('a key is mailed to its holder and to another address', { tag: '@no-js' }, async ({ page, installation }) => {
  const { key, email } = await openKey(page, installation);
  const to = page.getByLabel('To', { exact: true });
  await expect(to).toHaveValue(email);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByText('The key is on its way.')).toBeVisible();
  await hydrated(page);
  await to.fill(`other-${email}`);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const [mail] = await mailsTo(installation, `other-${email}`);
  expect(mail.text).toContain(key);
});

adminTest('an offline code is made for one device, which then has the seat', { tag: '@no-js' }, async ({ page, installation }) => {
  const { key, email } = await openKey(page, installation);
  const device = `PC-${test.info().testId}`.toUpperCase();
  await expect(page.getByText('No devices yet')).toBeVisible();
  await page.getByLabel('Hardware id', { exact: true }).fill(device.toLowerCase());
  await page.getByRole('button', { name: 'Make the code' }).click();
  await expect(page.getByText('It works on this one device.')).toBeVisible();
  const panel = page.locator('section', { has: page.getByRole('heading', { name: 'Offline code for one hardware id' }) });
  const code = await panel.locator('code').innerText();
  expect(code.length).toBeGreaterThan(300);
  const row = page.getByRole('table', { name: 'Devices' }).locator('tbody').getByRole('row');
  await expect(row).toHaveCount(1);
  await expect(row).toContainText('activated');
  const answer = await installation.api<{ status: string }>('POST', '/api/license/validate', {
    activationKey: code,
    hardwareId: device,
    productName: installation.product.name,
  });
  expect(answer.status).toBe('licensed');
  await hydrated(page);
  await page.getByLabel('Hardware id', { exact: true }).fill('ANOTHER');
  await page.getByRole('button', { name: 'Make the code' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByLabel('Hardware id', { exact: true })).toHaveValue('ANOTHER');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(key);
  await mailsTo(installation, email, 0);
});

adminTest('a device that is gone is deactivated at once, and another takes its seat', { tag: ['@no-js', '@mobile'] }, async ({ page, installation }) => {
  const name = `Seats of ${test.info().testId}`;
  const product = await installation.api<{ id: number }>('POST', '/api/product/', { name, deactivationCooldownHours: 24 });
  const { key } = await openKey(page, installation, { productId: product.id, maxSeats: 2 });
  const address = page.url();
  const activate = (hardwareId: string) =>
    installation.api('POST', '/api/license/activate', { activationKey: key, hardwareId, productName: name, version: '2.0' });
  const [gone, called] = ['A7F3-99B2-CC41-0D5E-A7F3-99B2-CC41-0D5E', 'A7F3-99B2-CC…1-0D5E'];
  // One gives its seat back by itself: from here on no other may, for the product's hours.
  await activate('MOVED');
  await installation.api('POST', '/api/license/deactivate', { licenseKey: key, hardwareId: 'MOVED', productName: name });
  for (const device of [gone, 'KEPT']) await activate(device);
  await page.goto(address);
  await hydrated(page);
  const panel = (title: string) => page.locator('section', { has: page.getByRole('heading', { name: title, exact: true }) });
  const rows = page.getByRole('table', { name: 'Devices' }).locator('tbody').getByRole('row');
  const row = rows.filter({ hasText: called });
  await expect(panel('Facts')).toContainText('2 of 2 taken');
  await expect(rows.getByText('Deactivate…')).toHaveCount(2);
  await row.getByText('Deactivate…').click();
  await expect(row.getByText(`${called} loses its seat of the key …${key.slice(-4)} at once`)).toBeVisible();
  await expectNoSidewaysScroll(page);
  await row.getByRole('button', { name: `Deactivate ${called}` }).click();
  await expect(page.getByText('Deactivated. Another device can take the seat.')).toBeVisible();
  await expect(panel('Facts')).toContainText('1 of 2 taken');
  await expect(row.locator('.tag')).toHaveText('deactivated');
  await expect(rows.getByText('Deactivate…')).toHaveCount(1);
  await expect(panel('History')).toContainText(`deactivated by ${installation.admin.email}`);
  await activate('NEW');
  await page.goto(address);
  await expect(panel('Facts')).toContainText('2 of 2 taken');
  await expect(rows.filter({ hasText: 'NEW' }).locator('.tag')).toHaveText('activated');
});

adminTest('a device that gave its seat back while somebody looked is left as it is', { tag: '@no-js' }, async ({ page, installation }) => {
  const { key } = await openKey(page, installation);
  const address = page.url();
  const device = { hardwareId: 'QUICKER', productName: installation.product.name };
  await installation.api('POST', '/api/license/activate', { activationKey: key, ...device });
  await page.goto(address);
  await hydrated(page);
  await installation.api('POST', '/api/license/deactivate', { licenseKey: key, ...device });
  await page.getByText('Deactivate…').click();
  await page.getByRole('button', { name: 'Deactivate QUICKER' }).click();
  await expect(page.getByText('This device had no seat any more. Nothing was changed.')).toBeVisible();
  const history = page.locator('section', { has: page.getByRole('heading', { name: 'History' }) });
  await expect(history.getByText('deactivated by')).toHaveCount(1);
});

adminTest('keys are generated one by one and many at once', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `made-${test.info().testId}@example.com`;
  await page.goto('/licenses');
  await page.getByRole('link', { name: 'Generate keys' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Generate keys');
  await hydrated(page);
  const field = (label: string) => page.getByLabel(label, { exact: true });
  const generate = page.getByRole('button', { name: 'Generate' });
  await field('Company').fill('Umbrella GmbH');
  await field('Days').fill('10');
  await generate.click();
  await expect(field('Holder’s e-mail')).toHaveAttribute('aria-invalid', 'true');
  await expect(field('Company')).toHaveValue('Umbrella GmbH');
  await field('Holder’s e-mail').fill(email);
  await generate.click();
  await expect(page.getByText('Umbrella GmbH')).toBeVisible();
  await expect(page.getByText('in 10 days').or(page.getByText('in 9 days')).first()).toBeVisible();
  await page.goto('/licenses/new');
  await hydrated(page);
  await field('Holder’s e-mail').fill(email);
  await field('Keys').fill('3');
  await field('Seats of each').fill('5');
  await generate.click();
  const rows = page.getByRole('table', { name: 'License keys' }).locator('tbody').getByRole('row');
  await expect(rows).toHaveCount(4);
  await rows.first().getByRole('link').click();
  await expect(page.getByText('0 of 5 taken')).toBeVisible();
  await page.goto('/licenses/new');
  await hydrated(page);
  await field('Holder’s e-mail').fill(email);
  await field('Hardware id').fill(`made-${test.info().testId}`);
  await generate.click();
  await expect(page.getByText('Newest code')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Devices' })).toContainText('activated');
});

test('somebody of the support sends a key again, and is offered nothing that changes it', { tag: '@no-js' }, async ({ page, context, installation }) => {
  await context.addCookies((await signIn(installation, installation.addPerson('support'))).cookies);
  const { key } = await openKey(page, installation);
  const device = { hardwareId: 'ITS-OWN', productName: installation.product.name };
  await installation.api('POST', '/api/license/activate', { activationKey: key, ...device });
  await page.goto(page.url());
  await hydrated(page);
  await expect(page.getByRole('table', { name: 'Devices' })).toContainText('ITS-OWN');
  await expect(page.getByText('Deactivate…')).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Extend' })).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Hold back' })).toHaveCount(0);
  const to = `asked-again-${test.info().project.name}@example.com`;
  await page.getByLabel('To', { exact: true }).fill(to);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByText('The key is on its way.')).toBeVisible();
  const [mail] = await mailsTo(installation, to);
  expect(mail.text).toContain(key);
});
