// Somebody with the role viewer sees everything and changes nothing, by whichever door.
import { buy, mailsTo } from '../support/purchases.ts';
import type { Person } from '../support/installation.ts';
import { signIn } from '../support/signed_in.ts';
import { expectSound } from '../support/soundness.ts';
import { expect, hydrated, test } from '../support/test.ts';

/** The server functions that change something, with what a viewer might send. */
const CHANGES: [name: string, body: Record<string, string>][] = [
  ['save_product', { id: '', name: 'Mine' }],
  ['send_test_mail', { id: '1', recipient: 'eve@example.com' }],
  ['save_plan', { id: '', name: 'Mine', durationDays: '1' }],
  ['archive_product', { id: '1' }],
  ['restore_product', { id: '1' }],
  ['archive_plan', { id: '1' }],
  ['restore_plan', { id: '1' }],
  ['change_ticket', { change: 'close' }],
  ['save_app', { id: '', name: 'Mine' }],
  ['archive_app', {}],
  ['start_test_purchase', { productId: '1', quantity: '1' }],
  ['issue_keys', { productId: '1', quantity: '1' }],
  ['dismiss_review', {}],
  ['give_order_address', { email: 'eve@example.com' }],
  ['resend_mail', { email: 'eve@example.com' }],
  ['replay_event', {}],
  ['create_access_token', { name: 'Mine', manage: 'true' }],
  ['rename_access_token', { name: 'Mine' }],
  ['revoke_access_token', {}],
  ['activate_tenant_key', {}],
  ['rotate_signing_key', {}],
  ['generate_licenses', { email: 'eve@example.com' }],
  ['change_license_state', { change: 'revoke' }],
  ['deactivate_device', { hardware: 'EVE' }],
  ['extend_license', { days: '1' }],
  ['resend_license', { email: 'eve@example.com' }],
  ['save_settings', { companyName: 'Mine' }],
  ['set_test_keys', { valid: 'false' }],
  ['send_server_test', {}],
  ['save_mail_server', { mailServerUrl: 'smtp://mail.example.com', mailSender: 'eve@example.com' }],
  ['drop_mail_server', {}],
  ['make_offline_code', { hardwareId: 'EVE' }],
  ['change_trial', { product: '1', hardware: 'EVE', trialEndsAt: '2031-12-31' }],
];

const viewers = new WeakMap<object, Person>();

test.beforeEach(async ({ context, installation }) => {
  const viewer = viewers.get(installation) ?? installation.addPerson('viewer');
  viewers.set(installation, viewer);
  await context.addCookies((await signIn(installation, viewer)).cookies);
});

test('a viewer sees what was sold', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `seen-${test.info().project.name}@example.com`;
  await buy(installation, email);
  await page.goto(`/licenses?find=${email}`);
  await expect(page.getByRole('row').filter({ hasText: email })).toHaveCount(1);
  for (const address of ['/', '/products', '/stripe', '/review', '/outbox', '/tickets', '/activity', '/help', '/tenant-keys', '/access-tokens', '/audit-log']) {
    const answer = await page.goto(address);
    expect(answer?.status(), address).toBe(200);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
});

test('a viewer of a key sees none of what would change it', { tag: '@no-js' }, async ({ page, installation }) => {
  const email = `untouched-${test.info().project.name}@example.com`;
  await buy(installation, email);
  await page.goto(`/licenses?find=${email}`);
  await hydrated(page);
  await expect(page.getByRole('link', { name: 'Generate keys' })).toHaveCount(0);
  await page.getByRole('table', { name: 'License keys' }).locator('tbody').getByRole('link').click();
  await expect(page.getByRole('heading', { name: 'Facts' })).toBeVisible();
  await expect(page.locator('main form')).toHaveCount(0);
  const refused = await page.context().request.get(`${installation.url}/licenses/new`);
  expect(refused.status()).toBe(403);
  expect(await refused.text()).toContain('Your role here (viewer) may look but not change this');
});

