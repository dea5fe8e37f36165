// One's own account: the password, signed-in browsers, and the second step at sign-in.
import type { Page } from '@playwright/test';
import { expectRefusal } from '../pages/fields.ts';
import { codeOf } from '../support/authenticator.ts';
import { secret, type Installation, type Person } from '../support/installation.ts';
import { signIn } from '../support/signed_in.ts';
import { expectSound } from '../support/soundness.ts';
import { expect, hydrated, test } from '../support/test.ts';

/** A code opens once, so what was used to turn it on is not used again: the next one holds already. */
const HALF_A_MINUTE = 30_000;

async function typePassword(page: Page, person: Person): Promise<void> {
  await page.goto('/sign-in?next=/products');
  await hydrated(page);
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function typeCode(page: Page, code: string): Promise<void> {
  await expect(page).toHaveURL(/\/sign-in\/code/);
  await hydrated(page);
  await page.getByLabel('Code').fill(code);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Somebody whose second step is on, with the key in their app and their recovery codes. */
async function withSecondStep(page: Page, installation: Installation) {
  const person = installation.addPerson('support');
  await page.context().addCookies((await signIn(installation, person)).cookies);
  await page.goto('/account');
  await hydrated(page);
  await page.getByRole('button', { name: 'Set it up' }).click();
  await expect(page.getByRole('img', { name: 'QR code' })).toBeVisible();
  const key = await page.getByText(/^[A-Z2-7]{32}$/).innerText();
  return { person, key };
}

async function turnOn(page: Page, code: string): Promise<string[]> {
  await page.getByLabel('Code').fill(code);
  await page.getByRole('button', { name: 'Turn it on' }).click();
  const codes = page.getByLabel('Recovery codes', { exact: true });
  await expect(codes).toBeVisible();
  return (await codes.innerText()).trim().split('\n');
}

test('another browser is seen and signed out', { tag: '@no-js' }, async ({ page, context, installation }) => {
  const person = installation.addPerson('viewer');
  const other = await signIn(installation, person);
  await context.addCookies((await signIn(installation, person)).cookies);
  await page.goto('/account');
  await hydrated(page);
  const rows = page.getByRole('table', { name: 'Signed-in browsers' }).locator('tbody').getByRole('row');
  await expect(rows).toHaveCount(2);
  await expect(rows.filter({ hasText: 'this one' })).toHaveCount(1);
  const elsewhere = rows.filter({ hasNotText: 'this one' });
  await elsewhere.getByText('End…').click();
  await elsewhere.getByRole('button', { name: /^Sign out / }).click();
  await expect(page.getByRole('status').filter({ hasText: 'That browser is signed out.' })).toBeVisible();
  await expect(rows).toHaveCount(1);
  const cookie = other.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const answer = await fetch(`${installation.url}/products`, { redirect: 'manual', headers: { cookie } });
  expect(answer.status).toBe(302);
});

test('whoever knows the password changes it, and their other browsers are out', { tag: ['@no-js', '@mobile'] }, async ({ page, context, installation }) => {
  const person = installation.addPerson('viewer');
  const chosen = secret();
  const other = await signIn(installation, person);
  await context.addCookies((await signIn(installation, person)).cookies);
  await page.goto('/account');
  await hydrated(page);
  const change = async (current: string, next: string) => {
    await page.getByLabel('Current password').fill(current);
    await page.getByLabel('New password').fill(next);
    await page.getByRole('button', { name: 'Change password' }).click();
  };
  await change('not this one at all', chosen);
  await expectRefusal(page.getByLabel('Current password'), /not your current password/);
  await change(person.password, 'short');
  await expectRefusal(page.getByLabel('New password'), /Choose a password of at least 12 characters/);
  expect(await page.content()).not.toContain(person.password);
  await expectSound(page, 'account-password');
  await change(person.password, chosen);
  await expect(page.getByRole('status').filter({ hasText: 'Your password is changed' })).toBeVisible();
  for (const label of ['Current password', 'New password']) {
    await expect(page.getByLabel(label)).toHaveValue('');
  }
  const cookie = other.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const answer = await fetch(`${installation.url}/products`, { redirect: 'manual', headers: { cookie } });
  expect(answer.status).toBe(302);
  await page.goto('/products');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Products');
  await context.clearCookies();
  await typePassword(page, person);
  await expect(page.getByRole('alert')).toContainText('the password is wrong');
  await typePassword(page, { ...person, password: chosen });
  await expect(page).toHaveURL(/\/products$/);
});

test('signing out everywhere asks first, and says whom', { tag: ['@no-js', '@mobile'] }, async ({ page, context, installation }) => {
  const person = installation.addPerson('viewer');
  const other = await signIn(installation, person);
  await context.addCookies((await signIn(installation, person)).cookies);
  await page.goto('/account');
  await hydrated(page);
  const main = page.getByRole('main');
  const sure = main.getByRole('button', { name: 'Sign out everywhere', exact: true });
  await expect(sure).toBeHidden();
  await main.getByText('Sign out everywhere…').click();
  await expect(main.getByText(`Every browser in which ${person.email} is signed in`)).toBeVisible();
  await expectSound(page, 'account-sign-out-everywhere');
  await sure.click();
  await expect(page).toHaveURL(/\/sign-in/);
  const cookie = other.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const answer = await fetch(`${installation.url}/products`, { redirect: 'manual', headers: { cookie } });
  expect(answer.status).toBe(302);
});

test('sign-in asks for a code once the second step is on', { tag: ['@no-js', '@mobile'] }, async ({ page, installation }) => {
  const { person, key } = await withSecondStep(page, installation);
  await page.getByLabel('Code').fill('000000');
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await expectRefusal(page.getByLabel('Code'), /not right/);
  await expectSound(page, 'account-setting-up');
  const codes = await turnOn(page, codeOf(key));
  expect(codes).toHaveLength(10);
  await expectSound(page, 'account-recovery-codes');
  await page.goto('/account');
  expect(await page.content()).not.toContain(codes[0]);
  expect(await page.content()).not.toContain(key);
  await page.context().clearCookies();
  await typePassword(page, person);
  await typeCode(page, '000000');
  await expectRefusal(page.getByLabel('Code'), /not right/);
  await expectSound(page, 'sign-in-code');
  await typeCode(page, codeOf(key, Date.now() + HALF_A_MINUTE));
  await expect(page).toHaveURL(/\/products$/);
});

test('a recovery code opens once, and the password turns the second step off', { tag: '@no-js' }, async ({ page, installation }) => {
  const { person, key } = await withSecondStep(page, installation);
  const [first] = await turnOn(page, codeOf(key));
  await page.context().clearCookies();
  await typePassword(page, person);
  await typeCode(page, first.toUpperCase());
  await expect(page).toHaveURL(/\/products$/);
  await page.context().clearCookies();
  await typePassword(page, person);
  await typeCode(page, first);
  await expectRefusal(page.getByLabel('Code'), /not right/);
  await page.context().addCookies((await signInWithCode(installation, person, codeOf(key, Date.now() + HALF_A_MINUTE))).cookies);
  await page.goto('/account');
  await hydrated(page);
  await expect(page.getByText('9 recovery codes left.')).toBeVisible();
  await page.getByText('Turn it off…').click();
  await page.getByLabel('Password or code').fill(person.password);
  await page.getByRole('button', { name: 'Turn it off' }).click();
  await expect(page.getByRole('button', { name: 'Set it up' })).toBeVisible();
  await page.context().clearCookies();
  await typePassword(page, person);
  await expect(page).toHaveURL(/\/products$/);
});

test('who comes to the second step without a password is sent to the first', { tag: '@no-js' }, async ({ page }) => {
  await page.goto('/sign-in/code');
  await hydrated(page);
  await page.getByRole('link', { name: 'Sign in with your password again' }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
});

/** Both steps without a browser. */
async function signInWithCode(installation: Installation, person: Person, code: string) {
  const half = await signIn(installation, person);
  const cookie = half.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const answer = await fetch(`${installation.url}/ui/sign_in_with_code`, {
    method: 'POST',
    redirect: 'manual',
    headers: { accept: 'text/html', cookie, referer: `${installation.url}/sign-in/code` },
    body: new URLSearchParams({ code, next: '/' }),
  });
  const cookies = answer.headers.getSetCookie().map((line) => {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    return { name, value, url: installation.url };
  });
  return { cookies: cookies.filter(({ value }) => value !== '') };
}

test('times are read in the zone that a person chose, with UTC beside', { tag: '@no-js' }, async ({ page, context, installation }) => {
  await context.addCookies((await signIn(installation, installation.addPerson('viewer'))).cookies);
  await page.goto('/account');
  await hydrated(page);
  const row = page.getByRole('table', { name: 'Signed-in browsers' }).locator('tbody').getByRole('row').first();
  const cell = row.getByRole('cell').nth(3);
  const head = page.getByRole('columnheader', { name: /^Signed in/ });
  await expect(head).toHaveText('Signed in (UTC)');
  const utc = (await cell.locator('time').getAttribute('title')) ?? '';
  await expect(cell).toContainText(`${utc.slice(0, 16)} UTC`);
  await page.getByLabel('Times are shown in').selectOption('Asia/Kathmandu');
  await page.getByRole('button', { name: 'Save time zone' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();
  await expect(head).toHaveText('Signed in (Kathmandu)');
  // 5 hours and 45 minutes ahead of UTC, all year round.
  const ahead = new Date(Date.parse(utc.replace(' UTC', 'Z').replace(' ', 'T')) + 20_700_000).toISOString();
  await expect(cell).toContainText(`${ahead.slice(0, 16).replace('T', ' ')} Kathmandu`);
  await expect(cell.locator('time')).toHaveAttribute('title', utc);
  // The same from the server at once, and where the browser draws the next page.
  await page.goto('/account');
  await hydrated(page);
  await expect(head).toHaveText('Signed in (Kathmandu)');
  await page.getByRole('link', { name: 'Audit log' }).click();
  await expect(page.getByRole('columnheader', { name: 'When (Kathmandu)' })).toBeVisible();
  const when = page.getByRole('table', { name: 'Changes' }).locator('tbody').getByRole('row').first().getByRole('cell').last();
  await expect(when).toHaveText(/^\S+ \S+ Kathmandu \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC (just now|.* ago)$/);
  // A day is one of UTC for everybody.
  const email = `day-${test.info().project.name}@example.com`;
  const wish = { productId: installation.product.id, email, validityDays: 30, livemode: false };
  await installation.api('POST', '/api/activationkey/generate', wish);
  await page.goto(`/licenses?find=${email}`);
  await expect(page.getByRole('columnheader', { name: /^Expires/ })).toHaveText('Expires (UTC day)');
  const key = page.getByRole('table', { name: 'License keys' }).locator('tbody').getByRole('row');
  await expect(key.getByRole('cell').nth(3)).toHaveText(/^\d{4}-\d\d-\d\d UTC$/);
});
