// `cargo xtask run` as a person types it: on free ports, in a folder of its own, with the built programs.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { binary, environment } from './installation.ts';
import { freePorts } from './programs.ts';

/** A folder and the ports of everything that runs there. */
export class Home {
  private runs: Run[] = [];

  private constructor(
    private readonly folder: string,
    private readonly ports: { server: number; sandbox: number; smtp: number },
  ) {}

  static async make(): Promise<Home> {
    const [server, sandbox, smtp] = await freePorts(3);
    return new Home(mkdtempSync(join(tmpdir(), 'exisone-run-')), { server, sandbox, smtp });
  }

  /** Where database, keys and logs lie. */
  get data(): string {
    return join(this.folder, 'data');
  }

  /** Where the server answers. */
  get url(): string {
    return `http://127.0.0.1:${this.ports.server}`;
  }

  /** Where the sandbox shows its mails. */
  get mailbox(): string {
    return `http://127.0.0.1:${this.ports.sandbox}/mailbox`;
  }

  /** Where the sandbox tells its mails to tests. */
  get mails(): string {
    return `http://127.0.0.1:${this.ports.sandbox}/_sandbox/mails`;
  }

  /** Starts it with these words. */
  run(...words: string[]): Run {
    const places = ['--data', this.data, '--programs', dirname(binary('E2E_EXISONE'))];
    const listen = ['--sandbox-listen', `127.0.0.1:${this.ports.sandbox}`, '--smtp-listen', `127.0.0.1:${this.ports.smtp}`];
    const env = { ...environment(), EXISONE_LISTEN: `127.0.0.1:${this.ports.server}` };
    const run = new Run(spawn(binary('E2E_XTASK'), ['run', ...places, ...listen, ...words], { env }));
    this.runs.push(run);
    return run;
  }

  /** Ends what still runs, and removes the folder. */
  async leave(): Promise<void> {
    await Promise.all(this.runs.map((run) => run.interrupt()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One run: what it says, and the keyboard. */
export class Run {
  private said = '';
  private readonly ended: Promise<number | null>;
  private isOver = false;
  /** Called when it has said more. */
  private heard = () => {};

  constructor(private readonly child: ChildProcess) {
    const hear = (text: Buffer) => {
      this.said += text.toString();
      this.heard();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    this.ended = new Promise((resolve) => child.once('close', resolve));
    void this.ended.then(() => (this.isOver = true));
  }

  /** Waits until it says this; fails when it ends instead. */
  async says(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.said);
      if (found) return found[1] ?? found[0];
      if (this.isOver) throw new Error(`it ended before it said ${pattern}:\n${this.said}`);
      await Promise.race([new Promise<void>((resolve) => (this.heard = resolve)), this.ended]);
    }
  }

  /** Everything that it said once it runs. */
  async block(): Promise<string> {
    await this.says(/Ctrl-C stops everything; the data stays\./);
    return this.said;
  }

  /** Types a line. */
  type(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  /** How it ends by itself. */
  async end(): Promise<number | null> {
    return this.ended;
  }

  /** Types Ctrl-C; answers how it ended. */
  async interrupt(): Promise<number | null> {
    if (!this.isOver) this.child.kill('SIGINT');
    return this.ended;
  }
}
