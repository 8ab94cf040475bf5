/** For tests/web: serves page.js with the built SDK under a strict policy, opens it in Chromium, prints what it reports. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const POLICY =
  "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; " +
  "require-trusted-types-for 'script'; trusted-types sdk";
const dist = new URL("../../dist/", import.meta.url);
const SCRIPT = "text/javascript";
const FILES: Readonly<Record<string, readonly [string | URL, string]>> = {
  "/sdk.min.js": [new URL("sdk.min.js", dist), SCRIPT],
  "/worker.min.js": [new URL("worker.min.js", dist), SCRIPT],
  "/page.js": [new URL("page.js", import.meta.url), SCRIPT],
  "/cases.json": [process.env.WEB_CASES ?? "", "application/json"],
};
const PAGE =
  '<!doctype html><html lang="en"><title>SDK</title><script type="module" src="/page.js"></script></html>';

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

const { promise: reported, resolve } = Promise.withResolvers<string>();
const server = createServer(async (request, response) => {
  response.setHeader("Content-Security-Policy", POLICY);
  if (request.method === "POST") {
    resolve(await bodyOf(request));
    response.end();
    return;
  }
  const [file, type] = FILES[request.url ?? ""] ?? [null, "text/html"];
  if (file === null && request.url !== "/") {
    response.writeHead(404).end();
    return;
  }
  response.setHeader("Content-Type", type);
  response.end(file === null ? PAGE : readFileSync(file));
});
await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
const profile = await mkdtemp(join(tmpdir(), "chromium-"));
const { port } = server.address() as AddressInfo;
// Chromium's sandbox does not work for root.
const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
const browser = spawn(
  process.argv[2] ?? "chromium",
  ["--headless=new", ...sandbox, "--disable-gpu", `--user-data-dir=${profile}`, `http://127.0.0.1:${port}/`],
  { stdio: "ignore" },
);
const ended = new Promise<void>((resolved) => browser.once("exit", () => resolved()));
try {
  console.log(await Promise.race([reported, ended.then(() => Promise.reject(new Error("Chromium ended")))]));
} finally {
  browser.kill();
  await ended;
  server.close();
  server.closeAllConnections();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}
