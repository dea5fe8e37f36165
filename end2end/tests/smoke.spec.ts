// The way in, in every kind of browser.
import { expectSound } from '../support/soundness.ts';
import { expect, expectAccessible, expectNoSidewaysScroll, hydrated, test } from '../support/test.ts';

const everywhere = { tag: ['@no-js', '@mobile'] };

test('a stranger is shown the door', everywhere, async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveURL(/\/sign-in/);
  await hydrated(page);
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expectSound(page, 'sign-in');
});

test('the admin signs in and sees the Dashboard', everywhere, async ({ page, installation }) => {
  await page.goto('/sign-in');
  await hydrated(page);
  await page.getByLabel('E-mail').fill(installation.admin.email);
  await page.getByLabel('Password').fill(installation.admin.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
});
