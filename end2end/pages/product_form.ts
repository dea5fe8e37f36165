// The form of a new or a saved product.
import type { Locator, Page } from '@playwright/test';
import { hydrated } from '../support/test.ts';

export class ProductForm {
  readonly name: Locator;
  readonly price: Locator;
  readonly licenseDays: Locator;
  readonly trialDays: Locator;
  readonly autoEmail: Locator;
  readonly subject: Locator;
  readonly template: Locator;
  readonly preview: Locator;

  constructor(private readonly page: Page) {
    this.name = page.getByLabel('Name', { exact: true });
    this.price = page.getByLabel('Price', { exact: true });
    this.licenseDays = page.getByLabel('Default License Days', { exact: true });
    this.trialDays = page.getByLabel('Trial Days', { exact: true });
    this.autoEmail = page.getByLabel('Auto Email', { exact: true });
    this.subject = page.getByLabel('Subject', { exact: true });
    this.template = page.getByLabel('Email Template', { exact: true });
    const heading = page.getByRole('heading', { name: 'Preview' });
    this.preview = page.locator('section').filter({ has: heading });
  }

  async openNew(): Promise<void> {
    await this.page.goto('/products/new');
    await hydrated(this.page);
  }

  async currency(code: string): Promise<void> {
    await this.page.getByLabel('Currency', { exact: true }).selectOption(code);
  }

  async save(): Promise<void> {
    await this.page.getByRole('button', { name: 'Save product' }).click();
  }
}
