// What every page must be in both themes; its pictures stay to be looked at, in the folder that
// `cargo xtask test` names, else in end2end/screenshots.
import { join } from 'node:path';
import { test, type Page } from '@playwright/test';
import { expectAccessible, expectColorsAccessible, expectNoSidewaysScroll, hydrated } from './test.ts';

const PICTURES = process.env.E2E_SCREENSHOTS ?? 'screenshots';

/** Fails where the page, light or dark, does not fit its window or where axe finds something. */
export async function expectSound(page: Page, name: string): Promise<void> {
  await hydrated(page);
  // Where somebody has scrolled, a picture of the whole page has the top bar in its middle.
  await page.evaluate(() => window.scrollTo({ top: 0, behavior: 'instant' }));
  // The themes differ in nothing but colours.
  for (const [colorScheme, look] of [['light', expectAccessible], ['dark', expectColorsAccessible]] as const) {
    await page.emulateMedia({ colorScheme });
    const file = `${name}-${test.info().project.name}-${colorScheme}.png`;
    await page.screenshot({ path: join(PICTURES, file), fullPage: true });
    await expectNoSidewaysScroll(page);
    await look(page);
  }
}
