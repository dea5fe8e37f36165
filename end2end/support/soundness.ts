// What every page must be in both themes; its pictures stay to be looked at, in the folder that
// `cargo xtask test` names, else in end2end/screenshots.
import { join } from 'node:path';
import { test, type Page } from '@playwright/test';
import { expectAccessible, expectColorsAccessible, expectNoSidewaysScroll, hydrated } from './test.ts';

const PICTURES = process.env.E2E_SCREENSHOTS ?? 'screenshots';

/** Keeps a picture in one theme, under its name and the window's: of what is in sight, or of the whole page. */
export async function keepPicture(page: Page, name: string, colorScheme: 'light' | 'dark', fullPage = false): Promise<void> {
  await page.emulateMedia({ colorScheme });
  const file = `${name}-${test.info().project.name}-${colorScheme}.png`;
  await page.screenshot({ path: join(PICTURES, file), fullPage });
}

/** Fails where the page, light or dark, does not fit its window or where axe finds something. */
export async function expectSound(page: Page, name: string): Promise<void> {
  await hydrated(page);
  // Where somebody has scrolled, a picture of the whole page has the top bar in its middle.
  await page.evaluate(() => window.scrollTo({ top: 0, behavior: 'instant' }));
  // The themes differ in nothing but colours.
  for (const [colorScheme, look] of [['light', expectAccessible], ['dark', expectColorsAccessible]] as const) {
    await keepPicture(page, name, colorScheme, true);
    await expectNoSidewaysScroll(page);
    await look(page);
  }
}
