// What every page must be in both themes; its pictures stay in end2end/screenshots to be looked at.
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expectAccessible, expectNoSidewaysScroll, hydrated } from './test.ts';

/** Fails where the page, light or dark, does not fit its window or where axe finds something. */
export async function expectSound(page: Page, name: string): Promise<void> {
  await hydrated(page);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const file = `${name}-${page.viewportSize()?.width}-${colorScheme}.png`;
    await page.screenshot({ path: join('screenshots', file), fullPage: true });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  }
}
