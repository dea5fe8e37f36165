// The table of a list: its rows, and the heads that sort it.
import { expect, type Locator, type Page } from '@playwright/test';

export class ListTable {
  readonly rows: Locator;
  private readonly table: Locator;

  constructor(private readonly page: Page, name: string) {
    this.table = page.getByRole('table', { name });
    this.rows = this.table.locator('tbody').getByRole('row');
  }

  head(column: string): Locator {
    return this.table.getByRole('columnheader', { name: new RegExp(`^${column}\\b`) });
  }

  async expectSorted(column: string, direction: 'ascending' | 'descending'): Promise<void> {
    await expect(this.head(column)).toHaveAttribute('aria-sort', direction);
  }

  /** Follows a column's head; the first page in its order is what the address then names. */
  async sortBy(column: string, direction: 'ascending' | 'descending'): Promise<void> {
    await this.head(column).getByRole('link').click();
    await this.expectSorted(column, direction);
    const order = direction === 'descending' ? /^-/ : /^[^-]/;
    await expect(this.page).toHaveURL(({ searchParams }) => order.test(searchParams.get('sort') ?? '') && !searchParams.has('after'));
  }

  /** The moments of its rows, from the top. */
  async moments(): Promise<string[]> {
    return this.rows.locator('time').evaluateAll((times) => times.map((time) => time.getAttribute('datetime') ?? ''));
  }
}
