// Around every page: the list of pages, the switch between Test and Live.
import { goByLink } from '../pages/navigation.ts';
import { signIn } from '../support/signed_in.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

adminTest('on a phone the list of pages opens, leads on and closes', { tag: '@mobile' }, async ({ page }) => {
  await page.goto('/');
  await hydrated(page);
  const burger = page.locator('.burger');
  if (test.info().project.name === 'mobile-360') await burger.click();
  else await expect(burger).toBeHidden();
  await goByLink(page, 'Outbox');
  if (test.info().project.name === 'mobile-360') {
    await expect(page.getByRole('navigation', { name: 'Pages' })).toBeHidden();
  }
});

test('Live shows nothing of Test', { tag: '@no-js' }, async ({ page, context, installation }) => {
  await context.addCookies((await signIn(installation, installation.admin)).cookies);
  await page.goto('/stripe/test-purchase');
  await hydrated(page);
  await expect(page.getByLabel('Stripe app', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Live' }).click();
  await expect(page.getByText('No Stripe app is ready on this side')).toBeVisible();
  await hydrated(page);
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByLabel('Stripe app', { exact: true })).toBeVisible();
});

adminTest('a page fetches what it shows once', async ({ page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => {
    const path = new URL(request.url()).pathname;
    if (path.startsWith('/ui/load_')) fetched.push(path);
  });
  const stream = page.waitForResponse((response) => new URL(response.url()).pathname === '/live');
  await page.goto('/');
  await hydrated(page);
  await stream;
  expect(fetched, 'the first page came with its data').toEqual([]);
  await goByLink(page, 'Outbox');
  await expect(page.getByText('No mails yet').or(page.getByRole('table', { name: 'Mails' }))).toBeVisible();
  expect(fetched, 'once, and nothing for the frame around it').toEqual(['/ui/load_mails']);
});
