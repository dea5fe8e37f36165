// What a tenant sets about itself: its name, where tickets go, whether test keys open programs, mails.
import { expectRefusal } from '../pages/fields.ts';
import { buy, mailsTo } from '../support/purchases.ts';
import { signIn } from '../support/signed_in.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

const API = '/api/settings';

adminTest.describe('whoever may manage', () => {
  adminTest.beforeEach(async ({ page }) => {
    await page.goto('/settings');
    await hydrated(page);
  });

  adminTest.afterEach(async ({ installation }) => {
    await installation.api('PUT', API, { companyName: 'Acme Software', supportAddress: '', testKeysValid: true, ownMailServer: false });
  });

  adminTest('a ticket is mailed to the support address that was saved', { tag: '@no-js' }, async ({ page, installation }) => {
    const address = `help-${test.info().project.name}@example.com`;
    await page.getByLabel('Company name').fill('Acme & Daughters');
    await page.getByLabel('Support address').fill(` ${address} `);
    await page.getByRole('button', { name: 'Save settings' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();
    await expect(page.getByLabel('Support address')).toHaveValue(address);
    await page.goto('/');
    await expect(page.getByRole('banner')).toContainText('Acme & Daughters');
    await installation.api('POST', '/api/support/ticket', {
      productName: installation.product.name,
      email: 'una@example.com',
      subject: 'It stops',
      message: 'Every time.',
    });
    const [mail] = await mailsTo(installation, address);
    expect(mail.subject).toContain('It stops');
  });

  adminTest('what is no address is refused beside its field and stays typed', { tag: '@no-js' }, async ({ page }) => {
    await page.getByLabel('Support address').fill('nobody');
    await page.getByRole('button', { name: 'Save settings' }).click();
    await expectRefusal(page.getByLabel('Support address'), /Write one e-mail address/);
    await expect(page.getByLabel('Support address')).toHaveValue('nobody');
  });

  adminTest('who goes live ends the keys of test purchases, and can take it back', { tag: '@no-js' }, async ({ page, installation }) => {
    const email = `try-${test.info().project.name}@example.com`;
    await buy(installation, email);
    const [{ text }] = await mailsTo(installation, email);
    const activationKey = /[0-9A-Z]{4}(-[0-9A-Z]{4}){3,}/.exec(text)?.[0];
    const code = async () => {
      const asked = { activationKey, hardwareId: 'HOME', productName: installation.product.name };
      return (await installation.api<{ code: string }>('POST', '/api/license/validate', asked)).code;
    };
    const before = await code();
    expect(before).not.toBe('test_key');
    await page.getByText('Go live…').click();
    await page.getByRole('button', { name: /^Go live with “.+”$/ }).click();
    await expect(page.getByText('not valid', { exact: true })).toBeVisible();
    expect(await code()).toBe('test_key');
    const again = page.getByRole('button', { name: /^Let test keys open programs of “.+”$/ });
    if (!(await again.isVisible())) await page.getByText('Let test keys open programs again…').click();
    await again.click();
    await expect(page.getByText('valid', { exact: true })).toBeVisible();
    expect(await code()).toBe(before);
  });

  adminTest('a mail server of one’s own goes before the installation’s and never shows its password', { tag: '@no-js' }, async ({ page, installation }) => {
    const { mailServer } = await installation.api<{ mailServer: { host: string } }>('GET', API);
    const from = `keys-${test.info().project.name}@acme.example`;
    const [url, sender] = ['URL of your own server', 'Sender'].map((label) => page.getByLabel(label));
    const save = page.getByRole('button', { name: 'Save mail server' });
    await url.fill('mail.acme.example');
    await sender.fill('Acme');
    await save.click();
    await expectRefusal(url, /Write smtp:/);
    await expectRefusal(sender, /Write one address/);
    await expect(sender).toHaveValue('Acme');
    // Nobody listens there: the test's page says so, and the mail waits.
    await url.fill('smtp://127.0.0.1:1');
    await sender.fill(`Acme <${from}>`);
    await save.click();
    await expect(page.getByRole('status').filter({ hasText: 'over your own server' })).toBeVisible();
    await page.getByRole('button', { name: 'Send me a test' }).click();
    await expect(page).toHaveURL(/\/outbox\//);
    await expect(async () => {
      await page.reload();
      await expect(page.getByText(/could not be asked/).first()).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await page.goto('/settings');
    await hydrated(page);
    await url.fill(`smtp://shop:s3cret-words@${mailServer.host}`);
    await save.click();
    await expect(page.getByRole('status').filter({ hasText: 'over your own server' })).toBeVisible();
    await expect.poll(async () => (await installation.mails()).filter((mail) => mail.from.includes(from)).length).toBe(1);
    await page.goto('/settings');
    await hydrated(page);
    await expect(page.getByText('your own', { exact: true })).toBeVisible();
    await expect(page.getByText(/settings updated by/).first()).toBeVisible();
    expect(await page.content()).not.toContain('s3cret-words');
    await page.getByText('Use the installation’s server…').click();
    await page.getByRole('button', { name: `Forget “${mailServer.host}”` }).click();
    await expect(page.getByText('the installation’s', { exact: true })).toBeVisible();
    await expect(url).toHaveValue('');
  });

  adminTest('the mail server is named without its password, and sends a test', { tag: '@no-js' }, async ({ page, installation }) => {
    const sent = async () => (await installation.mails()).filter((mail) => mail.subject === 'Mails arrive').length;
    const before = await sent();
    await expect(page.getByText(/^127\.0\.0\.1:\d+$/)).toBeVisible();
    await page.getByRole('button', { name: 'Send me a test' }).click();
    await expect(page).toHaveURL(/\/outbox\//);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mails arrive');
    await expect.poll(sent).toBe(before + 1);
  });
});

test('a viewer reads the settings and is offered nothing that changes them', { tag: '@no-js' }, async ({ page, context, installation }) => {
  await context.addCookies((await signIn(installation, installation.addPerson('viewer'))).cookies);
  await page.goto('/settings');
  await hydrated(page);
  await expect(page.getByText('Acme Software').last()).toBeVisible();
  await expect(page.locator('main form')).toHaveCount(0);
});
