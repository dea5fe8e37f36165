// When Stripe cannot be reached, the buyer-to-be is told, and nothing is half-made.
import { TestPurchasePage } from '../pages/test_purchase_page.ts';
import { expectRefusal } from '../pages/fields.ts';
import { adminTest, expect } from '../support/test.ts';

adminTest.describe('while Stripe is down', () => {
  adminTest.use({ expectedComplaints: [/502/] });
  adminTest.afterEach(async ({ installation }) => installation.faults());

  adminTest('Test Purchase says so, keeps what was typed, and works later', { tag: '@no-js' }, async ({ page, installation }) => {
    await installation.faults({ api: { down: true } });
    const purchase = new TestPurchasePage(page);
    await purchase.open();
    const wanted = { product: `${installation.product.name}, 49.00 USD`, app: installation.stripeApp.name };
    await purchase.fill({ ...wanted, quantity: '5', email: 'later@example.com' });
    await purchase.goToCheckout();
    await expect(page.getByRole('alert')).toContainText(/Stripe/);
    await expect(purchase.quantity).toHaveValue('5');
    await expect(purchase.email).toHaveValue('later@example.com');
    await installation.faults();
    await purchase.goToCheckout();
    await expect(page).toHaveURL(/\/c\/pay\//);
  });
});

adminTest('a quantity that is none is refused beside its field', { tag: '@no-js' }, async ({ page }) => {
  const purchase = new TestPurchasePage(page);
  await purchase.open();
  for (const quantity of ['0', '101', 'three']) {
    await purchase.quantity.fill(quantity);
    await purchase.goToCheckout();
    await expectRefusal(purchase.quantity, /1 .*100/);
    await expect(purchase.quantity).toHaveValue(quantity);
  }
});
