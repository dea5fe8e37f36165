// The other endings of a checkout: paid later, refused later, declined at once, given up; and what the buyer sees meanwhile.
import type { Page, Route } from '@playwright/test';
import { CheckoutPage } from '../pages/checkout_page.ts';
import { SuccessPage } from '../pages/success_page.ts';
import type { Installation } from '../support/installation.ts';
import { buy, mailsTo, openCheckout, payAnotherAmount, type Checkout } from '../support/purchases.ts';
import { expectSound } from '../support/soundness.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

/** A buyer on the checkout page, whose address is the test's own. */
async function checkOut(page: Page, installation: Installation, name: string) {
  const email = `${name}-${test.info().project.name}@example.com`;
  const checkout = await openCheckout(installation, email, 2);
  await page.goto(checkout.url);
  return { email, checkout, form: new CheckoutPage(page) };
}

/** The end of a delayed payment, days later at Stripe. */
async function settle(installation: Installation, checkout: Checkout, succeeds: boolean): Promise<void> {
  await installation.control('POST', `/_sandbox/sessions/${checkout.id}/settle`, { succeeds });
  await installation.control('POST', '/_sandbox/idle', {});
}

/** What the page looks like that waits; without a script it loads itself anew all the time. */
async function expectSoundWhileWaiting(page: Page): Promise<void> {
  if (test.info().project.use.javaScriptEnabled !== false) await expectSound(page, 'success-coming');
}

async function expectWaiting(page: Page, installation: Installation, email: string): Promise<void> {
  await expect(page).toHaveURL(/\/purchase\/success/);
  await new SuccessPage(page).expectWaiting();
  await mailsTo(installation, email, 0);
}

adminTest('a payment that arrives later gives its keys when it arrives', { tag: ['@no-js', '@mobile'] }, async ({ page, installation }) => {
  const { email, checkout, form } = await checkOut(page, installation, 'later');
  await form.choose('Pay later, then succeed');
  await expectWaiting(page, installation, email);
  await expectSoundWhileWaiting(page);
  await settle(installation, checkout, true);
  // The page looks again by itself, with a script and without one.
  const keys = await new SuccessPage(page).keys(2);
  await expectSound(page, 'success-issued');
  const [mail] = await mailsTo(installation, email);
  for (const key of keys) expect(mail.text).toContain(key);
});

adminTest('a payment that fails later gives nothing, and the buyer is told', { tag: ['@no-js', '@mobile'] }, async ({ page, installation }) => {
  const { email, checkout, form } = await checkOut(page, installation, 'unlucky');
  await form.choose('Pay later, then fail');
  await expectWaiting(page, installation, email);
  await settle(installation, checkout, false);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The payment did not go through');
  await expectSound(page, 'success-failed');
  const [mail] = await mailsTo(installation, email);
  expect(mail.text).not.toMatch(/\w{4}-\w{4}-\w{4}-\w{4}/);
  await page.goto(`/licenses?find=${email}`);
  await expect(page.getByText('Nothing found')).toBeVisible();
});

adminTest('a declined card leaves the checkout open for another', { tag: '@no-js' }, async ({ page, installation }) => {
  const { email, checkout, form } = await checkOut(page, installation, 'declined');
  await form.choose('Decline the card');
  await expect(page.getByRole('alert')).toContainText('declined');
  await installation.control('POST', '/_sandbox/idle', {});
  await mailsTo(installation, email, 0);
  await page.goto(checkout.url);
  await form.pay();
  await new SuccessPage(page).keys(2);
  await mailsTo(installation, email);
});

adminTest('who gives up comes back to Test Purchase, and nothing was sold', { tag: '@no-js' }, async ({ page, installation }) => {
  const { email, form } = await checkOut(page, installation, 'doubtful');
  await form.choose('Cancel');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Test Purchase');
  await hydrated(page);
  await page.goto(`/licenses?find=${email}`);
  await expect(page.getByText('Nothing found')).toBeVisible();
});

/** A buyer who waits for a payment that Stripe has been told of, on a page whose timers a test may hold. */
async function waitForPayment(page: Page, installation: Installation, name: string) {
  const { email, checkout, form } = await checkOut(page, installation, name);
  await form.choose('Pay later, then succeed');
  await expectWaiting(page, installation, email);
  await page.clock.install();
  return checkout;
}

