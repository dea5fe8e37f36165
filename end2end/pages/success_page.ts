// What the buyer comes back to.
import { expect, type Page } from '@playwright/test';

export class SuccessPage {
  constructor(private readonly page: Page) {}

  /** The keys, as soon as there are so many. */
  async keys(count: number): Promise<string[]> {
    const lines = this.page.getByRole('list', { name: 'Activation keys' }).locator('code');
    await expect(lines).toHaveCount(count);
    return lines.allInnerTexts();
  }
}
