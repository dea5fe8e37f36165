// Lists that no other spec reads further than one page: on to the second page, and back to the first.
import type { Page } from '@playwright/test';
import { ListTable } from '../pages/list_table.ts';
import type { Installation } from '../support/installation.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

const PAGE = 50;

interface List {
  /** The accessible name of its table. */
  table: string;
  /** Makes one more than a page holds, and answers the address of a list of these alone. */
  fill: (installation: Installation, name: string) => Promise<string>;
}

/** Calls the API once for each thing, and answers how the list at the path finds them by their names. */
async function fillByName(installation: Installation, [path, name]: [string, string], [api, rest]: [string, object]): Promise<string> {
  for (let n = 0; n <= PAGE; n += 1) await installation.api('POST', api, { ...rest, name: `${name} ${n}` });
  return `${path}?find=${encodeURIComponent(name)}`;
}

const LISTS: List[] = [
  {
    table: 'Products',
    fill: (installation, name) => fillByName(installation, ['/products', name], ['/api/product/', {}]),
  },
  {
    table: 'Plans',
    fill: (installation, name) => fillByName(installation, ['/plans', name], ['/api/plan/', { durationDays: 30 }]),
  },
  {
    table: 'Access tokens',
    fill: (installation, name) => fillByName(installation, ['/access-tokens', name], ['/api/token', { permissions: ['verify'] }]),
  },
  {
    table: 'Mails',
    fill: async (installation, name) => {
      const email = `${name.toLowerCase().replaceAll(' ', '-')}@example.com`;
      const wish = { productId: installation.product.id, email, livemode: false };
      const { activationKey } = await installation.api<{ activationKey: string }>('POST', '/api/activationkey/generate', wish);
      for (let n = 0; n <= PAGE; n += 1) {
        await installation.api('POST', `/api/license/${activationKey}/resend`, {});
      }
      return `/outbox?find=${encodeURIComponent(email)}`;
    },
  },
];

/** What the rows lead to, which tells them apart whatever they are called. */
async function targets(page: Page, table: string): Promise<string[]> {
  const leads = new ListTable(page, table).rows.locator('td.lead');
  const links = await leads.evaluateAll((cells) => cells.map((cell) => cell.querySelector('a')?.getAttribute('href') ?? ''));
  // The browser and the server escape different characters of an address.
  return links.map(decodeURIComponent);
}

for (const { table, fill } of LISTS) {
  adminTest(`${table} go on to the second page, and back`, { tag: '@no-js' }, async ({ page, installation }) => {
    const address = await fill(installation, `Leafed ${table} ${test.info().project.name}`);
    const narrowed = new URL(address, installation.url).searchParams;
    const keepsFilter = ({ searchParams }: URL) => [...narrowed].every(([name, value]) => searchParams.get(name) === value);
    const { rows } = new ListTable(page, table);
    await page.goto(address);
    await hydrated(page);
    await expect(rows).toHaveCount(PAGE);
    await expect(page.getByRole('link', { name: 'Newest' })).toHaveCount(0);
    const first = await targets(page, table);
    expect(new Set(first).size).toBe(PAGE);

    await page.getByRole('link', { name: 'Older' }).click();
    await expect(rows).toHaveCount(1);
    await expect(page).toHaveURL((url) => keepsFilter(url) && url.searchParams.has('after'));
    await expect(page.getByRole('link', { name: 'Older' })).toHaveCount(0);
    const second = await targets(page, table);
    expect(new Set([...first, ...second]).size).toBe(PAGE + 1);

    await page.getByRole('link', { name: 'Newest' }).click();
    await expect(rows).toHaveCount(PAGE);
    await expect(page).toHaveURL((url) => keepsFilter(url) && !url.searchParams.has('after'));
    expect(await targets(page, table)).toEqual(first);
  });
}