/** Counts how often the page has asked for its keys. */
function countLooks(page: Page): () => number {
  let asked = 0;
  page.on('request', (request) => (asked += Number(request.url().endsWith('/ui/load_receipt'))));
  return () => asked;
}

const isStream = (url: string) => new URL(url).pathname === '/live';

adminTest('whoever is signed in hears of the payment by the stream, while all timers stand still', async ({ page, installation }) => {
  // What the page has opened, to see how it leaves it.
  await page.addInitScript(() => {
    const streams: EventSource[] = [];
    const Native = window.EventSource;
    window.EventSource = class extends Native {
      constructor(url: string | URL) {
        super(url);
        streams.push(this);
      }
    };
    Object.assign(window, { streams });
  });
  const states = () => page.evaluate(() => (window as unknown as { streams: EventSource[] }).streams.map((stream) => stream.readyState));
  const checkout = await waitForPayment(page, installation, 'heard');
  const success = new SuccessPage(page);
  await success.open(checkout);
  const asked = countLooks(page);
  await expect.poll(states).toEqual([1]);
  await page.clock.pauseAt(Date.now() + 1_000);
  await success.expectWaiting();
  await settle(installation, checkout, true);
  await success.keys(2);
  await expect.poll(states).toEqual([2]);
  const last = asked();
  await buy(installation, 'heard-after@example.com');
  expect(asked()).toBe(last);
  expect(await states()).toEqual([2]);
});

adminTest('news that come while the page is looking already are shown too', async ({ page, installation }) => {
  const looks: Route[] = [];
  await page.route('**/ui/load_receipt', (route) => void looks.push(route));
  const held = (index: number) => {
    const look = looks.at(index);
    if (!look) throw new Error('the page is not looking');
    return look;
  };
  const { email, checkout, form } = await checkOut(page, installation, 'meanwhile');
  await form.choose('Pay later, then succeed');
  await expectWaiting(page, installation, email);
  // A stream begins with what was before: the page looks at once.
  await expect.poll(() => looks.length).toBeGreaterThan(0);
  const first = held(0);
  const early = await first.fetch();
  const before = looks.length;
  await settle(installation, checkout, true);
  await expect.poll(() => looks.length).toBeGreaterThan(before);
  const last = held(-1);
  const shown = page.waitForResponse('**/ui/load_receipt');
  await first.fulfill({ response: early });
  await shown;
  await last.continue();
  await new SuccessPage(page).keys(2);
});

test('a buyer who is not signed in is offered no stream, and the page asks', async ({ page, installation }) => {
  let streams = 0;
  page.on('request', (request) => (streams += Number(isStream(request.url()))));
  const checkout = await waitForPayment(page, installation, 'stranger');
  const success = new SuccessPage(page);
  await success.open(checkout);
  await page.clock.pauseAt(Date.now() + 1_000);
  await settle(installation, checkout, true);
  await success.expectWaiting();
  // An answer that was on its way begins another pause.
  await expect(async () => {
    await page.clock.runFor(2_000);
    await success.keys(2, 1_000);
  }).toPass();
  expect(streams).toBe(0);
});

adminTest.describe('where no stream can be had', () => {
  adminTest.use({ expectedComplaints: [/(ERR_FAILED|Failed to load resource).*\/live/] });

  adminTest('the buyer’s page asks from time to time instead', async ({ page, installation }) => {
    let refused = 0;
    await page.route(/\/live(\?|$)/, async (route) => {
      refused += 1;
      await route.abort();
    });
    const { email, checkout, form } = await checkOut(page, installation, 'refused-stream');
    await form.choose('Pay later, then succeed');
    await expectWaiting(page, installation, email);
    await hydrated(page);
    await expect.poll(() => refused).toBeGreaterThan(0);
    await settle(installation, checkout, true);
    await new SuccessPage(page).keys(2, 20_000);
  });
});

test.describe('while the connection is lost', () => {
  test.use({ expectedComplaints: [/(ERR_FAILED|Failed to load resource).*\/load_receipt/] });

  test('a buyer keeps the page, is told, and gets the keys once it is back', async ({ page, installation }) => {
    const { email, checkout, form } = await checkOut(page, installation, 'cut-off');
    await form.choose('Pay later, then succeed');
    await expectWaiting(page, installation, email);
    await hydrated(page);
    await page.route('**/ui/load_receipt', (route) => route.abort());
    const line = page.getByText('Connection lost. Trying again…');
    await expect(line).toBeVisible();
    const success = new SuccessPage(page);
    await success.expectWaiting();
    await expectSound(page, 'success-lost');
    await settle(installation, checkout, true);
    await success.expectWaiting();
    await page.unroute('**/ui/load_receipt');
    await success.keys(2, 20_000);
    await expect(line).toHaveCount(0);
  });
});

