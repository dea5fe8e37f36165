// A session that ends while somebody is typing: nothing that was typed is lost, but secrets.
import type { Page } from '@playwright/test';
import type { Installation } from '../support/installation.ts';
import { buy } from '../support/purchases.ts';
import { adminTest, expect, hydrated } from '../support/test.ts';

async function signInAgain(page: Page, installation: Installation): Promise<void> {
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await hydrated(page);
  await page.getByLabel('E-mail').fill(installation.admin.email);
  await page.getByLabel('Password').fill(installation.admin.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

adminTest('a form whose session ended is filled in after signing in again', { tag: '@no-js' }, async ({ page, context, installation }) => {
  const hasScript = adminTest.info().project.use.javaScriptEnabled !== false;
  const name = `Typed before the end (${adminTest.info().project.name})`;
  await page.goto('/plans/new');
  await hydrated(page);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Days', { exact: true }).fill('77');
  await page.getByLabel('Active', { exact: true }).uncheck();
  await context.clearCookies();
  await page.getByRole('button', { name: 'Save plan' }).click();
  if (hasScript) {
    const refusal = page.getByRole('alert');
    await expect(refusal).toContainText('You are not signed in any more');
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue(name);
    await refusal.getByRole('link', { name: 'Sign in' }).click();
  }
  await signInAgain(page, installation);
  await expect(page).toHaveURL(/\/plans\/new\?flash=/);
  await hydrated(page);
  await expect(page.getByRole('alert')).toContainText('Not done yet');
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue(name);
  await expect(page.getByLabel('Days', { exact: true })).toHaveValue('77');
  await expect(page.getByLabel('Active', { exact: true })).not.toBeChecked();
  await page.getByRole('button', { name: 'Save plan' }).click();
  await expect(page).toHaveURL(/\/plans(\?flash=.*)?$/);
  await expect(page.getByRole('row').filter({ hasText: name })).toContainText('77 days');
});

adminTest('what was typed comes back in the same browser alone', { tag: '@only-no-js' }, async ({ page, context, browser, session, installation }) => {
  await page.goto('/plans/new');
  await page.getByLabel('Name', { exact: true }).fill('Mine alone');
  await context.clearCookies();
  await page.getByRole('button', { name: 'Save plan' }).click();
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  const next = new URL(page.url()).searchParams.get('next') ?? '';
  expect(next).toMatch(/^\/plans\/new\?flash=/);
  const other = await browser.newContext({ baseURL: installation.url, javaScriptEnabled: false });
  await other.addCookies(session.cookies);
  const theirs = await other.newPage();
  await theirs.goto(next);
  await expect(theirs.getByLabel('Name', { exact: true })).toHaveValue('');
  await other.close();
});

adminTest('secrets that were typed are not kept', { tag: '@no-js' }, async ({ page, context, installation }) => {
  const secret = 'sk_test_typed_before_the_end';
  await page.goto('/stripe/apps/new');
  await hydrated(page);
  await page.getByLabel('Name', { exact: true }).fill('Half an app');
  await page.getByLabel('Secret key', { exact: true }).fill(secret);
  await context.clearCookies();
  await page.getByRole('button', { name: 'Save app' }).click();
  if (adminTest.info().project.use.javaScriptEnabled !== false) {
    await page.getByRole('alert').getByRole('link', { name: 'Sign in' }).click();
  }
  await signInAgain(page, installation);
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Half an app');
  await expect(page.getByLabel('Secret key', { exact: true })).toHaveValue('');
  expect(await page.content()).not.toContain(secret);
});

adminTest.describe('while a page is open', () => {
  adminTest.use({ expectedComplaints: [/status of 401/] });

  adminTest('it says that the session ended, leads in beside it, and goes on afterwards', async ({ page, context, installation }) => {
    const stream = page.waitForResponse((response) => new URL(response.url()).pathname === '/live');
    await page.goto('/licenses?state=active');
    await hydrated(page);
    await stream;
    await context.clearCookies();
    await buy(installation, 'meanwhile-signed-out@example.com');
    const line = page.getByText('You are not signed in any more');
    await expect(line).toBeVisible();
    const opened = context.waitForEvent('page');
    await page.getByRole('link', { name: 'Sign in in another tab' }).click();
    const tab = await opened;
    await signInAgain(tab, installation);
    await expect(tab).toHaveURL(/\/licenses\?state=active$/);
    await expect(line).toHaveCount(0, { timeout: 25_000 });
    await expect(page).toHaveURL(/\/licenses\?state=active$/);
  });
});
