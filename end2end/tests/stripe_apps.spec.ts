// Stripe apps: keys of the wrong side are refused, and a secret that was saved is never sent again.
import { expectRefusal } from '../pages/fields.ts';
import { StripeAppForm } from '../pages/stripe_app_form.ts';
import { secret } from '../support/installation.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

adminTest('a live key in a test app is refused beside its field', { tag: '@no-js' }, async ({ page }) => {
  const form = new StripeAppForm(page);
  await form.open();
  const key = `sk_live_${secret()}`;
  await form.name.fill('Mixed up');
  await form.secretKey.fill(key);
  await form.save();
  await expectRefusal(form.secretKey, /Live|live/);
  await expect(form.name).toHaveValue('Mixed up');
  expect(await page.content()).not.toContain(key);
});

adminTest('a publishable key is not taken for a secret one', { tag: '@no-js' }, async ({ page }) => {
  const form = new StripeAppForm(page);
  await form.open();
  await form.name.fill('Mixed up');
  await form.secretKey.fill(`pk_test_${secret()}`);
  await form.signingSecret.fill('sk_test_1');
  await form.save();
  await expectRefusal(form.secretKey, /sk_test_/);
  await expectRefusal(form.signingSecret, /whsec_/);
});

adminTest('a saved secret is told by its last four characters alone', { tag: '@no-js' }, async ({ page, installation }) => {
  const { id, secretKey, signingSecret } = installation.stripeApp;
  const answers: string[] = [];
  page.on('response', async (response) => answers.push(await response.text().catch(() => '')));
  const form = new StripeAppForm(page);
  await form.open(`/stripe/apps/${id}`);
  await expect(form.secretKey).toHaveValue('');
  await expect(form.secretKey).toHaveAccessibleDescription(new RegExp(secretKey.slice(-4)));
  await expect(form.signingSecret).toHaveAccessibleDescription(new RegExp(signingSecret.slice(-4)));
  await page.getByRole('button', { name: 'Save app' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  for (const text of [...answers, await page.content()]) {
    expect(text.includes(secretKey) || text.includes(signingSecret)).toBe(false);
  }
});

adminTest('the secret key is tried at Stripe', { tag: '@no-js' }, async ({ page, installation }) => {
  await new StripeAppForm(page).open(`/stripe/apps/${installation.stripeApp.id}`);
  await page.getByRole('button', { name: 'Try the secret key at Stripe' }).click();
  await expect(page.getByText('Stripe knows this key.')).toBeVisible();
});

adminTest('an app is archived after a question', { tag: '@no-js' }, async ({ page, installation }) => {
  const app = await installation.addStripeApp('Old account');
  await page.goto(`/stripe/apps/${app.id}`);
  await hydrated(page);
  await page.getByText('Archive…').click();
  await page.getByRole('button', { name: 'Archive “Old account”' }).click();
  await expect(page).toHaveURL(({ pathname }) => pathname === '/stripe');
  await expect(page.getByRole('status').filter({ hasText: '“Old account” is archived.' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Stripe apps' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Stripe apps' }).getByText('Old account')).toHaveCount(0);
});

adminTest('an archived app is looked at with what was done to it', { tag: ['@no-js', '@mobile'] }, async ({ page, installation }) => {
  const app = await installation.addStripeApp('Closed account');
  await installation.api('DELETE', `/api/stripe/apps/${app.id}`);
  await page.goto('/stripe?apps=archived');
  await hydrated(page);
  await page.locator(`a[href="/stripe/apps/${app.id}"]`).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Closed account');
  await expect(page.getByText('This app is archived')).toBeVisible();
  const history = page.locator('section').filter({ has: page.getByRole('heading', { name: 'History' }) });
  await expect(history.getByRole('listitem').filter({ hasText: 'archived by token “e2e”' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save app' })).toHaveCount(0);
  await expect(page.getByText('Archive…')).toHaveCount(0);
  await page.getByRole('link', { name: 'What it sent' }).click();
  await expect(page).toHaveURL((url) => url.searchParams.get('app') === app.id);
});

adminTest('event names and URLs break after their punctuation alone', { tag: '@mobile' }, async ({ page, installation }) => {
  await page.goto(`/stripe/apps/${installation.stripeApp.id}`);
  await hydrated(page);
  for (const text of ['checkout.session.async_payment_succeeded', '/api/stripe/webhook']) {
    const code = page.locator('code').filter({ hasText: text }).last();
    // The longest word of a URL is its random part, which nothing can keep on one line.
    const words = await code.evaluate((element) =>
      [...element.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').length < 30)
        .map((node) => {
          const range = document.createRange();
          range.selectNodeContents(node);
          return [node.textContent, new Set([...range.getClientRects()].map((line) => line.top)).size];
        }),
    );
    expect(words.filter(([, lines]) => lines !== 1)).toEqual([]);
    expect(words.length).toBeGreaterThan(3);
  }
});

adminTest('each app says what it is good for, and what to do next', { tag: '@no-js' }, async ({ page, installation }) => {
  const own = test.info().project.name;
  const add = async (name: string, secrets: Record<string, string>) => {
    const wish = { name, isLive: false, isActive: true, ...secrets };
    return (await installation.api<{ id: string }>('POST', '/api/stripe/apps', wish)).id;
  };
  const secretKey = `sk_test_${secret()}`;
  const [whole, half, bare] = ['Whole', 'Half', 'Bare'].map((kind) => `${kind} shop ${own}`);
  const apps = [
    await add(whole, { secretKey, webhookSigningSecret: `whsec_${secret()}` }),
    await add(half, { secretKey: `sk_test_${secret()}` }),
    await add(bare, {}),
  ];
  await page.goto('/stripe');
  await hydrated(page);
  const status = (name: string) =>
    page.getByRole('table', { name: 'Stripe apps' }).getByRole('row').filter({ hasText: name }).getByRole('cell').nth(2);
  await expect(status(whole)).toHaveText('Ready');
  await expect(status(half)).toContainText('Partial');
  await expect(status(half)).toContainText('reveal its signing secret (whsec_…) and save it here');
  await expect(status(bare)).toContainText('Not configured');
  await expect(status(bare)).toContainText('Copy the key that starts with sk_test_ or rk_test_');
  for (const app of apps) await installation.api('DELETE', `/api/stripe/apps/${app}`);
});
