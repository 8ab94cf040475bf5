/** Opening a key: bounded work, and what is left behind. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { hex } from "../src/bytes.ts";
import { recognise } from "../src/files/formats.ts";
import { KdfBudget } from "../src/files/kdf_budget.ts";
import { passwordForms } from "../src/files/password_forms.ts";
import { LIMITS, openKey } from "../src/index.ts";
import { bytes, caseNamed, DOCUMENT, filesOf } from "./cases.ts";

test("no file makes the SDK run more rounds than the budget", async () => {
  for (const each of DOCUMENT.cases) {
    const budget = new KdfBudget();
    try {
      const container = recognise(each.files.map(bytes));
      const opening = { password: passwordForms(each.password), budget, signal: undefined };
      if (container.kind === "pair") await container.envelope.openKey(opening);
      if (container.kind === "pfx") await container.pfx.open(opening);
    } catch {
      // Refused: test/service.test.ts says whether rightly.
    }
    assert.ok(budget.spent <= LIMITS.rounds, each.name);
  }
});

test("a second try over the budget ends as a wrong password", () => {
  const budget = new KdfBudget();
  const tries = [{ rounds: LIMITS.rounds }, { rounds: 1 }];
  assert.deepEqual([...budget.paid(tries)], [{ rounds: LIMITS.rounds }]);
  assert.throws(() => budget.charge(1), { code: "FILE_KDF_COST_TOO_HIGH" });
});

test("a round of a hash that takes longer in JavaScript counts as several", async () => {
  const spent = async (name: string) => {
    const budget = new KdfBudget();
    const each = caseNamed(name);
    const container = recognise(each.files.map(bytes));
    assert.ok(container.kind === "pfx");
    await container.pfx.open({ password: passwordForms("x"), budget, signal: undefined });
    return budget.spent;
  };
  // A wrong password costs the rounds of the MAC.
  assert.equal(await spent("sample pfx"), 2);
  assert.equal(await spent("sample pfx-sealed"), 4);
  assert.equal(await spent("a PFX with both pairs"), 16 * 3);
});

test("passwords are tried in UTF-8 and CP949, and in UTF-16 for a PFX", () => {
  const forms = (text: string) => {
    const { octets, bmp } = passwordForms(text);
    return { octets: octets.map(hex), bmp: bmp.map(hex) };
  };
  assert.deepEqual(forms("a1"), { octets: ["6131"], bmp: ["006100310000"] });
  assert.deepEqual(forms("가"), {
    octets: ["eab080", "b0a1"],
    bmp: ["ac000000", "00ea00b000800000", "00b000a10000"],
  });
  assert.deepEqual(forms("😀").octets, ["f09f9880"]);
  assert.deepEqual(forms(""), { octets: [""], bmp: ["0000", ""] });
  assert.deepEqual(forms("\ud800"), { octets: [], bmp: [] });
});

test("a signal that fires stops a long derivation", async () => {
  const million = caseNamed("sample pair");
  const controller = new AbortController();
  const files = filesOf(million);
  const key = bytes(million.files[0] as string);
  // 2048 rounds become 999,999: the count is the only INTEGER of three bytes at its place.
  const costly = withRounds(key, 999_999);
  const certificate = files[1];
  assert.ok(certificate);
  const opening = openKey({ files: [new File([costly], "signPri.key"), certificate] }, "x", {
    signal: controller.signal,
  });
  setTimeout(() => controller.abort(), 20);
  assert.deepEqual(await opening, { ok: false, error: { kind: "aborted" } });
});

/** A key file whose SHA-1 loop has another count; the sample's is 10, in one byte. */
function withRounds(key: Uint8Array, rounds: number): Uint8Array<ArrayBuffer> {
  const oid = "06082a831a8c9a44010f";
  const at = hex(key).indexOf(oid) / 2 + oid.length / 2;
  assert.ok(at > oid.length / 2);
  // SEQUENCE { OCTET STRING (8), INTEGER } follows.
  const salt = key.slice(at + 2, at + 12);
  const count = Uint8Array.of(0x02, 3, (rounds >> 16) & 0xff, (rounds >> 8) & 0xff, rounds & 0xff);
  const algorithm = Uint8Array.of(...Buffer.from(oid, "hex"), 0x30, 15, ...salt, ...count);
  const data = key.slice(at + 2 + (key[at + 1] as number));
  const body = [0x30, algorithm.length, ...algorithm, ...data];
  return Uint8Array.of(0x30, 0x82, body.length >> 8, body.length & 0xff, ...body);
}

test("more than two files are refused, and none", async () => {
  const [file] = filesOf(caseNamed("sample der"));
  assert.ok(file);
  const three = await openKey({ files: [file, file, file] }, "x");
  assert.deepEqual(three, {
    ok: false,
    error: { kind: "file", code: "FILE_SEVERAL_CERTIFICATES", params: { count: 3 } },
  });
  const none = await openKey({ files: [] }, "x");
  assert.deepEqual(none, { ok: false, error: { kind: "file", code: "UPLOAD_EMPTY", params: {} } });
});

test("passwords, derived keys and the key in clear are overwritten", async (t) => {
  // What WebCrypto gets are the last copies: they are looked at after the call.
  const given: Uint8Array[] = [];
  const importKey = crypto.subtle.importKey.bind(crypto.subtle);
  t.mock.method(crypto.subtle, "importKey", (format: string, data: Uint8Array, ...rest: unknown[]) => {
    if (format !== "spki") given.push(data);
    return Reflect.apply(importKey, crypto.subtle, [format, data, ...rest]);
  });
  for (const name of ["sample pair", "sample pair-pbes2", "sample pfx", "sample pfx-sealed"]) {
    const each = caseNamed(name);
    const result = await openKey({ files: filesOf(each) }, each.password);
    assert.ok(result.ok);
  }
  assert.ok(given.length >= 5);
  for (const data of given) assert.ok(data.every((byte) => byte === 0));
});
