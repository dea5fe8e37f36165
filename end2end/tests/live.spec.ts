// Pages that show what changes while somebody looks at them, and take nothing away from who reads or types.
import type { Page, Route } from '@playwright/test';
import { Installation } from '../support/installation.ts';
import { buy, orderOf, payWithoutAddress } from '../support/purchases.ts';
import { signIn } from '../support/signed_in.ts';
import { keepPicture } from '../support/soundness.ts';
import { adminTest, expect, expectAccessible, expectNoSidewaysScroll, hydrated, test } from '../support/test.ts';

/** Opens a page, and waits until its stream is open. */
async function listenAt(page: Page, address: string): Promise<void> {
  const stream = page.waitForResponse((response) => new URL(response.url()).pathname === '/live');
  await page.goto(address);
  await hydrated(page);
  expect((await stream).status()).toBe(200);
}

/** Shows what waits above or beside a list. */
async function showNew(page: Page, timeout = 5_000): Promise<void> {
  const news = page.getByRole('button', { name: /new$/ });
  await expect(news).toBeVisible({ timeout });
  await news.click();
}

adminTest('the Dashboard tells of a new key by itself, and a search that is being typed stays', async ({ page, installation }) => {
  await buy(installation, 'dashboard-before@example.com');
  await listenAt(page, '/');
  const search = page.getByRole('searchbox', { name: 'Find a key or a customer' });
  await search.fill('half a na');
  const email = 'dashboard-live@example.com';
  await expect(page.getByText(email)).toHaveCount(0);
  await buy(installation, email);
  await expect(page.getByRole('button', { name: '1 new', exact: true })).toBeVisible();
  await expect(page.getByText(email)).toHaveCount(0);
  await expect(search).toHaveValue('half a na');
  await expect(search).toBeFocused();
  await expectAccessible(page);
  await showNew(page);
  await expect(page.getByText(email)).toBeVisible();
});

adminTest('new events wait behind a button, and nothing moves until it is pressed', async ({ page, installation }) => {
  const logged = async () => (await installation.api<{ id: string }[]>('GET', '/api/stripe/events')).map((event) => event.id);
  await buy(installation, 'log-before@example.com');
  await listenAt(page, '/stripe');
  const links = page.getByRole('table', { name: 'Events' }).locator('tbody').getByRole('link');
  const shown = () => links.evaluateAll((all) => [...new Set(all.map((link) => link.getAttribute('href')))]);
  const [before, [newest]] = [await shown(), await logged()];
  await buy(installation, 'log-after@example.com');
  const count = (await logged()).indexOf(newest ?? '');
  const news = page.getByRole('button', { name: `${count} new`, exact: true });
  await expect(news).toBeVisible();
  expect(await shown()).toEqual(before);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await news.click();
  await expect(page.getByRole('button', { name: /new$/ })).toHaveCount(0);
  // A page holds so many rows: the oldest may have left it.
  const isNew = (address: string | null) => !before.includes(address);
  const first = async () => (await shown()).slice(0, count + 1).map(isNew);
  await expect.poll(first).toEqual([...Array<boolean>(count).fill(true), false]);
});

adminTest('new keys and new mails wait behind a button too', async ({ page, installation }) => {
  await buy(installation, 'lists-before@example.com');
  for (const address of ['/licenses', '/outbox']) {
    await listenAt(page, address);
    const email = `lists-after-${address.slice(1)}@example.com`;
    await buy(installation, email);
    await expect(page.getByText(email)).toHaveCount(0);
    await page.getByRole('button', { name: '1 new' }).click();
    await expect(page.getByText(email).first()).toBeVisible();
  }
});

adminTest('a purchase is followed on its own page', async ({ page, installation }) => {
  const order = await orderOf(installation, await payWithoutAddress(installation));
  await listenAt(page, `/orders/${order}`);
  await expect(page.getByRole('button', { name: /address/i })).toBeVisible();
  const email = 'followed@example.com';
  await installation.api('PUT', `/api/stripe/orders/${order}`, { email });
  await expect(page.getByRole('cell', { name: email }).first()).toBeVisible();
});

adminTest('what is typed into a form stays while its page is brought up to date', async ({ page, installation }) => {
  await buy(installation, 'typed@example.com');
  await page.goto('/outbox');
  await hydrated(page);
  await page.getByRole('row').filter({ hasText: 'typed@example.com' }).getByRole('link').first().click();
  const to = page.getByLabel('To', { exact: true });
  await to.fill('somebody.else@example.com');
  const again = page.waitForResponse((response) => response.url().includes('/ui/load_viewer'));
  await buy(installation, 'meanwhile@example.com');
  await again;
  await expect(to).toHaveValue('somebody.else@example.com');
  await expect(to).toBeFocused();
});

