// The list of pages beside every page.
import { expect, type Page } from '@playwright/test';

/** Goes to a page by its link, as people do, and waits for its title. */
export async function goByLink(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
}
