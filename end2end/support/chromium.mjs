// How Chromium is started, for tests and for measuring; plain JavaScript, because the bench runs without a loader.

/** What Playwright's `launch` takes. */
export const LAUNCH = {
  executablePath: process.env.E2E_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