adminTest('half an address of a buyer stays while somebody else buys', async ({ page, installation }) => {
  const order = await orderOf(installation, await payWithoutAddress(installation));
  await listenAt(page, `/orders/${order}`);
  const field = page.getByLabel('Buyer’s e-mail', { exact: true });
  await field.fill('half.an.addr');
  const again = page.waitForResponse((response) => response.url().includes('/ui/load_order'));
  await buy(installation, 'another.buyer@example.com');
  await again;
  // What else it asks for has come too once the next answer is there.
  const later = page.waitForResponse((response) => response.url().includes('/ui/load_viewer'));
  await buy(installation, 'third.buyer@example.com');
  await later;
  await expect(field).toHaveValue('half.an.addr');
  await expect(field).toBeFocused();
});

adminTest('a stream that was silent for too long is opened anew', async ({ page, installation }) => {
  await buy(installation, 'before-a-sleep@example.com');
  await page.clock.install();
  await listenAt(page, '/');
  const again = page.waitForResponse((response) => new URL(response.url()).pathname === '/live');
  // As after a sleep: nothing says that the wire is gone.
  await page.clock.fastForward('02:00');
  expect((await again).status()).toBe(200);
  await expect(page.getByText('Connection lost. Trying again…')).toHaveCount(0);
  const email = 'after-a-sleep@example.com';
  await buy(installation, email);
  await showNew(page);
  await expect(page.getByText(email)).toBeVisible();
});

adminTest.describe('where no stream can be had', () => {
  adminTest.use({ expectedComplaints: [/(ERR_FAILED|Failed to load resource).*\/live/] });

  adminTest('pages ask from time to time instead', async ({ page, installation }) => {
    let asked = 0;
    await page.route(/\/live(\?|$)/, async (route) => {
      asked += 1;
      await route.abort();
    });
    await buy(installation, 'asked-before@example.com');
    await page.goto('/');
    await hydrated(page);
    await expect.poll(() => asked).toBeGreaterThan(0);
    const email = 'asked-for@example.com';
    await expect(page.getByText(email)).toHaveCount(0);
    await buy(installation, email);
    await showNew(page, 15_000);
    await expect(page.getByText(email)).toBeVisible();
  });
});

adminTest.describe('behind a proxy whose server is away', () => {
  adminTest.use({ expectedComplaints: [/502.*\/(live|ui\/)/] });
  const refuse = (route: Route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' });

  adminTest('a form says so, and what was typed stays', async ({ page }) => {
    await page.goto('/plans/new');
    await hydrated(page);
    const name = page.getByLabel('Name', { exact: true });
    await name.fill('Typed behind a proxy');
    await page.getByLabel('Days', { exact: true }).fill('41');
    await page.route('**/ui/save_plan', refuse);
    const save = page.getByRole('button', { name: 'Save plan' });
    await save.click();
    await expect(page.getByRole('alert')).toContainText('The server did not answer');
    await expect(page.getByRole('alert')).toContainText('What you typed stays.');
    await expect(name).toHaveValue('Typed behind a proxy');
    await page.unroute('**/ui/save_plan');
    await save.click();
    await expect(page).toHaveURL(/\/plans(\?flash=.*)?$/);
    await expect(page.getByRole('row').filter({ hasText: 'Typed behind a proxy' })).toContainText('41 days');
  });

  adminTest('the loss is said, and the stream opened again once there is one', async ({ page, installation }) => {
    await buy(installation, 'proxy-before@example.com');
    const isStream = /\/live(\?|$)/;
    await page.route(isStream, refuse);
    await page.route('**/ui/load_*', refuse);
    await page.goto('/');
    await hydrated(page);
    const line = page.getByText('Connection lost. Trying again…');
    await expect(line).toBeVisible({ timeout: 15_000 });
    await expect(page.getByText('proxy-before@example.com')).toBeVisible();
    const stream = page.waitForResponse((response) => isStream.test(response.url()) && response.ok(), { timeout: 15_000 });
    await page.unroute('**/ui/load_*');
    await page.unroute(isStream);
    await stream;
    await expect(line).toHaveCount(0);
    const email = 'proxy-after@example.com';
    await buy(installation, email);
    await showNew(page);
    await expect(page.getByText(email)).toBeVisible();
  });
});

test.describe('while the server is away', () => {
  test.use({ expectedComplaints: [/ERR_|Failed to load resource|Failed to fetch/] });

  test('a lost connection is said and healed', async ({ browser }) => {
    const installation = await Installation.seeded();
    const { cookies } = await signIn(installation, installation.admin);
    const context = await browser.newContext({ baseURL: installation.url });
    try {
      await context.addCookies(cookies);
      await buy(installation, 'before@example.com');
      const page = await context.newPage();
      await listenAt(page, '/');
      const line = page.getByText('Connection lost. Trying again…');
      await expect(line).toHaveCount(0);
      await installation.withoutServer(async () => {
        await expect(line).toBeVisible();
        await expect(page.getByRole('heading', { level: 1 })).toHaveText('Dashboard');
        for (const colorScheme of ['light', 'dark'] as const) await keepPicture(page, 'connection-lost', colorScheme);
      });
      await expect(line).toHaveCount(0, { timeout: 20_000 });
      await buy(installation, 'healed@example.com');
      await showNew(page, 20_000);
      await expect(page.getByText('healed@example.com')).toBeVisible();
    } finally {
      await context.close();
      await installation.stop();
    }
  });
});
