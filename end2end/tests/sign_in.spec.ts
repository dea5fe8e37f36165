// The door for people.
import type { Page } from '@playwright/test';
import { secret } from '../support/installation.ts';
import { signIn } from '../support/signed_in.ts';
import { expect, hydrated, test } from '../support/test.ts';

const everywhere = { tag: ['@no-js', '@mobile'] };

async function tryToSignIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('whoever signs in goes on to the page that they wanted', everywhere, async ({ page, installation }) => {
  await page.goto('/stripe?status=verified');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await hydrated(page);
  await tryToSignIn(page, installation.admin.email, installation.admin.password);
  await expect(page).toHaveURL(/\/stripe\?status=verified$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Stripe Apps and Events');
});

test('a password manager fills in the door, and no address of a customer', { tag: '@no-js' }, async ({ page, context, installation }) => {
  await page.goto('/sign-in');
  await expect(page.getByLabel('E-mail')).toHaveAttribute('autocomplete', 'username');
  await context.addCookies((await signIn(installation, installation.admin)).cookies);
  for (const [address, label] of [['/licenses/new', 'Holder’s e-mail'], ['/stripe/test-purchase', 'Buyer’s e-mail']]) {
    await page.goto(address);
    await expect(page.getByLabel(label)).toHaveAttribute('autocomplete', 'off');
  }
});

test('a wrong password and an unknown account get the same answer', { tag: '@no-js' }, async ({ page, installation }) => {
  await page.goto('/sign-in');
  const answers: string[] = [];
  for (const email of [installation.admin.email, 'nobody@example.com']) {
    await page.goto('/sign-in');
    await hydrated(page);
    await tryToSignIn(page, email, 'not this one at all');
    answers.push(await page.getByRole('alert').innerText());
    await expect(page.getByLabel('E-mail')).toHaveValue(email);
    expect(await page.content()).not.toContain('not this one at all');
  }
  expect(answers[0]).toBe(answers[1]);
});

test('whoever forgot the password is told who sets a new one', everywhere, async ({ page, installation }) => {
  const person = installation.addPerson('viewer');
  const chosen = secret();
  await page.goto('/sign-in');
  await hydrated(page);
  await expect(page.getByText('Forgot your password?')).toContainText('exisone admin password');
  installation.command(['admin', 'password', '--email', person.email], `${chosen}\n`);
  await tryToSignIn(page, person.email, person.password);
  await expect(page.getByRole('alert')).toContainText('the password is wrong');
  await tryToSignIn(page, person.email, chosen);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Dashboard');
});

test('who tries too often is told to wait', { tag: '@no-js' }, async ({ page, installation }) => {
  const stranger = { email: `guesser-${test.info().project.name}@example.com`, password: 'a guess like another' };
  const guesses = Array.from({ length: 10 }, () => signIn(installation, stranger).catch(() => undefined));
  await Promise.all(guesses);
  await page.goto('/sign-in');
  await hydrated(page);
  await tryToSignIn(page, stranger.email, stranger.password);
  await expect(page.getByRole('alert')).toContainText(/too (many|often)/i);
});

test('who signs out is out', { tag: '@no-js' }, async ({ page, context, installation }) => {
  await context.addCookies((await signIn(installation, installation.admin)).cookies);
  await page.goto('/');
  await hydrated(page);
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto('/products');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
});

test('who signs out everywhere is out in every browser', { tag: '@no-js' }, async ({ page, context, browser, installation }) => {
  const person = installation.addPerson('support');
  await context.addCookies((await signIn(installation, person)).cookies);
  const elsewhere = await browser.newContext();
  await elsewhere.addCookies((await signIn(installation, person)).cookies);
  const other = await elsewhere.newPage();
  await other.goto(`${installation.url}/products`);
  await expect(other.getByRole('heading', { level: 1 })).toHaveText('Products');
  await page.goto('/');
  await hydrated(page);
  await page.getByRole('button', { name: 'Account' }).click();
  const sure = page.getByRole('button', { name: 'Sign out everywhere', exact: true });
  await expect(sure).toBeHidden();
  await page.getByText('Sign out everywhere…').click();
  await expect(page.getByText(`Every browser in which ${person.email} is signed in`)).toBeVisible();
  await sure.click();
  await expect(page).toHaveURL(/\/sign-in/);
  await other.goto(`${installation.url}/products`);
  await expect(other).toHaveURL(/\/sign-in\?next=/);
  await elsewhere.close();
});
