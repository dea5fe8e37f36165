// Mails that a server refuses wait; nothing is lost, and a person can help.
import type { Page } from '@playwright/test';
import { Installation } from '../support/installation.ts';
import { buy, mailsTo } from '../support/purchases.ts';
import { signIn } from '../support/signed_in.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

adminTest.afterEach(async ({ installation }) => installation.faults());

async function openMail(page: Page, address: string): Promise<void> {
  await page.goto('/outbox');
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
