// The sandbox's hosted checkout page, which stands where Stripe's stands.
import { expect, type Page } from '@playwright/test';

export class CheckoutPage {
  constructor(private readonly page: Page) {}

  /** Waits for it, with what is to be paid. */
  async expectAmount(amount: string): Promise<void> {
    await expect(this.page).toHaveURL(/\/c\/pay\//);
    await expect(this.page.getByText(amount).first()).toBeVisible();
  }

  async pay(): Promise<void> {
    await this.choose('Pay');
  }

  /** Ends the checkout as one of its buttons says. */
  async choose(ending: string): Promise<void> {
    await this.page.getByRole('button', { name: ending, exact: true }).click();
  }
}
