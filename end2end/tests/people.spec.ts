// Users and roles: inviting, joining, roles, letting go.
import type { Page } from '@playwright/test';
import { expectRefusal } from '../pages/fields.ts';
import { codeOf } from '../support/authenticator.ts';
import { secret, type Installation } from '../support/installation.ts';
import { mailsTo } from '../support/purchases.ts';
import { signIn } from '../support/signed_in.ts';
import { expectSound } from '../support/soundness.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

async function open(page: Page): Promise<void> {
  await page.goto('/users');
  await hydrated(page);
}

async function invite(page: Page, email: string, role: string): Promise<void> {
  await open(page);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Role', { exact: true }).selectOption(role);
  await page.getByRole('button', { name: 'Send invitation' }).click();
}

/** The link in the newest mail to an address. */
async function linkTo(installation: Installation, email: string, count = 1): Promise<string> {
  const mails = await mailsTo(installation, email, count);
  const links = mails.map((mail) => /\/invitation\/[\w-]{43}/.exec(mail.text)?.[0] ?? 'none');
  const [newest] = links.filter((link) => !seen.has(link));
  seen.add(newest);
  return newest;
}

const seen = new Set<string>();

adminTest('somebody new joins by the link of the mail', { tag: ['@no-js', '@mobile'] }, async ({ page, browser, installation }) => {
  const email = `new.colleague.with.a.long.address-${test.info().project.name}@example.com`;
  await invite(page, email, 'support');
  await expect(page.getByRole('status').filter({ hasText: 'seven days' })).toBeVisible();
  await expectSound(page, 'users-invited');
  const link = await linkTo(installation, email);
  const guest = await browser.newContext({ javaScriptEnabled: test.info().project.use.javaScriptEnabled });
  const theirs = await guest.newPage();
  await theirs.goto(installation.url + link);
  await expect(theirs.getByRole('heading', { level: 1 })).toHaveText('Join Acme Software');
  await expectSound(theirs, 'invitation');
  await theirs.getByLabel('Your name').fill('Una Long');
  await theirs.getByLabel('Password').fill('short');
  await theirs.getByRole('button', { name: 'Join' }).click();
  await expectRefusal(theirs.getByLabel('Password'), /at least 12 characters/);
  await theirs.getByLabel('Password').fill('a sentence that is long');
  await theirs.getByRole('button', { name: 'Join' }).click();
  await expect(theirs.getByRole('heading', { level: 1 })).toHaveText('Dashboard');
  const again = await guest.request.get(installation.url + link);
  expect(await again.text()).toContain('There is no such invitation any more');
  await guest.close();
  await open(page);
  const row = page.getByRole('table', { name: 'People' }).getByRole('row').filter({ hasText: email });
  await expect(row).toContainText('Support');
  await expect(row).toContainText('Una Long');
});

adminTest('an invitation is sent again with a new link, and withdrawn', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `late-${test.info().project.name}@example.com`;
  await invite(page, email, 'viewer');
  const first = await linkTo(installation, email);
  const row = page.getByRole('table', { name: 'Invitations' }).getByRole('row').filter({ hasText: email });
  await row.getByRole('button', { name: 'Send again' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'with a new link' })).toBeVisible();
  const second = await linkTo(installation, email, 2);
  const says = async (link: string) => (await page.request.get(installation.url + link)).text();
  expect(await says(first)).toContain('There is no such invitation any more');
  expect(await says(second)).toContain('Join ');
  await open(page);
  await row.getByText('Withdraw…').click();
  await row.getByRole('button', { name: `Withdraw the invitation of ${email}` }).click();
  await expect(page.getByRole('status').filter({ hasText: 'withdrawn' })).toBeVisible();
  await expect(row).toHaveCount(0);
  expect(await says(second)).toContain('There is no such invitation any more');
});

adminTest('what is no address, and who is here already, is refused beside the field', { tag: '@no-js' }, async ({ page, installation }) => {
  await invite(page, 'nobody', 'viewer');
  await expectRefusal(page.getByLabel('E-mail'), /Write one e-mail address/);
  await expect(page.getByLabel('E-mail')).toHaveValue('nobody');
  await invite(page, installation.admin.email, 'viewer');
  await expectRefusal(page.getByLabel('E-mail'), /is here already/);
});

adminTest('a role is changed, and who is removed is out', { tag: '@no-js' }, async ({ page, installation }) => {
  const person = installation.addPerson('viewer');
  const session = await signIn(installation, person);
  const cookie = session.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  await open(page);
  const row = page.getByRole('table', { name: 'People' }).getByRole('row').filter({ hasText: person.email });
  await row.getByText('Change…').click();
  await row.getByLabel(`Role of ${person.email}`).selectOption('support');
  await row.getByRole('button', { name: 'Save role' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'The role is support' })).toBeVisible();
  await expect(row).toContainText('Support');
  await open(page);
  await row.getByText('Change…').click();
  await expect(row.getByRole('button', { name: `Remove ${person.email}` })).toBeHidden();
  await row.getByText('Remove…').click();
  await expect(row).toContainText(`${person.email} is out at once`);
  await row.getByRole('button', { name: `Remove ${person.email}` }).click();
  await expect(page.getByRole('status').filter({ hasText: 'is out' })).toBeVisible();
  await expect(row).toHaveCount(0);
  const answer = await fetch(`${installation.url}/products`, { redirect: 'manual', headers: { cookie } });
  expect(answer.status).toBe(302);
  const lines = page.locator('section').filter({ has: page.getByRole('heading', { name: 'History' }) }).getByRole('listitem');
  await expect(lines.filter({ hasText: /removed by/ }).filter({ hasText: person.email })).toHaveCount(1);
  await page.goto('/audit-log?verb=removed&about=person');
  await expect(page.getByRole('table', { name: 'Changes' })).toContainText(`person “${person.email}”`);
});