test('a viewer reads a product, a plan and a Stripe app as facts', { tag: '@no-js' }, async ({ page, installation }) => {
  const name = `Viewed ${test.info().project.name}`;
  const plan = await installation.api<{ id: number }>('POST', '/api/plan/', { name, durationDays: 30, isActive: true });
  const facts = [
    [`/products/${installation.product.id}`, installation.product.name, ['49.00 USD', '365 days', 'revokes the licences', '{{ActivationKey}}']],
    [`/plans/${plan.id}`, name, ['active', '30 days']],
    [`/stripe/apps/${installation.stripeApp.id}`, installation.stripeApp.name, ['Test', 'USD', 'Secret key is saved']],
  ] as const;
  for (const [address, title, texts] of facts) {
    await page.goto(address);
    await hydrated(page);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
    for (const text of texts) await expect(page.getByRole('main')).toContainText(text);
    await expect(page.locator('main form')).toHaveCount(0);
  }
});

test('what only others may make is refused with the reason, and nothing leads there', { tag: '@no-js' }, async ({ page, installation }) => {
  for (const list of ['/products', '/plans', '/stripe']) {
    await page.goto(list);
    await hydrated(page);
    await expect(page.locator('main a[href$="/new"]')).toHaveCount(0);
  }
  for (const address of ['/products/new', '/plans/new', '/stripe/apps/new']) {
    const refused = await page.context().request.get(installation.url + address);
    expect(refused.status(), address).toBe(403);
    expect(await refused.text()).toContain('Your role here (viewer) may look but not change this');
  }
});

test.describe('a page that is for others', () => {
  test.use({ expectedComplaints: [/status of 403 .*\/licenses\/new/] });

  test('says why it is not shown, and how to go on', { tag: '@mobile' }, async ({ page }) => {
    const answer = await page.goto('/licenses/new');
    expect(answer?.status()).toBe(403);
    await expect(page.getByText('Your role here (viewer) may look but not change this')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Go to the dashboard' })).toBeVisible();
    await expectSound(page, 'not-permitted');
  });
});

test('a viewer changes nothing straight at the server functions', async ({ context, installation }) => {
  await buy(installation, 'sold@example.com');
  await mailsTo(installation, 'sold@example.com');
  const [product, app] = [String(installation.product.id), installation.stripeApp.id];
  const { items: mails } = await installation.api<{ items: { id: string }[] }>('GET', '/api/mail');
  const list = await (await context.request.get(`${installation.url}/licenses`)).text();
  const license = /\/licenses\/([0-9a-f-]{36})/.exec(list)?.[1] ?? 'none';
  const [event] = await installation.api<{ id: string }[]>('GET', '/api/stripe/events');
  const fitting = (name: string, body: Record<string, string>): Record<string, string> => {
    const nobody = '00000000-0000-7000-8000-000000000000';
    const things: Record<string, Record<string, string>> = {
      send_test_mail: { id: product },
      archive_app: { id: app },
      start_test_purchase: { productId: product, appId: app },
      issue_keys: { orderId: nobody, productId: product },
      dismiss_review: { orderId: nobody },
      resend_mail: { id: mails[0].id },
      replay_event: { id: event.id },
      generate_licenses: { productId: product },
      change_license_state: { id: license },
      deactivate_device: { id: license },
      extend_license: { id: license },
      resend_license: { id: license },
      make_offline_code: { id: license },
    };
    return { id: nobody, ...body, ...things[name] };
  };
  const changes = async () => installation.api<{ items: { id: number }[] }>('GET', '/api/change?pageSize=1');
  const before = await changes();
  for (const [name, body] of CHANGES) {
    const answer = await context.request.post(`${installation.url}/ui/${name}`, {
      form: fitting(name, body),
      headers: { accept: 'application/json' },
    });
    expect([name, answer.status()]).toEqual([name, 403]);
  }
  expect(await changes()).toEqual(before);
});
