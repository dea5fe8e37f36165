// Mails that a server refuses wait; nothing is lost, and a person can help.
import type { Page } from '@playwright/test';
import { Installation } from '../support/installation.ts';
import { buy, mailsTo } from '../support/purchases.ts';
import { signIn } from '../support/signed_in.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

adminTest.afterEach(async ({ installation }) => installation.faults());

async function openMail(page: Page, address: string, url = ''): Promise<void> {
  await page.goto(`${url}/outbox`);
  await page.getByRole('row').filter({ hasText: address }).getByRole('link').click();
  await expect(page.getByText(`To ${address}.`)).toBeVisible();
}

/** Loads the page again until the mail has this state. */
async function expectState(page: Page, state: string): Promise<void> {
  await expect(async () => {
    await page.reload();
    const word = page.locator('dd').filter({ hasText: new RegExp(`^${state}$`) });
    await expect(word).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await hydrated(page);
}

adminTest('a refused mail waits, and goes to a corrected address at once', { tag: '@no-js' }, async ({ page, installation }) => {
  const [wrong, right] = ['typo', 'right'].map((name) => `${name}-${test.info().project.name}@example.com`);
  await installation.faults({ mail: { refuseRecipients: 1000, code: 451 } });
  await buy(installation, wrong, 2);
  await openMail(page, wrong);
  await expectState(page, 'retrying');
  await expect(page.getByText('451 4.3.0 Refused on purpose')).toBeVisible();
  await installation.faults();
  await expect(page.getByText('the same mail goes to this address')).toBeVisible();
  await page.getByLabel('To', { exact: true }).fill(right);
  await page.getByRole('button', { name: 'Send to this address' }).click();
  await expect(page.getByText('It is tried at once, at this address.')).toBeVisible();
  await expectState(page, 'sent');
  const [mail] = await mailsTo(installation, right);
  expect(mail.text.match(/^\w{4}-\w{4}-\w{4}-\w{4}$/gm)).toHaveLength(2);
  await mailsTo(installation, wrong, 0);
});

test('a mail that is refused for good wants attention until its address is corrected', async ({ page, context }) => {
  // A server that says "never" is asked three times, which takes more than a minute.
  test.setTimeout(240_000);
  const own = await Installation.seeded();
  try {
    await context.addCookies((await signIn(own, own.admin)).cookies);
    const [wrong, right] = ['moved.away@example.com', 'moved.here@example.com'];
    await own.faults({ mail: { refuseAddresses: [wrong], code: 550 } });
    await buy(own, wrong, 2);
    await openMail(page, wrong, own.url);
    const state = (word: string) => page.locator('dd').filter({ hasText: new RegExp(`^${word}$`) });
    await expect(state('failed')).toBeVisible({ timeout: 150_000 });
    await expect(page.getByText('550 5.1.1 Refused on purpose')).toHaveCount(3);
    const mail = page.url();

    await page.goto(own.url);
    const attention = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Needs attention' }) });
    const line = attention.getByRole('link').filter({ hasText: '1 mail could not be sent' });
    const outbox = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Outbox' });
    const unsent = page.locator('.stat').filter({ hasText: 'Mails not sent' });
    await expect(line).toBeVisible();
    await expect(outbox).toContainText('1 wanting attention');
    await expect(unsent).toContainText('1 given up in 7 days');
    await hydrated(page);
    await line.click();
    await expect(page).toHaveURL(mail);

    await expect(page.getByText('It was given up. The same mail is tried again, at this address.')).toBeVisible();
    await page.getByLabel('To', { exact: true }).fill(right);
    await page.getByRole('button', { name: 'Send again' }).click();
    await expect(page.getByText('It is tried at once, at this address.')).toBeVisible();
    await expect(state('sent')).toBeVisible();
    await expect(page).toHaveURL(mail);
    const [arrived] = await mailsTo(own, right);
    expect(arrived.text.match(/^\w{4}-\w{4}-\w{4}-\w{4}$/gm)).toHaveLength(2);
    await mailsTo(own, wrong, 0);
    const { items } = await own.api<{ items: { messageId: string }[] }>('GET', '/api/mail?livemode=false');
    expect(items.map((mail) => mail.messageId)).toEqual([arrived.messageId]);

    await page.goto(own.url);
    await expect(unsent.locator('b')).toHaveText('0');
    await expect(line).toHaveCount(0);
    await expect(outbox).toBeVisible();
    await expect(outbox).not.toContainText('wanting attention');
  } finally {
    await own.stop();
  }
});

adminTest('a mail’s page follows its delivery and keeps what is typed', async ({ page, installation }) => {
  const email = `follow-${test.info().project.name}@example.com`;
  await installation.faults({ mail: { refuseRecipients: 1, code: 451 } });
  await buy(installation, email);
  await openMail(page, email);
  await expectState(page, 'retrying');
  const to = page.getByLabel('To', { exact: true });
  await to.fill('half-typed');
  await expect(page.getByRole('button', { name: 'Send to this address' })).toBeVisible();
  await installation.faults();
  await expect(page.locator('dd').filter({ hasText: /^sent$/ })).toBeVisible({ timeout: 30_000 });
  await expect(to).toHaveValue('half-typed');
  await expect(page.getByText('It goes out as a new mail')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send again' })).toBeVisible();
});

adminTest('a mail that was sent is sent again as a new one', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `once-more-${test.info().project.name}@example.com`;
  await buy(installation, email);
  await mailsTo(installation, email);
  await openMail(page, email);
  await expectState(page, 'sent');
  const first = page.url();
  await page.getByRole('button', { name: 'Send again' }).click();
  await expect(page).not.toHaveURL(first);
  const [one, two] = await mailsTo(installation, email, 2);
  expect(two.text).toBe(one.text);
  expect(two.messageId).not.toBe(one.messageId);
});

adminTest('an address that is none is refused beside its field', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `strict-${test.info().project.name}@example.com`;
  await buy(installation, email);
  await mailsTo(installation, email);
  await openMail(page, email);
  await expectState(page, 'sent');
  const to = page.getByLabel('To', { exact: true });
  // The browser's own check would refuse it before the server can.
  await page.locator('form', { has: to }).evaluate((form: HTMLFormElement) => { form.noValidate = true; });
  await to.fill('nobody at home');
  await page.getByRole('button', { name: 'Send again' }).click();
  await expect(to).toHaveAttribute('aria-invalid', 'true');
  await expect(to).toHaveValue('nobody at home');
});

test('without a mail server the keys wait in the outbox, and are read there', { tag: '@no-js' }, async ({ page, context }) => {
  const silent = await Installation.seeded({ sendsMail: false });
  try {
    await context.addCookies((await signIn(silent, silent.admin)).cookies);
    await buy(silent, 'waiting@example.com', 2);
    await page.goto(silent.url);
    const unsent = page.locator('.stat').filter({ hasText: 'Mails not sent' });
    await expect(unsent.locator('b')).toHaveText('1');
    await expect(unsent).toContainText('1 waiting for a mail server');
    await page.goto(`${silent.url}/outbox`);
    await page.getByRole('row').filter({ hasText: 'waiting@example.com' }).getByRole('link').click();
    await expect(page.getByText('No mail server is set, so mails wait here')).toBeVisible();
    await expect(page.locator('.letter')).toContainText(/(\w{4}-\w{4}-\w{4}-\w{4}\s*){2}/);
  } finally {
    await silent.stop();
  }
});
