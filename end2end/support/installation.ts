// A whole ExisOne of its own: server on a fresh SQLite, sandbox, mailbox, seeded like
// `cargo xtask run` does it, through the product's commands and JSON API.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, Program } from './programs.ts';

/** Who may sign in. */
export interface Person {
  email: string;
  password: string;
}

/** The seeded Stripe app, and the secrets that only the tests still know. */
export interface StripeApp {
  id: string;
  name: string;
  secretKey: string;
  signingSecret: string;
  webhookUrl: string;
}

/** A mail as the sandbox's mailbox shows it. */
export interface Mail {
  id: string;
  from: string;
  recipients: string[];
  to: string;
  subject: string;
  messageId: string;
  text: string;
}

export class Installation {
  /** Where the server answers. */
  readonly url: string;
  /** Where the sandbox answers: Stripe's API, checkout pages, mailbox, controls. */
  readonly sandboxUrl: string;
  /** The seeded admin. */
  readonly admin: Person = { email: 'admin@example.com', password: secret() };
  /** The tenant's id. */
  tenant = '';
  /** An access token with every permission. */
  token = '';
  /** The seeded product's id and name. */
  product = { id: 0, name: 'Acme Studio' };
  /** The seeded Stripe app, whose endpoint the sandbox knows. */
  stripeApp: StripeApp = { id: '', name: 'Sandbox at home', secretKey: '', signingSecret: '', webhookUrl: '' };

  private server?: Program;
  private sandbox?: Program;

  private constructor(
    private readonly folder: string,
    private readonly ports: { server: number; sandbox: number; smtp: number },
    private readonly sendsMail: boolean,
  ) {
    this.url = `http://127.0.0.1:${ports.server}`;
    this.sandboxUrl = `http://127.0.0.1:${ports.sandbox}`;
  }

  /** Both programs, running and seeded; without a mail server where that is wanted. */
  static async seeded({ sendsMail = true } = {}): Promise<Installation> {
    const installation = await Installation.bare({ sendsMail });
    await installation.seed();
    return installation;
  }

  /** Both programs, running, with a tenant and its admin; nothing else, not even a token. */
  static async empty(): Promise<Installation> {
    const installation = await Installation.bare();
    installation.addTenant();
    return installation;
  }

  /** Both programs, running; no tenant, no admin. */
  static async bare({ sendsMail = true } = {}): Promise<Installation> {
    const [server, sandbox, smtp] = await freePorts(3);
    const installation = new Installation(mkdtempSync(join(tmpdir(), 'exisone-e2e-')), { server, sandbox, smtp }, sendsMail);
    try {
      await installation.startSandbox();
      await installation.startServer();
    } catch (problem) {
      await installation.stop();
      throw problem;
    }
    return installation;
  }

  /** Stops both and removes the data. */
  async stop(): Promise<void> {
    await this.server?.stop();
    await this.sandbox?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Does something while the server is down, and starts it again. */
  async withoutServer(act: () => Promise<void>): Promise<void> {
    await this.server?.stop();
    try {
      await act();
    } finally {
      await this.startServer();
    }
  }

  /** Both logs, for a test that failed. */
  logs(): string {
    return [this.server, this.sandbox].map((program) => `== ${program?.name}\n${program?.log()}`).join('\n');
  }

  /** Asks our JSON API with the seeded token. */
  async api<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    return ask(this.url + path, method, body, { authorization: `ExisOneApi ${this.token}`, accept: 'application/json' });
  }