adminTest('the last owner cannot be removed', async ({ page, installation }) => {
  await open(page);
  const row = page.getByRole('table', { name: 'People' }).getByRole('row').filter({ hasText: installation.admin.email });
  await row.getByText('Change…').click();
  await row.getByText('Remove…').click();
  await row.getByRole('button', { name: `Remove ${installation.admin.email}` }).click();
  await expect(page.getByRole('alert')).toContainText('Nobody else is an owner here');
});

test('whoever is no owner sees who belongs here and is offered nothing', { tag: '@no-js' }, async ({ page, context, installation }) => {
  await context.addCookies((await signIn(installation, installation.addPerson('admin'))).cookies);
  await open(page);
  await expect(page.getByRole('table', { name: 'People' })).toContainText(installation.admin.email);
  await expect(page.locator('main form[method="post"]')).toHaveCount(0);
});

/** Another company of the same installation, and somebody's place there. */
function addCompany(installation: Installation, name: string, email: string, password: string): void {
  const tenant = installation.command(['tenant', 'create', '--name', name]);
  installation.command(['admin', 'create', '--tenant', tenant, '--email', email, '--role', 'support'], `${password}\n`);
}

test('whoever belongs to two companies goes from one to the other and back', { tag: '@no-js' }, async ({ page, context, installation }) => {
  const [home, other] = ['Acme Software', `Wharf of ${test.info().project.name}`];
  const person = installation.addPerson('viewer');
  addCompany(installation, other, person.email, person.password);
  await context.addCookies((await signIn(installation, person)).cookies);
  const rows = page.getByRole('table', { name: 'Your companies' }).locator('tbody').getByRole('row');
  for (const [here, there] of [[home, other], [other, home]]) {
    await page.goto('/account');
    await hydrated(page);
    await expect(rows).toHaveCount(2);
    await expect(rows.filter({ hasText: here })).toContainText('you are here');
    await rows.filter({ hasText: there }).getByRole('button', { name: `Go to ${there}` }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Dashboard');
    await hydrated(page);
    await expect(page.getByRole('button', { name: new RegExp(`^Account: *${there}`) })).toBeVisible();
  }
});

test('somebody with an account of another company joins by the link, and keeps both', { tag: '@no-js' }, async ({ page, context, browser, installation }) => {
  const own = test.info().project.name;
  const person = { email: `of.both-${own}@example.com`, password: secret() };
  addCompany(installation, `Quay of ${own}`, person.email, person.password);
  await context.addCookies((await signIn(installation, installation.admin)).cookies);
  await invite(page, person.email, 'viewer');
  await expect(page.getByRole('status').filter({ hasText: 'seven days' })).toBeVisible();
  const link = await linkTo(installation, person.email);
  const guest = await browser.newContext({ javaScriptEnabled: test.info().project.use.javaScriptEnabled });
  const theirs = await guest.newPage();
  await theirs.goto(installation.url + link);
  await hydrated(theirs);
  await expect(theirs.getByText(`${person.email} has an account here`)).toBeVisible();
  await theirs.getByRole('link', { name: 'Sign in' }).click();
  await expect(theirs).toHaveURL(/\/sign-in\?next=/);
  await hydrated(theirs);
  await theirs.getByLabel('E-mail').fill(person.email);
  await theirs.getByLabel('Password').fill(person.password);
  await theirs.getByRole('button', { name: 'Sign in' }).click();
  await expect(theirs.getByText(`You are signed in as ${person.email}`)).toBeVisible();
  await hydrated(theirs);
  await theirs.getByRole('button', { name: 'Join' }).click();
  await expect(theirs.getByRole('heading', { level: 1 })).toHaveText('Dashboard');
  await theirs.goto(`${installation.url}/account`);
  const rows = theirs.getByRole('table', { name: 'Your companies' }).locator('tbody').getByRole('row');
  await expect(rows).toHaveCount(2);
  await expect(rows.filter({ hasText: 'Acme Software' })).toContainText('you are here');
  await guest.close();
});

test('an owner turns the second step of somebody off, who then signs in with the password alone', { tag: '@no-js' }, async ({ page, context, installation }) => {
  const person = installation.addPerson('support');
  await context.addCookies((await signIn(installation, person)).cookies);
  await page.goto('/account');
  await hydrated(page);
  await page.getByRole('button', { name: 'Set it up' }).click();
  await expect(page.getByRole('img', { name: 'QR code' })).toBeVisible();
  const key = await page.getByText(/^[A-Z2-7]{32}$/).innerText();
  await page.getByLabel('Code').fill(codeOf(key));
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await expect(page.getByLabel('Recovery codes', { exact: true })).toBeVisible();
  await context.clearCookies();
  await context.addCookies((await signIn(installation, installation.admin)).cookies);
  await open(page);
  const row = page.getByRole('table', { name: 'People' }).getByRole('row').filter({ hasText: person.email });
  const step = row.getByRole('cell').nth(2);
  await expect(step).toHaveText('on');
  await row.getByText('Change…').click();
  await row.getByText('Turn the second step off…').click();
  await expect(row).toContainText(`${person.email} then signs in with the password alone`);
  await row.getByRole('button', { name: `Turn the second step of ${person.email} off` }).click();
  await expect(page.getByRole('status').filter({ hasText: 'signs in with the password alone now' })).toBeVisible();
  await expect(step).toHaveText('off');
  const cookie = (await signIn(installation, person)).cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const answer = await fetch(`${installation.url}/products`, { redirect: 'manual', headers: { cookie } });
  expect(answer.status).toBe(200);
});
