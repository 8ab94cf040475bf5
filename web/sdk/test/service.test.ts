/** The SDK ends where the service ends, for every file that is read, refused, hostile or changed at random. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { hex, sha256 } from "../src/bytes.ts";
import { recognise } from "../src/files/formats.ts";
import { openKey } from "../src/index.ts";
import { bytes, type Case, DOCUMENT, filesOf } from "./cases.ts";

async function ending(each: Case): Promise<Case["expected"]> {
  if (each.expected.end === "bare") {
    const container = recognise(each.files.map(bytes));
    assert.equal(container.kind, "certificate");
    return {
      end: "bare",
      fingerprint: container.kind === "certificate" ? hex(await sha256(container.certificate.der)) : "",
    };
  }
  const result = await openKey({ files: filesOf(each) }, each.password);
  if (!result.ok) return { end: result.error.kind === "file" ? result.error.code : JSON.stringify(result.error) };
  const { certificate, privateKey, randomNumber } = result.value;
  assert.equal(privateKey.extractable, false);
  assert.deepEqual(privateKey.usages, ["sign"]);
  return {
    end: "opened",
    fingerprint: certificate.fingerprint,
    random_number: randomNumber && hex(randomNumber),
  };
}

const CHANGED = DOCUMENT.cases.filter(({ name }) => name.includes(" changed "));

for (const each of DOCUMENT.cases.filter((each) => !CHANGED.includes(each))) {
  test(each.name, async () => {
    assert.deepEqual(await ending(each), each.expected);
  });
}

test("files with bytes changed end in a reason of the service, and nearly always in the same", async () => {
  let others = 0;
  for (const each of CHANGED) {
    const { end } = await ending(each).catch((error: Error) => ({ end: error.name }));
    assert.match(end, /^(?:opened|bare|Error|(?:FILE|CERT|UPLOAD)_[A-Z_]+)$/, each.name);
    if (end !== each.expected.end) others += 1;
  }
  // The service reads all of a certificate, and checks each number of an RSA key; here a key has to sign.
  assert.ok(others < CHANGED.length / 10, `${others} of ${CHANGED.length}`);
});