  /** Asks the sandbox's controls, such as `/_sandbox/mails`. */
  async control<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    return ask(this.sandboxUrl + path, method, body, {});
  }

  /** The mails that arrived so far. */
  async mails(): Promise<Mail[]> {
    return this.control('GET', '/_sandbox/mails');
  }

  /** The set-up code that the start printed. */
  setUpCode(): string {
    return readFileSync(join(this.folder, 'setup-code'), 'utf8').trim();
  }

  /** Tells the sandbox to do wrong; without arguments, to behave. */
  async faults(faults: Record<string, unknown> = {}): Promise<void> {
    await this.control('PUT', '/_sandbox/faults', faults);
  }

  /** Runs `exisone` beside the running server and answers what it printed. */
  command(words: string[], input = ''): string {
    const ended = spawnSync(binary('E2E_EXISONE'), words, { env: this.environment(), input, encoding: 'utf8' });
    if (ended.status !== 0) {
      throw new Error(`exisone ${words.slice(0, 2).join(' ')} failed: ${ended.stderr || ended.error}`);
    }
    return ended.stdout.trim();
  }

  /** Somebody with a role in the seeded tenant. */
  addPerson(role: string): Person {
    const person = { email: `${role}-${secret().slice(0, 8)}@example.com`, password: secret() };
    const command = ['admin', 'create', '--tenant', this.tenant, '--email', person.email, '--role', role];
    this.command(command, `${person.password}\n`);
    return person;
  }

  private async startSandbox(): Promise<void> {
    const listen = ['--listen', `127.0.0.1:${this.ports.sandbox}`, '--smtp', `127.0.0.1:${this.ports.smtp}`];
    const log = join(this.folder, 'sandbox.log');
    // Delayed payments end when a test says so.
    const settle = ['--settle-after', '86400'];
    this.sandbox = Program.start('sandbox', [binary('E2E_SANDBOX'), ...listen, ...settle], environment(), log);
    await this.sandbox.answers(`${this.sandboxUrl}/_sandbox/health`);
  }

  private async startServer(): Promise<void> {
    const log = join(this.folder, 'exisone.log');
    this.server = Program.start('exisone', [binary('E2E_EXISONE'), 'serve'], this.environment(), log);
    await this.server.answers(`${this.url}/healthz`);
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      ...environment(),
      EXISONE_DATA_DIR: this.folder,
      EXISONE_DATABASE_URL: `sqlite://${join(this.folder, 'exisone.db')}`,
      EXISONE_MASTER_KEY_FILE: join(this.folder, 'master.key'),
      EXISONE_LISTEN: `127.0.0.1:${this.ports.server}`,
      EXISONE_PUBLIC_URL: this.url,
      EXISONE_STRIPE_API_BASE: `${this.sandboxUrl}/`,
      ...(this.sendsMail ? { EXISONE_SMTP_URL: `smtp://127.0.0.1:${this.ports.smtp}` } : {}),
    };
  }

  private addTenant(): void {
    this.tenant = this.command(['tenant', 'create', '--name', 'Acme Software']);
    const person = ['admin', 'create', '--tenant', this.tenant, '--email', this.admin.email];
    this.command(person, `${this.admin.password}\n`);
  }

  /** Adds a Stripe app, keys and a mail to the Live side. */
  async goLive(): Promise<void> {
    const secretKey = `sk_live_${secret()}`;
    await this.api('POST', '/api/stripe/apps', {
      name: 'Acme Ltd.',
      publishableKey: secretKey.replace('sk_', 'pk_'),
      secretKey,
      webhookSigningSecret: `whsec_${secret()}`,
      isLive: true,
      isActive: true,
      isDefault: true,
      defaultCurrency: 'EUR',
    });
    const keys = { productId: this.product.id, email: 'una@example.com', quantity: 3, livemode: true };
    const made = await this.api<{ activationKeys: string[] }>('POST', '/api/activationkey/generate', keys);
    await this.api('POST', `/api/license/${made.activationKeys[0]}/resend`, {});
  }

  /** Adds what every installation has after `cargo xtask run`. */
  private async seed(): Promise<void> {
    this.addTenant();
    const every = 'verify,generate,email,manage';
    this.token = this.command(['token', 'create', '--tenant', this.tenant, '--permissions', every, '--name', 'e2e']);
    this.product = await this.api('POST', '/api/product/', {
      name: this.product.name,
      price: 49,
      currency: 'USD',
      trialDays: 14,
      defaultLicenseDays: 365,
      sendPurchaseEmail: true,
      emailSubject: 'Your {{ProductName}} keys',
      emailTemplate: 'Thank you for buying {{ProductName}}.\n\n{{ActivationKey}}\n',
    });
    this.stripeApp = await this.addStripeApp(this.stripeApp.name);
  }

  /** A Stripe account of its own, its app here, and its endpoint; `saved` is the signing secret that the app is told. */
  async addStripeApp(name: string, saved?: string): Promise<StripeApp> {
    const secretKey = `sk_test_${secret()}`;
    const signingSecret = `whsec_${secret()}`;
    const app = await this.api<{ id: string; webhookUrl: string }>('POST', '/api/stripe/apps', {
      name,
      publishableKey: secretKey.replace('sk_', 'pk_'),
      secretKey,
      webhookSigningSecret: saved ?? signingSecret,
      isLive: false,
      isActive: true,
      isDefault: this.stripeApp.id === '',
      defaultCurrency: 'USD',
    });
    const endpoint = { apiKey: secretKey, url: app.webhookUrl, secret: signingSecret };
    await this.control('POST', '/_sandbox/endpoints', endpoint);
    return { id: app.id, name, secretKey, signingSecret, webhookUrl: app.webhookUrl };
  }
}

/** The environment without settings of ours: each test's server gets exactly its own. */
export function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('EXISONE_')));
}

/** A built program, by the variable that names it. */
export function binary(variable: string): string {
  const path = process.env[variable];
  if (!path) throw new Error(`${variable} is not set: run the tests by \`cargo xtask test\``);
  return path;
}

async function ask<Answer>(url: string, method: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  const json = body === undefined ? {} : { body: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } };
  const response = await fetch(url, { method, headers, ...json });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return (text ? JSON.parse(text) : undefined) as Answer;
}

/** Random text, unlike any other. */
export function secret(): string {
  return randomBytes(24).toString('hex');
}
