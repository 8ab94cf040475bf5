/** Checks what the first load of the page weighs, compressed: the page, its script and its style. */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const MOST_BYTES = 150 * 1024;
const dist = new URL("../dist/", import.meta.url);

const page = readFileSync(new URL("index.html", dist), "utf8");
const loaded = [...page.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, name = ""]) => name);
let total = 0;
for (const name of ["index.html", ...loaded]) total += weigh(name);
for (const name of readdirSync(new URL("assets/", dist))) {
  if (!loaded.includes(`assets/${name}`)) weigh(`assets/${name}`, "later");
}
console.log(`first load: ${kilobytes(total)} of ${MOST_BYTES / 1024} KiB gzipped`);
if (total > MOST_BYTES) throw new Error("the first load is over its budget");

function weigh(name: string, when = "first"): number {
  const size = gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length;
  console.log(`${when}\t${kilobytes(size)} KiB\t${name}`);
  return size;
}

function kilobytes(bytes: number): string {
  return (bytes / 1024).toFixed(1);
}
