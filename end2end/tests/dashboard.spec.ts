// What was sold and used, day by day, and what wants attention: drawn by the server, so it is there
// without JavaScript too.
import { buy, payInEuros, sendForged } from '../support/purchases.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

adminTest('a sale stands in the chart of its day, in its table, and in the revenue', { tag: '@no-js' }, async ({ page, installation }) => {
  await buy(installation, `charted-${test.info().project.name}@example.com`, 2);
  await page.goto('/');
  const today = new Date().toISOString().slice(0, 10);
  const chart = page.getByRole('img', { name: 'Keys issued per day' });
  await expect(chart).toBeVisible();
  await expect(chart.locator('g')).toHaveCount(30);
  const table = page.getByRole('table', { name: 'Keys issued per day, UTC' });
  const row = table.getByRole('row', { name: new RegExp(`^${today} \\d+$`) });
  const keys = Number((await row.textContent())?.slice(today.length));
  expect(keys).toBeGreaterThanOrEqual(2);
  await expect(chart.locator('g').last()).toContainText(`${today}: ${keys} keys`);
  const revenue = page.locator('.stat').filter({ hasText: 'Revenue, 30 days' });
  await expect(revenue.locator('b')).toHaveText(/^[\d,]+\.\d\d [A-Z]{3}$/);
});

adminTest('both charts say in words what they draw, once something was sold and activated', { tag: '@no-js' }, async ({ page, installation }) => {
  const own = test.info().project.name;
  await buy(installation, `drawn-${own}@example.com`);
  await installation.api('POST', '/api/activationkey/generate', {
    productId: installation.product.id,
    email: `started-${own}@example.com`,
    hardwareId: `drawn-on-${own}`,
    livemode: false,
  });
  await page.goto('/');
  const today = new Date().toISOString().slice(0, 10);
  for (const [title, one] of [['Keys issued', 'key'], ['Activations', 'activation']]) {
    const chart = page.getByRole('img', { name: `${title} per day` });
    const words = new RegExp(`^${title} per day [1-9][\\d,]* ${one}s? in 30 days; most on \\d{4}-\\d\\d-\\d\\d: [1-9]`);
    await expect(chart).toHaveAccessibleName(words);
    await expect(chart.locator('g').last()).toContainText(new RegExp(`^${today}: [1-9][\\d,]* ${one}`));
    const figure = page.locator('.stat').filter({ hasText: `${title}, 30 days` });
    await expect(figure.locator('b')).toHaveText(/^[1-9][\d,]*$/);
  }
});

adminTest.describe('where something is wrong', () => {
  adminTest.afterEach(async ({ installation }) => installation.faults());

  adminTest('what wants attention stands there, and leads to where it is mended', { tag: '@no-js' }, async ({ page, installation }) => {
    const own = test.info().project.name;
    await sendForged(installation);
    await installation.faults({ mail: { refuseRecipients: 1000, code: 451 } });
    await buy(installation, `unsent-${own}@example.com`);
    const half = { name: `Half an app ${own}`, isLive: false, isActive: true };
    const app = await installation.api<{ id: string }>('POST', '/api/stripe/apps', half);
    const expiresAt = new Date(Date.now() + 3 * 86_400_000).toISOString().replace(/\.\d+/, '');
    await installation.api('POST', '/api/token', { name: `clockwork ${own}`, permissions: ['verify'], expiresAt });
    const expected = [
      [/events? for “.*” failed/, /^\/stripe\?status=failed$/],
      [/mails? not sent yet, tried again/, /^\/outbox[/?]/],
      [`The Stripe app “${half.name}” is not ready`, new RegExp(`^/stripe/apps/${app.id}$`)],
      [`The access token “clockwork ${own}” ends soon`, /^\/access-tokens\?find=clockwork/],
    ] as const;
    const attention = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Needs attention' }) });
    // Refused deliveries are written, and mails tried, a moment after their answer.
    await expect(async () => {
      await page.goto('/');
      for (const [title] of expected) {
        await expect(attention.getByRole('link').filter({ hasText: title })).toBeVisible({ timeout: 1_000 });
      }
    }).toPass();
    await hydrated(page);
    for (const [title, address] of expected) {
      await expect(attention.getByRole('link').filter({ hasText: title })).toHaveAttribute('href', address);
    }
    await attention.getByRole('link').filter({ hasText: `“clockwork ${own}”` }).click();
    const tokens = page.getByRole('table', { name: 'Access tokens' }).locator('tbody').getByRole('row');
    await expect(tokens).toHaveCount(1);
    await expect(tokens).toContainText(`clockwork ${own}`);
  });
});

adminTest('revenue stands there in each currency, and says that refunds are not taken off', { tag: '@no-js' }, async ({ page, installation }) => {
  await buy(installation, `dollars-${test.info().project.name}@example.com`);
  await payInEuros(installation, `euros-${test.info().project.name}@example.com`);
  await page.goto('/');
  const revenue = page.locator('.stat').filter({ hasText: 'Revenue, 30 days' });
  const texts = await revenue.allInnerTexts();
  const sums = texts.join(' ').match(/[\d,]+\.\d\d [A-Z]{3}/g)?.map((sum) => sum.slice(-3)).sort();
  expect(sums).toEqual(['EUR', 'USD']);
  await expect(revenue).toContainText('refunds in Stripe are not taken off yet');
});
