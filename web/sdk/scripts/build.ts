/** Builds dist: modules with their types, two files that are whole for pages without a bundler, and checks their size. */
import { execFileSync } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

// Both together, with what they depend on, compressed: what a page loads.
const MOST_BYTES = 60 * 1024;

const here = new URL("../", import.meta.url);
const path = (name: string) => new URL(name, here).pathname;
const BUNDLES = { "dist/sdk.min.js": "src/index.ts", "dist/worker.min.js": "src/worker.ts" };

await rm(path("dist"), { recursive: true, force: true });
execFileSync(
  process.execPath,
  [path("../node_modules/typescript/bin/tsc"), "--project", path("tsconfig.build.json")],
  {
    stdio: "inherit",
  },
);
let total = 0;
for (const [outfile, entry] of Object.entries(BUNDLES)) {
  await build({
    entryPoints: [path(entry)],
    outfile: path(outfile),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
  });
  const size = gzipSync(await readFile(path(outfile)), { level: 9 }).length;
  total += size;
  console.log(`${outfile}: ${(size / 1024).toFixed(1)} KiB gzipped`);
}
console.log(`together: ${(total / 1024).toFixed(1)} KiB of ${MOST_BYTES / 1024}`);
if (total >= MOST_BYTES) throw new Error("the SDK is larger than its budget");
