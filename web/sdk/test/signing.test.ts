/** Signatures and sealed secrets, checked with Node's own cryptography; tests/web checks them with the service's code. */
import assert from "node:assert/strict";
import { constants, generateKeyPairSync, privateDecrypt, verify, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { fromHex, hex } from "../src/bytes.ts";
import {
  forget,
  type OpenedKey,
  openKey,
  sealPassword,
  sealRandomNumber,
  signCms,
  signText,
} from "../src/index.ts";
import { caseNamed, filesOf } from "./cases.ts";

const TEXT = "타기관 인증서 등록 / Register\nbank: JBB\nvalid until: 2026-11-22T03:06:02Z";

async function opened(name: string): Promise<OpenedKey> {
  const each = caseNamed(name);
  const result = await openKey({ files: filesOf(each) }, each.password);
  assert.ok(result.ok);
  return result.value;
}

for (const name of ["sample pair", "EC secp256r1", "EC secp384r1", "EC secp521r1"]) {
  test(`a raw signature verifies with the certificate: ${name}`, async () => {
    const key = await opened(name);
    const { publicKey } = new X509Certificate(key.certificate.der);
    const signature = Buffer.from(await signText(key, TEXT), "base64");
    assert.ok(verify("sha256", Buffer.from(TEXT), publicKey, signature));
    assert.ok(!verify("sha256", Buffer.from(`${TEXT}\n`), publicKey, signature));
  });
}

test("a CMS message is small enough for the firewall, and holds no certificate", async () => {
  const key = await opened("sample pair");
  const message = Buffer.from(await signCms(key, TEXT), "base64");
  assert.ok(message.length < 1024);
  assert.equal(message.includes(Buffer.from("홍길동")), false);
});

function sealingKeys(bits = 4096) {
  const pair = () => generateKeyPairSync("rsa", { modulusLength: bits });
  const [passwords, numbers] = [pair(), pair()];
  const stated = ({ publicKey }: typeof passwords, key_id: string) => ({
    key_id,
    algorithm: "RSAES_OAEP_SHA_256" as const,
    public_key: publicKey.export({ type: "spki", format: "der" }).toString("base64"),
  });
  return {
    keys: { ...stated(passwords, "for passwords"), random_number: stated(numbers, "for R") },
    read: (ciphertext: string, which: "password" | "number") =>
      JSON.parse(
        privateDecrypt(
          {
            key: (which === "password" ? passwords : numbers).privateKey,
            oaepHash: "sha256",
            padding: constants.RSA_PKCS1_OAEP_PADDING,
          },
          Buffer.from(ciphertext, "base64"),
        ).toString(),
      ),
  };
}

const SEALING = sealingKeys();

test("a password and R are sealed, each to its own key, for one upload and nonce", async () => {
  const { keys, read } = SEALING;
  const password = await sealPassword(keys, { upload: "u", nonce: "n", password: "비밀번호1!" });
  assert.ok(password.ok);
  assert.equal(password.value.key_id, "for passwords");
  assert.deepEqual(read(password.value.ciphertext, "password"), { upload: "u", nonce: "n", secret: "비밀번호1!" });
  const number = await sealRandomNumber(keys, {
    upload: "u",
    nonce: "n",
    randomNumber: fromHex("00ff".repeat(10)),
  });
  assert.ok(number.ok);
  assert.equal(number.value.key_id, "for R");
  assert.deepEqual(read(number.value.ciphertext, "number"), { upload: "u", nonce: "n", secret: "00ff".repeat(10) });
});

test("what cannot be sealed has a reason", async () => {
  const { keys } = SEALING;
  const binding = { upload: "4a".repeat(16), nonce: "6c".repeat(16) };
  for (const [password, reason] of [
    ["", "empty"],
    ["x".repeat(129), "too-long"],
    ["긴".repeat(128), "too-long"],
  ] as const) {
    const result = await sealPassword(keys, { ...binding, password });
    assert.deepEqual(result, { ok: false, error: { kind: "secret", reason } });
  }
  assert.ok((await sealPassword(keys, { ...binding, password: "x".repeat(128) })).ok);
  for (const public_key of ["", "no base64!", Buffer.from("no key").toString("base64")]) {
    const result = await sealPassword({ ...keys, public_key }, { ...binding, password: "x" });
    assert.deepEqual(result, { ok: false, error: { kind: "secret", reason: "key" } });
  }
});

test("R is overwritten when the key is forgotten", async () => {
  const key = await opened("sample pair");
  assert.ok(key.randomNumber);
  assert.equal(hex(key.randomNumber), "000102030405060708090a0b0c0d0e0f10111213");
  forget(key);
  assert.equal(hex(key.randomNumber), "00".repeat(20));
});

test("the private key cannot be read again", async () => {
  const { privateKey } = await opened("sample pair");
  await assert.rejects(crypto.subtle.exportKey("pkcs8", privateKey));
});
