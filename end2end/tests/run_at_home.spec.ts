// `cargo xtask run`: what it prints is true, what it made stays, and starting over asks first.
import { spawnSync } from 'node:child_process';
import type { Page } from '@playwright/test';
import { CheckoutPage } from '../pages/checkout_page.ts';
import { goByLink } from '../pages/navigation.ts';
import { SuccessPage } from '../pages/success_page.ts';
import { TestPurchasePage } from '../pages/test_purchase_page.ts';
import { binary, environment, secret, type Mail } from '../support/installation.ts';
import { Home } from '../support/run_at_home.ts';
import { expect, hydrated, test } from '../support/test.ts';

/** Products and Stripe apps that a token sees; the status where it sees nothing. */
async function shop(url: string, token: string): Promise<unknown> {
  const ask = (path: string) => fetch(url + path, { headers: { authorization: `ExisOneApi ${token}` } });
  const [products, apps] = await Promise.all([ask('/api/product/'), ask('/api/stripe/apps')]);
  if (!products.ok) return products.status;
  return {
    products: ((await products.json()) as { name: string }[]).map(({ name }) => name),
    apps: ((await apps.json()) as { name: string; status: string }[]).map(({ name, status }) => `${name}: ${status}`),
  };
}

const SEEDED = { products: ['Acme Studio'], apps: ['Sandbox at home: Ready'] };

async function signIn(page: Page, url: string, email: string, password: string): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await hydrated(page);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible();
}

const BUYER = 'first.buyer@example.com';

/** Three keys, bought by hand as whoever has just signed in does. */
async function buyThree(page: Page): Promise<string[]> {
  await goByLink(page, 'Test Purchase');
  const purchase = new TestPurchasePage(page);
  await purchase.fill({ product: 'Acme Studio, 49.00 USD', app: 'Sandbox at home', quantity: '3', email: BUYER });
  await purchase.goToCheckout();
  await new CheckoutPage(page).pay();
  return new SuccessPage(page).keys(3);
}

/** The one mail in the mailbox is made from the product's template, with all the keys. */
async function expectMail(home: Home, keys: string[]): Promise<void> {
  const mails = async () => (await (await fetch(home.mails)).json()) as Mail[];
  await expect.poll(async () => (await mails()).length).toBe(1);
  const [mail] = await mails();
  expect([mail.subject, mail.recipients]).toEqual(['Your Acme Studio keys', [BUYER]]);
  expect(mail.text).toContain('Thank you for buying Acme Studio.');
  for (const key of keys) expect(mail.text).toContain(key);
}

test('what a run prints opens it, a second one keeps everything, and --fresh starts over when it is told so', async ({ page }) => {
  const home = await Home.make();
  try {
    const first = home.run();
    expect(await first.says(/ExisOne +(\S+)\n/)).toBe(home.url);
    const email = await first.says(/e-mail +(\S+)\n/);
    const password = await first.says(/password +(\S+) +\(shown once\)/);
    const token = await first.says(/token +(\S+) +\(shown once\)/);
    expect(await first.says(/mailbox +(\S+)\n/)).toBe(home.mailbox);
    expect((await fetch(home.mailbox)).status).toBe(200);
    expect(await shop(home.url, token)).toEqual(SEEDED);
    await first.block();
    await signIn(page, home.url, email, password);
    const keys = await buyThree(page);
    await expectMail(home, keys);
    await page.goto('about:blank');
    expect(await first.interrupt(), 'Ctrl-C ends it well').toBe(0);
    await expect(fetch(home.url), 'everything is stopped').rejects.toThrow();

    const second = home.run();
    const block = await second.block();
    expect(block).toMatch(/e-mail +admin@example\.com +\(password and token: as shown at the first run\)/);
    expect(block).not.toMatch(/seeding|shown once/);
    expect(await shop(home.url, token)).toEqual(SEEDED);
    await page.goto(home.url);
    await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible();
    for (const key of keys) await expect(page.getByRole('row').filter({ hasText: key })).toContainText(BUYER);
    await page.goto('about:blank');
    expect(await second.interrupt()).toBe(0);

    for (const no of ['no', 'y', '']) {
      const refused = home.run('--fresh');
      await refused.says(/deletes .* Type yes to go on:/);
      refused.type(no);
      expect(await refused.end(), no).not.toBe(0);
      await refused.says(/nothing was deleted/);
    }
    const fresh = home.run('--fresh');
    await fresh.says(/Type yes to go on:/);
    fresh.type('yes');
    const other = await fresh.says(/token +(\S+) +\(shown once\)/);
    await fresh.block();
    expect(await shop(home.url, token), 'the former data are gone').toBe(401);
    expect(await shop(home.url, other)).toEqual(SEEDED);
    expect(await fresh.interrupt()).toBe(0);
  } finally {
    await home.leave();
  }
});

test('--no-sandbox shows the code for the first page, and makes nobody and nothing', async ({ page }) => {
  const home = await Home.make();
  try {
    const run = home.run('--no-sandbox');
    const block = await run.block();
    expect(block).not.toMatch(/e-mail|password|token|mailbox|sandbox/);
    const code = await run.says(/set-up +the first page asks for this code: (\S+)\n/);
    const words = ['token', 'create', '--tenant', '1', '--permissions', 'verify', '--name', 'any'];
    const env = { ...environment(), EXISONE_DATA_DIR: home.data };
    const refused = spawnSync(binary('E2E_EXISONE'), words, { env, encoding: 'utf8' });
    expect(refused.stderr).toContain('there is no tenant 1');
    await page.goto(home.url);
    await expect(page).toHaveURL(/\/set-up$/);
    await hydrated(page);
    await page.getByLabel('Name of your shop', { exact: true }).fill('Fresh Fish');
    await page.getByLabel('Your e-mail', { exact: true }).fill('owner@example.com');
    await page.getByLabel('Set-up code', { exact: true }).fill(code);
    await page.getByLabel('Password', { exact: true }).fill(secret());
    await page.getByRole('button', { name: 'Set up' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible();
    await page.goto('about:blank');
    expect(await run.interrupt()).toBe(0);
  } finally {
    await home.leave();
  }
});
