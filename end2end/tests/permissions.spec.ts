// Nobody is offered a form that the server would refuse, or led to a page that it would: every page with every role.
import { filledOnce, goTo, PAGES } from '../support/every_page.ts';
import { guardedPages, lowestRoles, may } from '../support/roles.ts';
import { signIn } from '../support/signed_in.ts';
import { expect, hydrated, test } from '../support/test.ts';

/** Forms that stand on pages of the list for somebody with the role, so that a page without its forms is noticed. */
const OFFERED: Record<string, string[]> = {
  viewer: ['/ui/begin_second_factor'],
  support: ['/ui/generate_licenses', '/ui/resend_license', '/ui/make_offline_code', '/ui/resend_mail', '/ui/start_test_purchase'],
  admin: ['/ui/save_product', '/ui/save_plan', '/ui/save_app', '/ui/archive_app', '/ui/replay_event', '/ui/issue_keys', '/ui/create_access_token', '/ui/deactivate_device'],
};

/** The list of pages: whoever belongs here may look at each of them. */
const NAVIGATION = [
  '/',
  '/products',
  '/plans',
  '/licenses',
  '/activity',
  '/stripe',
  '/stripe/test-purchase',
  '/review',
  '/outbox',
  '/tickets',
  '/tenant-keys',
  '/access-tokens',
  '/audit-log',
  '/users',
  '/settings',
  '/help',
];

/** An address without what tells two things of a kind apart. */
function shape(address: string): string {
  const { pathname } = new URL(address, 'http://here.test');
  return pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, ':id');
}

for (const role of ['viewer', 'support', 'admin']) {
  test(`every form and every link that is offered to the role ${role} is one that it may use`, async ({ page, context, installation }) => {
    test.setTimeout(180_000);
    await filledOnce(installation);
    const lowest = lowestRoles();
    expect(lowest.size, 'the table could be read').toBeGreaterThan(60);
    await context.addCookies((await signIn(installation, installation.addPerson(role))).cookies);
    const guarded = guardedPages();
    expect(guarded.size, 'the table could be read').toBeGreaterThan(3);
    const offered = new Set<string>();
    // One address of each shape.
    const led = new Map<string, string>();
    for (const place of PAGES) {
      const guard = guarded.get(place[1]);
      if (guard && !may(role, guard)) {
        expect((await context.request.get(place[1])).status(), place[0]).toBe(403);
        continue;
      }
      await goTo(page, place);
      await hydrated(page);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      const forms = page.locator('main form[method="post"]');
      for (const action of await forms.evaluateAll((all) => all.map((form) => form.getAttribute('action') ?? ''))) {
        offered.add(action);
        expect(lowest.has(action), `${place[0]}: ${action} has a row`).toBe(true);
        expect(may(role, lowest.get(action)!), `${place[0]} offers ${action}`).toBe(true);
      }
      const links = page.locator('a[href^="/"]');
      for (const address of await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))) {
        const needed = guarded.get(shape(address)) ?? 'All';
        expect(may(role, needed), `${place[0]} leads to ${address}`).toBe(true);
        led.set(shape(address), address);
      }
    }
    for (const [address, needed] of guarded) {
      expect(led.has(address), `some page leads to ${address}`).toBe(may(role, needed));
    }
    for (const address of led.values()) {
      expect((await context.request.get(address)).status(), address).not.toBe(403);
    }
    const navigation = page.getByRole('navigation', { name: 'Pages' }).locator('a');
    expect(await navigation.evaluateAll((all) => all.map((link) => link.getAttribute('href')))).toEqual(NAVIGATION);
    for (const address of NAVIGATION) {
      expect((await context.request.get(address)).status(), address).toBe(200);
    }
    expect([...offered]).toEqual(expect.arrayContaining(OFFERED[role]));
  });
}
