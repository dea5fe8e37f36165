// Times: the distance goes on while a page stays open, and the moment itself with its zone is there for
// whoever has no pointer to hover with.
import type { Page } from '@playwright/test';
import { filledOnce, goTo, PAGES } from '../support/every_page.ts';
import type { Installation } from '../support/installation.ts';
import { adminTest, expect, expectNoSidewaysScroll, hydrated, test } from '../support/test.ts';

const EXACT = /\d{4}-\d\d-\d\d \d\d:\d\d UTC$/;

/** Issues a key, and goes to where it stands alone in the list. */
async function issue(page: Page, installation: Installation, email: string): Promise<void> {
  const wish = { productId: installation.product.id, email, livemode: false };
  await installation.api('POST', '/api/activationkey/generate', wish);
  await page.goto(`/licenses?find=${email}`);
  await hydrated(page);
}

/** When the only key of the list was issued. */
function issuedCell(page: Page) {
  return page.getByRole('table', { name: 'License keys' }).locator('tbody').getByRole('row').getByRole('cell').last();
}

adminTest('words like 2 min ago go on by the server’s clock, whatever the browser’s own says', async ({ page, installation }) => {
  // Years behind the server.
  await page.clock.install({ time: new Date('2020-02-29T12:00:00Z') });
  await issue(page, installation, 'ticking@example.com');
  const time = issuedCell(page).locator('time');
  await expect(time).toHaveText(/^(just now|\d+ s ago)$/);
  // What else the page asks for is on its way for ever: nothing but the browser's clock moves the words.
  await page.route('**/ui/load_*', () => {});
  await page.clock.fastForward('03:10');
  await expect(time).toHaveText('3 min ago');
  await page.clock.fastForward('02:00:00');
  await expect(time).toHaveText('2 h ago');
  await expect(issuedCell(page)).toHaveText(EXACT);
});

adminTest('a page that is not in sight stands still, and is right as soon as it is', async ({ page, installation }) => {
  await page.clock.install({ time: new Date('2040-02-29T12:00:00Z') });
  await issue(page, installation, 'out.of.sight@example.com');
  const time = issuedCell(page).locator('time');
  await expect(time).toHaveText(/^(just now|\d+ s ago)$/);
  await page.route('**/ui/load_*', () => {});
  const turn = (hidden: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    }, hidden);
  await turn(true);
  await page.clock.fastForward('05:10');
  expect(await time.innerText()).toMatch(/^(just now|\d+ s ago)$/);
  await turn(false);
  await expect(time).toHaveText('5 min ago');
});

adminTest('a list says the moment itself with its zone', { tag: ['@no-js', '@mobile'] }, async ({ page, installation }) => {
  await issue(page, installation, `exact-${test.info().project.name}@example.com`);
  await expect(issuedCell(page)).toHaveText(EXACT);
  const moment = issuedCell(page).getByText(EXACT);
  await expect(moment).toBeVisible();
  const box = await moment.boundingBox();
  expect(box?.width ?? 0, 'it can be read').toBeGreaterThan(80);
});

adminTest('what was done to a thing is told with the moment and its zone', { tag: '@no-js' }, async ({ page }) => {
  await page.goto('/tenant-keys');
  await hydrated(page);
  const history = page.locator('section').filter({ has: page.getByRole('heading', { name: 'History' }) });
  await expect(history.getByRole('listitem').first()).toContainText(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC (just now|.* ago)$/);
  await expect(page.getByRole('columnheader', { name: 'Made (UTC)' })).toBeVisible();
  await expect(page.getByText(/^Public key 1 /).first()).toContainText(/\d\d:\d\d:\d\d UTC /);
});

adminTest.describe('between a phone and a desk', () => {
  adminTest.beforeEach(async ({ installation }) => filledOnce(installation));

  // Both sides of where the navigation goes, and of where tables become items.
  const WIDTHS = [601, 768, 860, 861, 900, 1024, 1100];

  for (const place of PAGES) {
    adminTest(`the page ${place[0]} fits every window`, async ({ page }) => {
      await goTo(page, place);
      await hydrated(page);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        await expectNoSidewaysScroll(page);
      }
    });
  }
});

adminTest('an outline at the edge of a box is not cut off', async ({ page, installation }) => {
  await filledOnce(installation);
  await page.goto('/');
  await hydrated(page);
  const link = page.locator('.todo a').first();
  await page.keyboard.press('Tab');
  await link.focus();
  const offset = await link.evaluate((element) => parseFloat(getComputedStyle(element).outlineOffset));
  expect(offset).toBeLessThan(0);
});
