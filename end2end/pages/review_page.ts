// Review: payments that wait for a decision.
import type { Locator, Page } from '@playwright/test';
import { hydrated } from '../support/test.ts';

export class ReviewPage {
  /** What the payments are called, in the order of the list. */
  readonly titles: Locator;

  constructor(private readonly page: Page) {
    this.titles = page.getByRole('heading', { level: 2, name: /49\.00 USD from/ });
  }

  /** Opens it with what the search finds; other tests leave payments too. */
  async open(find: string): Promise<void> {
    await this.page.goto(`/review?find=${encodeURIComponent(find)}`);
    await hydrated(this.page);
  }

  /** The title of a buyer's payment. */
  title(email: string): Locator {
    return this.page.getByRole('heading', { name: `49.00 USD from ${email}` });
  }

  /** A buyer's payment with its forms. */
  payment(email: string): Locator {
    return this.page.locator('section').filter({ has: this.title(email) });
  }

  /** Narrows the list by the form above it. */
  async find(wanted: { text?: string; product?: string; order?: string }): Promise<void> {
    if (wanted.text !== undefined) await this.page.getByLabel('Buyer’s e-mail, cs_… or pi_…').fill(wanted.text);
    if (wanted.product) await this.page.getByLabel('Product paid for').selectOption({ label: wanted.product });
    if (wanted.order) await this.page.getByLabel('Order of the list').selectOption({ label: wanted.order });
    await this.page.getByRole('button', { name: 'Find', exact: true }).click();
  }
}
