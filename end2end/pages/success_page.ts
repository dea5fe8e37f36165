// What the buyer comes back to.
import { expect, type Locator, type Page } from '@playwright/test';
import { hydrated } from '../support/test.ts';

export class SuccessPage {
  readonly title: Locator;

  constructor(private readonly page: Page) {
    this.title = page.getByRole('heading', { level: 1 });
  }

  /** Opens it as the browser does that comes back from Stripe. */
  async open(checkout: { id: string }): Promise<void> {
    await this.page.goto(`/purchase/success?session_id=${checkout.id}`);
    await hydrated(this.page);
  }

  async expectWaiting(): Promise<void> {
    await expect(this.title).toHaveText('Thank you. Your keys are being made');
  }

  /** The keys, as soon as there are so many. */
  async keys(count: number, timeout = 10_000): Promise<string[]> {
    const lines = this.page.getByRole('list', { name: 'Activation keys' }).locator('code');
    await expect(lines).toHaveCount(count, { timeout });
    return lines.allInnerTexts();
  }
}
