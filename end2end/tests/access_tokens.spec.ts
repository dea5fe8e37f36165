// Access tokens: shown once, good at once, ended at once.
import { expectRefusal } from '../pages/fields.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

adminTest('a token is shown once, works, and is ended', { tag: '@no-js' }, async ({ page, installation }) => {
  const name = `robot ${test.info().project.name}`;
  await page.goto('/access-tokens');
  await hydrated(page);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('generate', { exact: true }).check();
  await page.getByRole('button', { name: 'Make token' }).click();
  const shown = page.getByRole('status').locator('code');
  await expect(shown).toHaveText(/^exo_at_\w+$/);
  const token = await shown.innerText();
  const ask = () => fetch(`${installation.url}/api/product/`, { headers: { authorization: `ExisOneApi ${token}` } });
  expect((await ask()).status).toBe(200);
  await page.goto('/access-tokens');
  await hydrated(page);
  expect(await page.content()).not.toContain(token);
  const row = page.getByRole('row').filter({ hasText: name });
  await expect(row).toContainText('active');
  await row.getByText('Change…').click();
  await row.getByText('End…').click();
  await row.getByRole('button', { name: `End “${name}” (${token.slice(0, 12)}` }).click();
  await expect(row).toContainText('ended');
  await expect.poll(async () => (await ask()).status).toBe(401);
});

adminTest('a token without a name or a permission is refused', { tag: '@no-js' }, async ({ page }) => {
  await page.goto('/access-tokens');
  await hydrated(page);
  await page.getByLabel('verify', { exact: true }).uncheck();
  await page.getByRole('button', { name: 'Make token' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('verify', { exact: true })).not.toBeChecked();
});

adminTest('that no permission was chosen is said beside the boxes, and the name stays', { tag: '@no-js' }, async ({ page }) => {
  await page.goto('/access-tokens');
  await hydrated(page);
  const name = page.getByLabel('Name', { exact: true });
  const boxes = page.getByRole('group', { name: 'May', exact: true });
  await name.fill('allowed nothing');
  await boxes.getByLabel('verify', { exact: true }).uncheck();
  await page.getByRole('button', { name: 'Make token' }).click();
  await expect(boxes).toContainText('Choose at least one permission.');
  await expect(name).toHaveValue('allowed nothing');
  await expect(name).not.toHaveAttribute('aria-invalid');
  await expect(page.getByRole('status').locator('code')).toHaveCount(0);
});

adminTest('when a token was used last stands in its row', { tag: '@no-js' }, async ({ page, installation }) => {
  const name = `watchman ${test.info().project.name}`;
  const wish = { name, permissions: ['generate'], expiresAt: '2045-01-31T00:00:00Z' };
  const { token } = await installation.api<{ token: string }>('POST', '/api/token', wish);
  await page.goto('/access-tokens');
  const used = page.getByRole('row').filter({ hasText: name }).getByRole('cell').nth(3);
  await expect(used).toHaveText('never');
  const answer = await fetch(`${installation.url}/api/product/`, { headers: { authorization: `ExisOneApi ${token}` } });
  expect(answer.status).toBe(200);
  // It is written down a moment after the answer.
  await expect(async () => {
    await page.goto('/access-tokens');
    await expect(used).toHaveText(/ago|just now/, { timeout: 1_000 });
  }).toPass();
  await hydrated(page);
});

adminTest('a token is renamed in its row, works on, and its history tells of it', { tag: ['@no-js', '@mobile'] }, async ({ page, installation }) => {
  const own = `${test.info().project.name}-${test.info().testId}`;
  const [before, after] = [`Quay ${own}`, `Wharf ${own}`];
  const { id, token } = await installation.api<{ id: string; token: string }>('POST', '/api/token', { name: before, permissions: ['generate'] });
  await page.goto(`/access-tokens?find=${encodeURIComponent(before)}`);
  await hydrated(page);
  const row = page.getByRole('table', { name: 'Access tokens' }).locator('tbody').getByRole('row');
  await expect(row).toHaveCount(1);
  await row.getByText('Change…').click();
  const name = row.getByLabel(/^Name of “Quay /);
  await expect(name).toHaveValue(before);
  await name.fill('n'.repeat(101));
  await row.getByRole('button', { name: 'Save name' }).click();
  await expectRefusal(name, /1 to 100 characters/);
  await expect(name).toHaveValue('n'.repeat(101));
  // Without JavaScript the page is another one by now; the row is open all the same.
  await expect(name).toBeVisible();
  await name.fill(` ${after}`);
  await row.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByRole('status').filter({ hasText: `“${after}”` })).toBeVisible();
  await page.goto(`/access-tokens?find=${encodeURIComponent(after)}`);
  await hydrated(page);
  await expect(row).toHaveCount(1);
  await expect(row).toContainText(after);
  const answer = await fetch(`${installation.url}/api/product/`, { headers: { authorization: `ExisOneApi ${token}` } });
  expect(answer.status).toBe(200);
  await row.getByRole('link', { name: `History of “${after}”` }).click();
  await expect(page).toHaveURL((url) => url.searchParams.get('about') === 'access_token' && url.searchParams.get('id') === id);
  await expect(page.getByText('Only what was done to the access token')).toBeVisible();
  const lines = page.getByRole('table', { name: 'Changes' }).locator('tbody').getByRole('row');
  await expect(lines).toHaveCount(2);
  await expect(lines.first()).toContainText(`renamed access token “${after}”`);
  await expect(lines.first()).toContainText(`former name: ${before}`);
});
