// How long going from page to page takes: clicks through the list of pages in Chromium, and prints the milliseconds
// of each visit as JSON. `cargo xtask bench navigation` runs it beside a seeded server; it is no test, and judges
// nothing. Variables: BENCH_URL, BENCH_COOKIE (`name=value` of a session), E2E_CHROMIUM.
import { chromium } from '@playwright/test';
import { LAUNCH } from '../support/chromium.mjs';

/** Pages by what their link and their title say, in the order in which they are visited. */
const PAGES = [
  ['Dashboard', '/'],
  ['Products', '/products'],
  ['Plans', '/plans'],
  ['License Keys', '/licenses'],
  ['License Activity', '/activity'],
  ['Stripe Apps and Events', '/stripe'],
  ['Review', '/review'],
  ['Outbox', '/outbox'],
  ['Tickets', '/tickets'],
  ['Access Tokens', '/access-tokens'],
  ['Audit log', '/audit-log'],
  ['Users and roles', '/users'],
  ['Settings', '/settings'],
  ['Help', '/help'],
];

/** Rounds that count; one before them has fetched every page's program. */
const ROUNDS = 20;

/** In the page: clicks a link, and answers how long it took until what it leads to was drawn. */
function visit([title, address]) {
  const link = document.querySelector(`nav[aria-label="Pages"] a[href="${address}"]`);
  if (!link) throw new Error(`no link leads to ${address}`);
  // Its title, something below its head, and no placeholder anywhere.
  const isShown = () => {
    const page = document.querySelector('main .page');
    if (page?.querySelector('h1')?.textContent !== title || page.querySelector('[aria-busy="true"]')) return false;
    return [...page.children].some((part) => !part.matches('.head') && part.textContent.trim() !== '');
  };
  return new Promise((resolve, reject) => {
    let isDrawing = false;
    const late = setTimeout(() => reject(new Error(`${title} was not shown within ten seconds`)), 10_000);
    const look = () => {
      if (isDrawing || !isShown()) return;
      isDrawing = true;
      // A frame's callback comes before the frame is drawn, a message after it.
      requestAnimationFrame(() => {
        const drawn = new MessageChannel();
        drawn.port1.onmessage = () => {
          const took = performance.now() - started;
          isDrawing = false;
          // What is gone again was not the page yet; the next change is looked at.
          if (!isShown()) return;
          observer.disconnect();
          clearTimeout(late);
          resolve(took);
        };
        drawn.port2.postMessage(null);
      });
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    const started = performance.now();
    link.click();
  });
}

const url = process.env.BENCH_URL;
const [, name, value] = /^([^=]+)=(.*)$/.exec(process.env.BENCH_COOKIE ?? '') ?? [];
if (!url || !name) throw new Error('run it by `cargo xtask bench navigation`');

const browser = await chromium.launch(LAUNCH);
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', timezoneId: 'UTC' });
  await context.addCookies([{ name, value, url }]);
  const page = await context.newPage();
  // The last of the list, so that the first is gone to by its link as well.
  await page.goto(`${url}${PAGES.at(-1)[1]}`);
  await page.locator('body[data-hydrated]').waitFor({ state: 'attached' });
  const visits = PAGES.map(([title]) => ({ page: title, millis: [] }));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [place, one] of PAGES.entries()) {
      const took = await page.evaluate(visit, one);
      if (round > 0) visits[place].millis.push(took);
    }
  }
  console.log(JSON.stringify(visits));
} finally {
  await browser.close();
}
