// Starts the sandbox on free ports and talks to its controls.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { once } from "node:events";

const BINARY =
  process.env.E2E_SANDBOX ??
  new URL("../../../target/debug/exisone-sandbox", import.meta.url).pathname;

export async function startSandbox() {
  const child = spawn(BINARY, ["--listen", "127.0.0.1:0", "--smtp", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  let base;
  for await (const line of lines) {
    base ??= line.match(/^Stripe at home +(\S+)$/)?.[1];
    if (line.startsWith("SMTP")) break;
  }
  if (!base) throw new Error("the sandbox did not say where it listens");
  return {
    base,
    url: new URL(base),
    async control(path, body = {}) {
      const answer = await fetch(`${base}/_sandbox${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
      return JSON.parse(text);
    },
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}