test('a payment of another amount waits for a person, and its buyer is told so', { tag: ['@no-js', '@mobile'] }, async ({ page, installation }) => {
  const email = `altered-${test.info().project.name}@example.com`;
  const checkout = await openCheckout(installation, email);
  const success = new SuccessPage(page);
  await success.open(checkout);
  await success.expectWaiting();
  await payAnotherAmount(installation, checkout, email);
  await expect(success.title).toHaveText('Thank you. Somebody has to look at this');
  await expect(page.getByText('The seller was told, and your keys come by mail.')).toBeVisible();
  await expectSound(page, 'success-in-review');
  await mailsTo(installation, email, 0);
  const waiting = await installation.api<{ orderId: string; email: string }[]>('GET', '/api/stripe/review');
  const order = waiting.find((order) => order.email === email)?.orderId;
  await installation.api('POST', `/api/stripe/review/${order}/issue`, { productId: installation.product.id, quantity: 1 });
  await success.open(checkout);
  const [key] = await success.keys(1);
  const [mail] = await mailsTo(installation, email);
  expect(mail.text).toContain(key);
});

test('a hundred keys stand on one page', { tag: ['@no-js', '@mobile'] }, async ({ page, installation }) => {
  const email = `hundred-${test.info().project.name}@example.com`;
  const checkout = await buy(installation, email, 100);
  await mailsTo(installation, email);
  const success = new SuccessPage(page);
  await success.open(checkout);
  await expect(success.title).toHaveText(`Your 100 keys for ${installation.product.name}`);
  expect(new Set(await success.keys(100)).size).toBe(100);
  await expect(page.getByText(/They (were also mailed|are also on their way) to h…@example\.com/)).toBeVisible();
  await expectSound(page, 'success-hundred');
});

// The server's clock cannot be turned from here; that it says so an hour after the payment, its own tests show.
test('later the page says where the keys were sent', { tag: '@mobile' }, async ({ page, installation }) => {
  const { form } = await checkOut(page, installation, 'hours-later');
  await page.route('**/ui/load_receipt', async (route) => {
    const receipt = JSON.parse(await (await route.fetch()).json());
    await route.fulfill({ json: JSON.stringify({ ...receipt, progress: { Sent: 'h…@example.com' } }) });
  });
  await form.choose('Pay later, then succeed');
  await expect(new SuccessPage(page).title).toHaveText('Your keys were sent');
  await expect(page.getByText('They stood here for an hour after the payment. They were mailed to h…@example.com.')).toBeVisible();
  await expectSound(page, 'success-sent');
});

test('a page that nobody knows of waits like any other', { tag: '@mobile' }, async ({ page }) => {
  const success = new SuccessPage(page);
  await success.open({ id: 'cs_test_nobodyknowsofthis' });
  await success.expectWaiting();
  await expectSound(page, 'success-unknown');
});

test('a page that waits too long says that it has stopped, and looks again when asked to', async ({ page, installation }) => {
  const checkout = await waitForPayment(page, installation, 'patient');
  await new SuccessPage(page).open(checkout);
  const asked = countLooks(page);
  await expect(page.getByText('this page looks again by itself')).toBeVisible();
  const again = page.getByRole('link', { name: 'Look again' });
  for (let turns = 0; turns < 80 && !(await again.isVisible()); turns += 1) {
    const answer = page.waitForResponse(/load_receipt/, { timeout: 1_000 }).catch(() => undefined);
    await page.clock.runFor(15_000);
    await answer;
  }
  await expect(again).toBeVisible();
  await expect(page.getByText('this page looks again by itself')).toHaveCount(0);
  await page.clock.resume();
  await expectSound(page, 'success-stopped');
  expect(asked()).toBeGreaterThan(10);
  expect(asked()).toBeLessThanOrEqual(45);
  const last = asked();
  await page.clock.runFor(120_000);
  expect(asked()).toBe(last);
  await settle(installation, checkout, true);
  await again.click();
  await new SuccessPage(page).keys(2);
});
