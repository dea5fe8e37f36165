// Finding keys, and reading further than one page.
import { expectRefusal } from '../pages/fields.ts';
import { buy } from '../support/purchases.ts';
import { expectSound } from '../support/soundness.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

const PAGE = 50;

adminTest('a holder is found by how the address begins', { tag: '@no-js' }, async ({ page, installation }) => {
  const name = `zoe.${test.info().project.name}`;
  await buy(installation, `${name}@example.com`, 2);
  await page.goto('/licenses');
  await hydrated(page);
  const field = page.getByLabel('Key or e-mail', { exact: true });
  await field.fill(` ${name.toUpperCase()}@EX`);
  await page.getByRole('button', { name: 'Find' }).click();
  const rows = page.getByRole('table', { name: 'License keys' }).locator('tbody').getByRole('row');
  await expect(rows).toHaveCount(2);
  const key = await rows.first().locator('code').innerText();
  await hydrated(page);
  await field.fill(key.slice(-4).toLowerCase());
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(rows.filter({ hasText: key })).toHaveCount(1);
});

adminTest.describe('what cannot be searched for', () => {
  adminTest.use({ expectedComplaints: [/status of 422 .*find=two/] });

  adminTest('is refused beside its field, and nowhere else', { tag: ['@no-js', '@mobile'] }, async ({ page }) => {
    await page.goto('/licenses?find=two+words');
    await hydrated(page);
    const field = page.getByLabel('Key or e-mail', { exact: true });
    await expectRefusal(field, /whole key, its last four characters/);
    await expect(field).toHaveValue('two words');
    await expect(page.getByRole('alert')).toHaveCount(1);
    await expect(page.getByText('Some fields')).toHaveCount(0);
    await expectSound(page, 'licenses-refused');
  });
});

adminTest('a long list goes on page by page, and back', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `many-${test.info().project.name}@example.com`;
  await buy(installation, email, PAGE + 10);
  await page.goto(`/licenses?find=${email}`);
  await hydrated(page);
  const codes = page.getByRole('table', { name: 'License keys' }).locator('tbody code');
  await expect(codes).toHaveCount(PAGE);
  const first = await codes.allInnerTexts();
  await page.getByRole('link', { name: 'Older' }).click();
  await expect(codes).toHaveCount(10);
  const rest = await codes.allInnerTexts();
  expect(new Set([...first, ...rest]).size).toBe(PAGE + 10);
  await expect(page.getByRole('link', { name: 'Older' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Newest' }).click();
  await expect(codes).toHaveCount(PAGE);
  expect(await codes.allInnerTexts()).toEqual(first);
});

adminTest('the audit log goes on page by page', { tag: '@no-js' }, async ({ page, installation }) => {
  const name = `Ever longer, ${test.info().project.name}`;
  const plan = await installation.api<{ id: number }>('POST', '/api/plan/', { name, durationDays: 1 });
  for (let durationDays = 2; durationDays <= PAGE + 1; durationDays += 1) {
    await installation.api('POST', '/api/plan/', { id: plan.id, durationDays });
  }
  await page.goto('/audit-log');
  await hydrated(page);
  const rows = page.getByRole('table', { name: 'Changes' }).locator('tbody').getByRole('row');
  await expect(rows).toHaveCount(PAGE);
  const newest = await rows.first().innerText();
  await page.getByRole('link', { name: 'Older' }).click();
  await expect(page).toHaveURL(/after=/);
  await expect(rows.filter({ hasText: name }).filter({ hasText: 'created' })).toHaveCount(1);
  expect(await rows.first().innerText()).not.toBe(newest);
});

adminTest('a key’s page leads to its product, its plan and its device, and shows the latest of its history', { tag: '@no-js' }, async ({ page, installation }) => {
  const own = `${test.info().project.name}-${test.info().testId}`;
  const plan = await installation.api<{ id: number; name: string }>('POST', '/api/plan/', { name: `Led to ${own}`, durationDays: 30 });
  const email = `leads-${own}@example.com`;
  const { activationKey } = await installation.api<{ activationKey: string }>('POST', '/api/activationkey/generate', {
    productId: installation.product.id,
    planId: plan.id,
    email,
    hardwareId: `led-to-${own}`,
    livemode: false,
  });
  for (let n = 0; n < PAGE; n += 1) await installation.api('PUT', `/api/license/${activationKey}`, { note: `No. ${n}` });
  await page.goto(`/licenses?find=${encodeURIComponent(email)}`);
  await page.getByRole('table', { name: 'License keys' }).locator('tbody').getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(activationKey);
  await hydrated(page);
  const main = page.getByRole('main');
  await expect(main.getByRole('link', { name: installation.product.name })).toHaveAttribute('href', `/products/${installation.product.id}`);
  await expect(main.getByRole('link', { name: `Led to ${own}` })).toHaveAttribute('href', `/plans/${plan.id}`);
  const history = page.locator('section').filter({ has: page.getByRole('heading', { name: 'History' }) });
  await expect(history.getByRole('listitem')).toHaveCount(PAGE);
  await expect(history.getByRole('link', { name: 'All of it in the audit log' })).toBeVisible();
  await page.getByRole('table', { name: 'Devices' }).locator('tbody').getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(`/activity/${installation.product.id}/LED`));
  await expect(page.getByRole('main').getByRole('link', { name: `…${activationKey.slice(-4)}` })).toBeVisible();
});

adminTest('the devices of a key with many seats are read a page at a time', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `seats.${test.info().project.name}.${test.info().testId}@example.com`;
  const { activationKey } = await installation.api<{ activationKey: string }>('POST', '/api/activationkey/generate', {
    productName: installation.product.name,
    email,
    maxSeats: PAGE + 1,
    livemode: false,
  });
  for (let n = 0; n <= PAGE; n += 1) {
    const device = { activationKey, email, hardwareId: `seat-${n}`, productName: installation.product.name };
    await installation.api('POST', '/api/license/activate', device);
  }
  await page.goto(`/licenses?find=${encodeURIComponent(email)}`);
  await page.getByRole('table', { name: 'License keys' }).locator('tbody').getByRole('link').click();
  const rows = page.getByRole('table', { name: 'Devices' }).locator('tbody').getByRole('row');
  await expect(rows).toHaveCount(PAGE);
  await expect(rows.first()).toContainText(`SEAT-${PAGE}`);
  await page.getByRole('link', { name: 'Older' }).click();
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('SEAT-0');
  await page.getByRole('link', { name: 'Newest' }).click();
  await expect(rows).toHaveCount(PAGE);
  await expect(page.getByText(`${PAGE + 1} of ${PAGE + 1} taken`)).toBeVisible();
});
