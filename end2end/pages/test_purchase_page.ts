// Stripe Integration > Test Purchase.
import type { Locator, Page } from '@playwright/test';
import { hydrated } from '../support/test.ts';

export class TestPurchasePage {
  readonly quantity: Locator;
  readonly email: Locator;

  constructor(private readonly page: Page) {
    this.quantity = page.getByLabel('Quantity', { exact: true });
    this.email = page.getByLabel('Buyer’s e-mail', { exact: true });
  }

  async open(): Promise<void> {
    await this.page.goto('/stripe/test-purchase');
    await hydrated(this.page);
  }

  async fill(wanted: { product: string; app: string; quantity: string; email: string }): Promise<void> {
    await this.page.getByLabel('Product', { exact: true }).selectOption({ label: wanted.product });
    await this.page.getByLabel('Stripe app', { exact: true }).selectOption({ label: wanted.app });
    await this.quantity.fill(wanted.quantity);
    await this.email.fill(wanted.email);
  }

  async goToCheckout(): Promise<void> {
    await this.page.getByRole('button', { name: 'Go to checkout' }).click();
  }
}
