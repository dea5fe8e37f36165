// Nobody is offered a form that the server would refuse: every page with every role.
import { filledOnce, goTo, PAGES } from '../support/every_page.ts';
import { lowestRoles, may } from '../support/roles.ts';
import { signIn } from '../support/signed_in.ts';
import { expect, hydrated, test } from '../support/test.ts';

/** Forms that stand on pages of the list for somebody with the role, so that a page without its forms is noticed. */
const OFFERED: Record<string, string[]> = {
  viewer: ['/ui/begin_second_factor'],
  support: ['/ui/generate_licenses', '/ui/resend_license', '/ui/make_offline_code', '/ui/resend_mail', '/ui/start_test_purchase'],
  admin: ['/ui/save_product', '/ui/save_plan', '/ui/save_app', '/ui/archive_app', '/ui/replay_event', '/ui/issue_keys', '/ui/create_access_token', '/ui/deactivate_device'],
};

/** Pages that whoever may least is refused as a whole, by the lowest role that may see them. */
const GUARDED: Record<string, string> = {
  '/licenses/new': 'Support',
  '/products/new': 'Admin',
  '/plans/new': 'Admin',
  '/stripe/apps/new': 'Admin',
};

for (const role of ['viewer', 'support', 'admin']) {
  test(`every form that is offered to the role ${role} is one that it may send`, async ({ page, context, installation }) => {
    test.setTimeout(180_000);
    await filledOnce(installation);
    const lowest = lowestRoles();
    expect(lowest.size, 'the table could be read').toBeGreaterThan(60);
    await context.addCookies((await signIn(installation, installation.addPerson(role))).cookies);
    const offered = new Set<string>();
    for (const place of PAGES) {
      const guard = GUARDED[place[1]];
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
    }
    expect([...offered]).toEqual(expect.arrayContaining(OFFERED[role]));
  });
}
