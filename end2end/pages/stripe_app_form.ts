// The form of a new or a saved Stripe app.
import type { Locator, Page } from '@playwright/test';
import { hydrated } from '../support/test.ts';

export class StripeAppForm {
  readonly name: Locator;
  readonly publishableKey: Locator;
  readonly secretKey: Locator;
  readonly signingSecret: Locator;

  constructor(private readonly page: Page) {
    this.name = page.getByLabel('Name', { exact: true });
    this.publishableKey = page.getByLabel('Publishable key', { exact: true });
    this.secretKey = page.getByLabel('Secret key', { exact: true });
    this.signingSecret = page.getByLabel('Webhook signing secret', { exact: true });
  }

  async open(address = '/stripe/apps/new'): Promise<void> {
    await this.page.goto(address);
    await hydrated(this.page);
  }

  async save(): Promise<void> {
    await this.page.getByRole('button', { name: 'Save app' }).click();
  }

  /** The app's own webhook URL, whole. */
  async webhookUrl(): Promise<string> {
    const row = this.page.locator('dt', { hasText: 'This app’s URL' }).locator('xpath=following-sibling::dd[1]');
    return row.locator('code').innerText();
  }
}
