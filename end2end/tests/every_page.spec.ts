// Every page, filled, empty and on the Live side: in both themes and on a small phone it is accessible,
// fits, hydrates without a word in the console and without another word on it, and leaves its picture.
import { filledOnce, goTo, PAGES } from '../support/every_page.ts';
import { expectAsSent } from '../support/hydration.ts';
import { expectSound } from '../support/soundness.ts';
import { adminTest, emptyTest, expect, liveTest } from '../support/test.ts';

adminTest.describe('filled', () => {
  adminTest.beforeEach(async ({ installation }) => filledOnce(installation));

  for (const place of PAGES) {
    adminTest(`the page ${place[0]} is as it must be`, { tag: '@mobile' }, async ({ page }) => {
      const answer = await goTo(page, place);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expectAsSent(page, answer);
      await expectSound(page, place[0]);
    });
  }
});

/** Pages that are there before anything is. */
const FIRST = PAGES.filter(([, address, ...links]) => links.length === 0 && !address.includes('?'));

emptyTest.describe('where nothing is yet', () => {
  for (const [name, address] of FIRST) {
    emptyTest(`the empty page ${name} is as it must be`, { tag: '@mobile' }, async ({ page }) => {
      const answer = await page.goto(address);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expectAsSent(page, answer);
      await expectSound(page, `empty-${name}`);
    });
  }
});

// In one width: nothing but the colour of its mark tells this side from the other.
liveTest.describe('on the Live side', () => {
  for (const [name, address] of FIRST) {
    liveTest(`the live page ${name} is as it must be`, async ({ page }) => {
      const answer = await page.goto(address);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expectAsSent(page, answer);
      await expect(page.getByRole('button', { name: 'Live', exact: true })).toHaveAttribute('aria-pressed', 'true');
      await expectSound(page, `live-${name}`);
    });
  }
});

adminTest.describe('where no page is', () => {
  adminTest.use({ expectedComplaints: [/status of 404 .*no-such-page/] });

  adminTest('a page says so, and how to go on', { tag: '@mobile' }, async ({ page }) => {
    const answer = await page.goto('/no-such-page');
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole('link', { name: 'Go to the dashboard' })).toBeVisible();
    await expectSound(page, 'not-found');
  });
});
