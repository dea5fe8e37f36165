// Plans: made, changed, taken off sale.
import { expectRefusal } from '../pages/fields.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

adminTest('a plan is made, changed and taken off sale', { tag: '@no-js' }, async ({ page }) => {
  const [made, changed] = ['Season', 'Half year'].map((name) => `${name} ${test.info().project.name}`);
  await page.goto('/plans');
  await page.getByRole('link', { name: 'New plan' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('New plan');
  await hydrated(page);
  const [name, days, features] = ['Name', 'Days', 'Features'].map((label) => page.getByLabel(label, { exact: true }));
  const save = page.getByRole('button', { name: 'Save plan' });
  await name.fill(made);
  await days.fill('36501');
  await features.fill('api, maps');
  await save.click();
  await expectRefusal(days, /36500/);
  await expect(name).toHaveValue(made);
  await expect(features).toHaveValue('api, maps');
  await days.fill('90');
  await save.click();
  const row = page.getByRole('table', { name: 'Plans' }).getByRole('row').filter({ hasText: made });
  await expect(page.getByRole('status').filter({ hasText: `The plan “${made}” is made.` })).toBeVisible();
  await expect(row).toContainText('90 days');
  await expect(row).toContainText('active');
  await row.getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(made);
  await hydrated(page);
  await expect(features).toHaveValue('api, maps');
  await name.fill(changed);
  await features.fill('f'.repeat(101));
  await save.click();
  await expectRefusal(features, /100/);
  await features.fill('beta,api,beta');
  await days.fill('183');
  await page.getByLabel('Active', { exact: true }).uncheck();
  await save.click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(changed);
  await expect(days).toHaveValue('183');
  await expect(features).toHaveValue('beta, api');
  await expect(page.getByLabel('Active', { exact: true })).not.toBeChecked();
  await page.goto('/plans');
  const after = page.getByRole('row').filter({ hasText: changed });
  await expect(after).toContainText('183 days');
  await expect(after).toContainText('not sold');
});

adminTest('two plans of one name are refused beside it', { tag: '@no-js' }, async ({ page, installation }) => {
  const taken = `Taken ${test.info().project.name}`;
  await installation.api('POST', '/api/plan/', { name: taken, durationDays: 30 });
  await page.goto('/plans/new');
  await hydrated(page);
  await page.getByLabel('Name', { exact: true }).fill(taken.toUpperCase());
  await page.getByLabel('Days', { exact: true }).fill('30');
  await page.getByRole('button', { name: 'Save plan' }).click();
  await expectRefusal(page.getByLabel('Name', { exact: true }), /Another plan has this name/);
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue(taken.toUpperCase());
});
