// Three ways to look at the product: a browser, a browser without JavaScript, a small phone.
// A test runs in the first; the tags @no-js and @mobile take it to the others too.
import { defineConfig } from '@playwright/test';
import { LAUNCH } from './support/chromium.mjs';

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  workers: 2,
  fullyParallel: false,
  retries: 0,
  forbidOnly: process.env.CI === 'true',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    screenshot: 'only-on-failure',
    // What was done, asked and said. Its pictures and copies of the page would cost every test as much as the page
    // itself; a picture of the end stands above.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false, sources: false },
    viewport: { width: 1280, height: 800 },
    launchOptions: LAUNCH,
  },
  projects: [
    { name: 'chromium', grepInvert: /@only-no-js/ },
    { name: 'no-js', grep: /@(only-)?no-js/, use: { javaScriptEnabled: false } },
    { name: 'mobile-360', grep: /@mobile/, use: { viewport: { width: 360, height: 740 }, hasTouch: true } },
  ],
});
