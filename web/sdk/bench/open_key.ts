/**
 * Opening a signPri.key of 2,048 rounds ÷ its key derivation alone, in this engine: `npm run bench -w sdk`, after
 * `make web`. The derivation alone is measured twice: with @noble/hashes, and with the SDK's own loop, which is faster.
 */
import { sha1 } from "@noble/hashes/legacy.js";
import { sha1Again } from "../src/hashes/sha1_loop.ts";
import { openKey } from "../src/index.ts";
import { caseNamed, filesOf } from "../test/cases.ts";

const RUNS = 400;
const ROUNDS = 2048;
const each = caseNamed("generated pair");

async function median(step: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const start = performance.now();
    await step();
    times.push(performance.now() - start);
  }
  return times.sort((one, other) => one - other)[RUNS / 2] as number;
}

function byNoble(): Uint8Array {
  let digest = sha1(new Uint8Array(17));
  for (let round = 1; round < ROUNDS; round += 1) digest = sha1(digest);
  return digest;
}

function byOwnLoop(): Uint8Array {
  const digest = new Uint8Array(sha1(new Uint8Array(17)));
  sha1Again(digest, ROUNDS - 1);
  return digest;
}

async function opening(): Promise<void> {
  const opened = await openKey({ files: filesOf(each) }, each.password);
  if (!opened.ok) throw new Error("it did not open");
}

const measured = new Map<string, number>();
// The first time only so that the engine has compiled everything.
for (const round of ["first", "second"]) {
  for (const step of [byNoble, byOwnLoop, opening]) measured.set(`${step.name} ${round}`, await median(step));
}
const result = (step: { name: string }) => measured.get(`${step.name} second`) as number;
const noble = result(byNoble);
const own = result(byOwnLoop);
const whole = result(opening);
console.log(`key derivation, @noble/hashes  ${noble.toFixed(2)} ms`);
console.log(`key derivation, own loop       ${own.toFixed(2)} ms`);
console.log(`opening the file               ${whole.toFixed(2)} ms`);
console.log(`ratio                          ${(whole / noble).toFixed(2)} and ${(whole / own).toFixed(2)}`);
