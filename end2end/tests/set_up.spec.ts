// The first page of a server that has nobody yet.
import { expectRefusal } from '../pages/fields.ts';
import { Installation, secret } from '../support/installation.ts';
import { expectSound } from '../support/soundness.ts';
import { expect, hydrated, test } from '../support/test.ts';

test.describe('on a fresh server', () => {
  test.use({ expectedComplaints: [/status of 404 .*\/set[-_]up/] });

  test('who has the code becomes the owner, and then there is no such page', { tag: ['@no-js', '@mobile'] }, async ({ page }) => {
    const fresh = await Installation.bare();
    try {
      await page.goto(`${fresh.url}/set-up`);
      await expectSound(page, 'set-up');
      const code = page.getByLabel('Set-up code', { exact: true });
      const password = page.getByLabel('Password', { exact: true });
      const passphrase = secret();
      await page.getByLabel('Name of your shop', { exact: true }).fill('Fresh Fish');
      await page.getByLabel('Your e-mail', { exact: true }).fill('owner@example.com');
      await code.fill('AAAA-AAAA-AAAA-AAAA');
      await password.fill(passphrase);
      await page.getByRole('button', { name: 'Set up' }).click();
      await expectRefusal(code, /not the set-up code/);
      await expect(page.getByLabel('Your e-mail', { exact: true })).toHaveValue('owner@example.com');
      await hydrated(page);
      await code.fill(fresh.setUpCode());
      await password.fill(passphrase);
      await page.getByRole('button', { name: 'Set up' }).click();
      await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible();
      await expect(page.getByText('Fresh Fish').first()).toBeAttached();
      expect((await page.goto(`${fresh.url}/set-up`))?.status()).toBe(404);
      await expect(page.getByLabel('Set-up code')).toHaveCount(0);
    } finally {
      await fresh.stop();
    }
  });
});
