// Starts and stops our two binaries on free ports of this machine.
import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, closeSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A running program, its log, and the way to end it. */
export class Program {
  private constructor(
    readonly name: string,
    readonly logFile: string,
    private readonly child: ChildProcess,
  ) {}

  /** Starts a binary whose output goes to a file. */
  static start(name: string, command: [string, ...string[]], env: NodeJS.ProcessEnv, logFile: string): Program {
    const log = openSync(logFile, 'a');
    const [binary, ...words] = command;
    const child = spawn(binary, words, { env, stdio: ['ignore', log, log] });
    closeSync(log);
    return new Program(name, logFile, child);
  }

  /** Waits until a URL answers 2xx; fails with the log when the program ends instead. */
  async answers(url: string): Promise<void> {
    for (let attempt = 0; attempt < 600; attempt += 1) {
      if (this.child.exitCode !== null) {
        throw new Error(`${this.name} ended with ${this.child.exitCode}:\n${this.log()}`);
      }
      const response = await fetch(url).catch(() => undefined);
      if (response?.ok) return;
      await pause(50);
    }
    throw new Error(`${this.name} does not answer at ${url}:\n${this.log()}`);
  }

  /** What it has said so far. */
  log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** Asks it to end, and ends it after ten seconds. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(timer);
  }
}

/** Ports of this machine that nobody listens on, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, openServer));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function openServer() {
  return new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
