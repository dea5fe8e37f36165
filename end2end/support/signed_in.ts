// Signing in without a browser, for the tests that are about something else.
import type { Installation, Person } from './installation.ts';

/** What Playwright wants to know of a session. */
export interface Session {
  cookies: { name: string; value: string; url: string }[];
}

/** The same, with the Test / Live switch turned. */
export async function signInOnLiveSide(installation: Installation, person: Person): Promise<Session> {
  const session = await signIn(installation, person);
  const cookie = session.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const answer = await fetch(`${installation.url}/ui/choose_mode`, {
    method: 'POST',
    headers: { accept: 'application/json', cookie },
    body: new URLSearchParams({ mode: 'live' }),
  });
  if (!answer.ok) throw new Error(`the switch stayed: ${answer.status}`);
  return session;
}

/** Sends the sign-in page's own form, as a browser without JavaScript does. */
export async function signIn(installation: Installation, person: Person): Promise<Session> {
  const page = await (await fetch(`${installation.url}/sign-in`)).text();
  const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
  if (!action) throw new Error('the sign-in page has no form');
  const answer = await fetch(installation.url + action, {
    method: 'POST',
    redirect: 'manual',
    headers: { accept: 'text/html', referer: `${installation.url}/sign-in` },
    body: new URLSearchParams({ email: person.email, password: person.password, next: '/' }),
  });
  const cookies = answer.headers.getSetCookie().map((line) => {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    return { name, value, url: installation.url };
  });
  if (cookies.length === 0) throw new Error(`nobody was signed in: ${answer.status}`);
  return { cookies };
}
