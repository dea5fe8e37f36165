// Ctrl-K, a few letters, and one is where one wanted to be.
import type { Page } from '@playwright/test';
import { may } from '../support/roles.ts';
import { signIn } from '../support/signed_in.ts';
import { keepPicture } from '../support/soundness.ts';
import { buy, payWithoutAddress } from '../support/purchases.ts';
import { adminTest, expect, expectAccessible, expectNoSidewaysScroll, hydrated, test } from '../support/test.ts';

/** Opens the palette by its keys and answers its field. */
async function openPalette(page: Page) {
  await page.keyboard.press('Control+k');
  const field = page.getByRole('combobox', { name: 'Find anything' });
  await expect(field).toBeFocused();
  return field;
}

adminTest('a page is found and opened by the keyboard alone', async ({ page }) => {
  await page.goto('/');
  await hydrated(page);
  const field = await openPalette(page);
  await expect(page.getByRole('option', { name: 'Dashboard' })).toHaveAttribute('aria-selected', 'true');
  await field.fill('audit');
  await expect(page.getByRole('option')).toHaveCount(1);
  await field.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Audit log');
  await expect(field).toHaveCount(0);
});

adminTest('the arrows choose, Escape closes, and the page is as it was', async ({ page }) => {
  await page.goto('/plans');
  await hydrated(page);
  const field = await openPalette(page);
  await expect(page.getByRole('option').first()).toBeVisible();
  await field.press('ArrowDown');
  await expect(page.getByRole('option').nth(1)).toHaveAttribute('aria-selected', 'true');
  await field.press('ArrowUp');
  await field.press('ArrowUp');
  await expect(page.getByRole('option').last()).toHaveAttribute('aria-selected', 'true');
  await field.press('Escape');
  await expect(field).toHaveCount(0);
  await expect(page).toHaveURL(/\/plans$/);
  await openPalette(page);
});

adminTest('keys, customers, products and Stripe’s ids are found', async ({ page, installation }) => {
  const email = 'palette-buyer@example.com';
  await buy(installation, email);
  const event = await payWithoutAddress(installation);
  await page.goto('/');
  await hydrated(page);
  const field = await openPalette(page);
  await field.fill('palette-b');
  const key = page.getByRole('option').filter({ hasText: email });
  await expect(key).toHaveCount(1);
  const whole = (await key.locator('b').innerText()).trim();
  await field.fill(whole);
  await expect(page.getByRole('option').filter({ hasText: whole })).toHaveCount(1);
  await field.fill(installation.product.name.slice(0, 4));
  await expect(page.getByRole('option').filter({ hasText: 'Product' }).filter({ hasText: installation.product.name })).toBeVisible();
  await field.fill(event);
  const found = page.getByRole('option').filter({ hasText: event });
  await expect(found).toHaveCount(1);
  await found.click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('checkout.session.completed');
});

adminTest('what nothing is called is said', async ({ page }) => {
  await page.goto('/');
  await hydrated(page);
  const field = await openPalette(page);
  await field.fill('nothing is called like this');
  await expect(page.getByText('Nothing found.')).toBeVisible();
  await expect(page.getByRole('option')).toHaveCount(0);
  await expectAccessible(page);
});

adminTest('it opens by its button, fits a phone, and is readable in both themes', { tag: '@mobile' }, async ({ page }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto('/');
    await hydrated(page);
    await page.getByRole('button', { name: /go anywhere/ }).click();
    await expect(page.getByRole('option').first()).toBeVisible();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await keepPicture(page, 'palette', colorScheme);
    await page.getByRole('button', { name: 'Close' }).click();
    await expect(page.getByRole('option')).toHaveCount(0);
  }
});

/** The pages of the palette, and the lowest role that is led there. */
const LED: [label: string, lowest: string][] = [
  ['Dashboard', 'Viewer'],
  ['Products', 'Viewer'],
  ['New product', 'Admin'],
  ['Plans', 'Viewer'],
  ['New plan', 'Admin'],
  ['License Keys', 'Viewer'],
  ['Generate keys', 'Support'],
  ['License Activity', 'Viewer'],
  ['Stripe Apps and Events', 'Viewer'],
  ['Failed events', 'Viewer'],
  ['Add a Stripe app', 'Admin'],
  ['Test Purchase', 'Viewer'],
  ['Review', 'Viewer'],
  ['Outbox', 'Viewer'],
  ['Tickets', 'Viewer'],
  ['Tenant Keys', 'Viewer'],
  ['Access Tokens', 'Viewer'],
  ['Audit log', 'Viewer'],
  ['Users and roles', 'Viewer'],
  ['Your account', 'Viewer'],
  ['Settings', 'Viewer'],
  ['Help', 'Viewer'],
];

for (const role of ['viewer', 'support', 'admin', 'owner']) {
  test(`the palette leads the role ${role} to the pages that it may open, and to no others`, async ({ page, context, installation }) => {
    // Nobody else is an owner: other tests count on it.
    const person = role === 'owner' ? installation.admin : installation.addPerson(role);
    await context.addCookies((await signIn(installation, person)).cookies);
    await page.goto('/');
    await hydrated(page);
    await openPalette(page);
    await expect(page.getByRole('option').first()).toBeVisible();
    const labels = await page.getByRole('option').locator('b').allTextContents();
    expect(labels).toEqual(LED.filter(([, lowest]) => may(role, lowest)).map(([label]) => label));
  });
}
