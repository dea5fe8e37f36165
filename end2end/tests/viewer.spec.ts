// Somebody with the role viewer sees everything and changes nothing, by whichever door.
import { buy, mailsTo } from '../support/purchases.ts';
import type { Person } from '../support/installation.ts';
import { signIn } from '../support/signed_in.ts';
import { expect, hydrated, test } from '../support/test.ts';

/** The server functions that change something, with what a viewer might send. */
const CHANGES: [name: string, body: Record<string, string>][] = [
  ['save_product', { id: '', name: 'Mine' }],
  ['send_test_mail', { id: '1', recipient: 'eve@example.com' }],
  ['save_plan', { id: '', name: 'Mine', durationDays: '1' }],
  ['save_app', { id: '', name: 'Mine' }],
  ['archive_app', {}],
  ['start_test_purchase', { productId: '1', quantity: '1' }],
  ['issue_keys', { productId: '1', quantity: '1' }],
  ['dismiss_review', {}],
  ['give_order_address', { email: 'eve@example.com' }],
  ['resend_mail', { email: 'eve@example.com' }],
  ['replay_event', {}],
  ['create_access_token', { name: 'Mine', manage: 'true' }],
  ['revoke_access_token', {}],
  ['activate_tenant_key', {}],
  ['rotate_signing_key', {}],
  ['generate_licenses', { email: 'eve@example.com' }],
  ['change_license_state', { change: 'revoke' }],
  ['extend_license', { days: '1' }],
  ['resend_license', { email: 'eve@example.com' }],
  ['save_settings', { companyName: 'Mine' }],
  ['set_test_keys', { valid: 'false' }],
  ['send_server_test', {}],
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

test('a viewer who saves is told that this role may only look', { tag: '@no-js' }, async ({ page, installation }) => {
  await page.goto(`/products/${installation.product.id}`);
  await hydrated(page);
  await page.getByLabel('Name', { exact: true }).fill('Stolen');
  await page.getByRole('button', { name: 'Save product' }).click();
  await expect(page.getByRole('alert')).toContainText('Your role here (viewer) may look but not change this');
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Stolen');
  const product = await installation.api<{ name: string }>('GET', `/api/product/${installation.product.id}`);
  expect(product.name).toBe(installation.product.name);
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
