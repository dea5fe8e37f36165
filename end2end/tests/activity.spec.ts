// License Activity: devices found, one looked at, and its trial given another end; keys taken along as a file.
import { readFile } from 'node:fs/promises';
import { expectRefusal } from '../pages/fields.ts';
import { ListTable } from '../pages/list_table.ts';
import type { Installation } from '../support/installation.ts';
import { expectSound } from '../support/soundness.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

/** A product of its own with a trial, and devices that have asked for it. */
async function askForTrial(installation: Installation, devices: string[]): Promise<{ id: number; name: string }> {
  const name = `Trial of ${test.info().project.name} ${test.info().testId}`;
  const product = await installation.api<{ id: number }>('POST', '/api/product/', { name, trialDays: 14 });
  for (const hardwareId of devices) {
    await installation.api('POST', '/api/license/validate', { hardwareId, productName: name, version: '1.0' });
  }
  return { id: product.id, name };
}

adminTest('a device is found, and its trial gets another end by hand', { tag: ['@no-js', '@mobile'] }, async ({ page, installation }) => {
  const device = 'A7F3-99B2-CC41-0D5E/A7F3-99B2-CC41-0D5E %';
  const product = await askForTrial(installation, [device, 'PC-2']);
  await page.goto('/activity');
  await hydrated(page);
  await page.getByLabel('Product', { exact: true }).selectOption({ label: product.name });
  await page.getByLabel('Hardware id, from its beginning').fill('a7f3-99');
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  const rows = page.getByRole('table', { name: 'Devices' }).locator('tbody').getByRole('row');
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('on trial');
  await hydrated(page);
  await rows.getByRole('link').click();
  await expect(page.getByRole('main')).toContainText('A device that runs');
  await hydrated(page);
  await page.getByLabel('Ends', { exact: true }).fill('2001-01-01');
  await page.getByRole('button', { name: 'Move the end' }).click();
  await expectRefusal(page.getByLabel('Ends', { exact: true }), /The trial began later/);
  await hydrated(page);
  await page.getByLabel('Ends', { exact: true }).fill('2031-12-31');
  await page.getByRole('button', { name: 'Move the end' }).click();
  await expect(page.getByText('The trial ends on 2031-12-31 23:59:59 UTC.')).toBeVisible();
  await expect(page.getByText(/trial changed by/)).toBeVisible();
  await expectSound(page, 'device-moved');
});

adminTest('devices are sorted by a column’s head, and what a beginning finds by hardware id alone', { tag: ['@no-js', '@mobile'] }, async ({ page, installation }) => {
  const product = await askForTrial(installation, ['SORT-B', 'SORT-A']);
  const list = new ListTable(page, 'Devices');
  await page.goto(`/activity?product=${product.id}`);
  await hydrated(page);
  await list.expectSorted('Last seen', 'descending');
  await list.sortBy('Hardware id', 'ascending');
  await expect(list.rows.first()).toContainText('SORT-A');
  await list.sortBy('Hardware id', 'descending');
  await expect(list.rows.first()).toContainText('SORT-B');
  for (const column of ['First seen', 'Last seen']) {
    await list.sortBy(column, 'ascending');
    await list.sortBy(column, 'descending');
    await expect(list.rows).toHaveCount(2);
  }
  await hydrated(page);
  await page.getByLabel('Hardware id, from its beginning').fill('sort-');
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  await list.expectSorted('Hardware id', 'ascending');
  await expect(list.rows).toHaveCount(2);
  await expect(list.rows.first()).toContainText('SORT-A');
  await expect(list.head('Last seen').getByRole('link')).toHaveCount(0);
});

adminTest('what no device is like is said, with the way back', { tag: '@no-js' }, async ({ page, installation }) => {
  const product = await askForTrial(installation, ['PC-3']);
  await page.goto(`/activity?product=${product.id}&state=activated`);
  await expect(page.getByText('Nothing found', { exact: true })).toBeVisible();
  await page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: 'on trial' }).click();
  await expect(page).toHaveURL(/state=on(_|%5F)trial/);
  const rows = page.getByRole('table', { name: 'Devices' }).locator('tbody').getByRole('row');
  await expect(rows).toHaveCount(1);
});

adminTest('the keys of a product are taken along as a file', { tag: '@no-js' }, async ({ page, installation }) => {
  const product = await askForTrial(installation, []);
  const { activationKeys } = await installation.api<{ activationKeys: string[] }>('POST', '/api/activationkey/generate', {
    productName: product.name,
    email: 'ann@example.com',
    corporateName: '=1+1',
    quantity: 3,
    livemode: false,
  });
  await page.goto(`/licenses?product=${product.id}`);
  await hydrated(page);
  await expect(page.getByRole('table', { name: 'License keys' }).locator('tbody').getByRole('row')).toHaveCount(3);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /as CSV/ }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^license-keys-\d{4}-\d\d-\d\d\.csv$/);
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  expect(lines).toHaveLength(4);
  expect(lines.slice(1).map((line) => line.split(',')[0]).sort()).toEqual([...activationKeys].sort());
  expect(lines[1]).toContain(",'=1+1,");
});
