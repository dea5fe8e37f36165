// What every spec imports: `test` with an installation of its worker's own and a page that
// fails its test when the console is not clean; `adminTest` with the admin signed in, `emptyTest` where
// nothing is yet, `liveTest` on the Live side; and what every page must keep: `expectAccessible`,
// `expectNoSidewaysScroll`.
import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type Page } from '@playwright/test';
import { Installation } from './installation.ts';
import { signIn, signInOnLiveSide, type Session } from './signed_in.ts';

/** A refused form is answered with one of these, which Chromium reports by itself. */
const REFUSED_FORM = /^error: Failed to load resource: .* status of (401|403|409|422|429) .*\/ui\//;

/**
 * Without JavaScript nobody uses the program that the page names; with it Chromium says so where the
 * machine was too busy to start it within a few seconds. That it starts is what `hydrated` waits for.
 */
const UNUSED_PROGRAM = /^warning: The resource .*\.(wasm|part) was preloaded using link preload but not used/;

/** A test that takes the cookies away leaves a page behind whose stream is told that its session has ended. */
const ENDED_STREAM = /^error: Failed to load resource: .* status of 401 .*\/live\?after=/;

interface Fixtures {
  /** Further complaints of the console that this test brings about on purpose. */
  expectedComplaints: RegExp[];
}

interface WorkerFixtures {
  installation: Installation;
  /** The admin's session. */
  session: Session;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  installation: [
    async ({}, use) => {
      const installation = await Installation.seeded();
      await use(installation);
      await installation.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  session: [async ({ installation }, use) => use(await signIn(installation, installation.admin)), { scope: 'worker' }],
  baseURL: async ({ installation }, use) => use(installation.url),
  expectedComplaints: async ({}, use) => use([]),
  page: async ({ page, expectedComplaints, installation }, use, info) => {
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    page.on('pageerror', (error) => complaints.push(`page: ${error.stack ?? error.message}`));
    page.on('response', (response) => {
      if (response.status() >= 500) complaints.push(`${response.status()}: ${response.url()}`);
    });
    await use(page);
    if (info.status !== info.expectedStatus) {
      await info.attach('logs', { body: installation.logs(), contentType: 'text/plain' });
    }
    const expected = [REFUSED_FORM, UNUSED_PROGRAM, ENDED_STREAM, ...expectedComplaints];
    const unexpected = complaints.filter((text) => !expected.some((pattern) => pattern.test(text)));
    expect(unexpected, 'the console is clean').toEqual([]);
  },
});

/** The same for whoever is signed in as the admin. */
export const adminTest = test.extend({
  context: async ({ context, session }, use) => {
    await context.addCookies(session.cookies);
    await use(context);
  },
});

/** The admin of a tenant that has nothing yet. */
export const emptyTest = adminTest.extend({
  installation: [
    async ({}, use) => {
      const installation = await Installation.empty();
      await use(installation);
      await installation.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

/** The admin on the Live side of a tenant that sells. */
export const liveTest = adminTest.extend({
  session: [
    async ({ installation }, use) => {
      await installation.goLive();
      await use(await signInOnLiveSide(installation, installation.admin));
    },
    { scope: 'worker' },
  ],
});

export { expect };

/** Waits until the browser's program has taken the page over; at once without JavaScript. */
export async function hydrated(page: Page): Promise<void> {
  if (test.info().project.use.javaScriptEnabled === false) return;
  await expect(page.locator('body[data-hydrated]')).toBeAttached();
}

/** Fails with each violation of WCAG 2.2 AA, its rule and its places. */
export async function expectAccessible(page: Page): Promise<void> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  await expectNothingFound(new AxeBuilder({ page }).withTags(tags));
}

/** The same by the rules that look at colours: for the other theme of a page that was looked at whole. */
export async function expectColorsAccessible(page: Page): Promise<void> {
  await expectNothingFound(new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']));
}

async function expectNothingFound(axe: AxeBuilder): Promise<void> {
  if (test.info().project.use.javaScriptEnabled === false) return;
  const { violations } = await axe.analyze();
  const places = violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map((node) => node.target.join(' ')) }));
  expect(places, 'axe finds nothing').toEqual([]);
}

/** Fails when the page is wider than the window, or a table than its box, which clips it: nobody scrolls sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow, 'the page fits the window').toBeLessThanOrEqual(0);
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll('.panel table:not(.off-screen *)')].flatMap((table) => {
      const over = table.scrollWidth - (table.closest('.panel')?.clientWidth ?? 0);
      // Both are rounded.
      return over > 1 ? [`${table.getAttribute('aria-label')}: ${over} px`] : [];
    }),
  );
  expect(cut, 'tables fit their boxes').toEqual([]);
}
