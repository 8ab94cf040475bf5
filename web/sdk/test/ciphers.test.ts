/** Block ciphers against the vectors of their specifications. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex, hex } from "../src/bytes.ts";
import { decryptAriaCbc } from "../src/ciphers/aria.ts";
import { unpaddedLength } from "../src/ciphers/cbc.ts";
import { decryptRc2Cbc } from "../src/ciphers/rc2.ts";
import { decryptSeedCbc } from "../src/ciphers/seed.ts";
import { decryptTripleDesCbc } from "../src/ciphers/triple_des.ts";

type Decrypt = (key: Uint8Array, iv: Uint8Array, data: Uint8Array) => Uint8Array;

const ZEROS = "00".repeat(16);
const COUNTED = "000102030405060708090a0b0c0d0e0f";

/** One block with a zero IV, which is the cipher itself. */
function block(decrypt: Decrypt, key: string, ciphertext: string): string {
  return hex(decrypt(fromHex(key), new Uint8Array(ciphertext.length / 2), fromHex(ciphertext)));
}

test("SEED: RFC 4269 appendix B", () => {
  for (const [key, plain, ciphertext] of [
    [ZEROS, COUNTED, "5ebac6e0054e166819aff1cc6d346cdb"],
    [COUNTED, ZEROS, "c11f22f20140505084483597e4370f43"],
    ["4706480851e61be85d74bfb3fd956185", "83a2f8a288641fb9a4e9a5cc2f131c7d", "ee54d13ebcae706d226bc3142cd40d4a"],
    ["28dbc3bc49ffd87dcfa509b11d422be7", "b41e6be2eba84a148e2eed84593c5ec7", "9b9b7bfcd1813cb95d0b3618f40f5122"],
  ] as const) {
    assert.equal(block(decryptSeedCbc, key, ciphertext), plain);
  }
});

test("SEED in CBC mode: RFC 4196 section 4, case 3", () => {
  const key = fromHex("88e34f8f081779f1e9f394370ad40589");
  const iv = fromHex("268d66a735a81a816fbad9fa36162501");
  const ciphertext = fromHex(
    "a293eae9d9aebfac37ba714bd774e427e8b706d7e7d9a097228639e0b62b3b34" +
      "ced11609cef2abaaec2edf979308f379c31527a8267783e5cba3538982b48d06",
  );
  const plain =
    "d76d0d18327ec562b15e6bc365ac0c0f8d41e0bb938568aeebfd92ed1affa096" +
    "394d20fc5277ddfc4de8b0fce1eb2b93d4ae40ef4768c613b50b8942f7d4b9b3";
  assert.equal(hex(decryptSeedCbc(key, iv, ciphertext)), plain);
});

test("ARIA: RFC 5794 appendix A", () => {
  const plain = "00112233445566778899aabbccddeeff";
  for (const [key, ciphertext] of [
    [COUNTED, "d718fbd6ab644c739da95f3be6451778"],
    [`${COUNTED}1011121314151617`, "26449c1805dbe7aa25a468ce263a9e79"],
    [`${COUNTED}101112131415161718191a1b1c1d1e1f`, "f92bd7c79fb72e2f2b8f80c1972d24fc"],
  ] as const) {
    assert.equal(block(decryptAriaCbc, key, ciphertext), plain);
  }
});

test("RC2 with as many effective bits as the key has: RFC 2268 section 5", () => {
  for (const [key, plain, ciphertext] of [
    ["ffffffffffffffff", "ffffffffffffffff", "278b27e42e2f0d49"],
    ["3000000000000000", "1000000000000001", "30649edf9be7d2c2"],
    ["88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "2269552ab0f85ca6"],
  ] as const) {
    assert.equal(block(decryptRc2Cbc, key, ciphertext), plain);
  }
});

test("Triple DES: NIST SP 800-67 appendix B.1, and one key three times: FIPS 46 validation", () => {
  const keys = "0123456789abcdef23456789abcdef01456789abcdef0123";
  const ciphertext = "a826fd8ce53b855fcce21c8112256fe668d5c05dd9b6b900";
  const blocks = ciphertext.match(/.{16}/g) ?? [];
  const plain = blocks.map((each) => block(decryptTripleDesCbc, keys, each)).join("");
  assert.equal(Buffer.from(plain, "hex").toString(), "The qufck brown fox jump");
  assert.equal(block(decryptTripleDesCbc, "0101010101010101".repeat(3), "95f8a5e5dd31d900"), "8000000000000000");
});

test("padding is whole or none (RFC 5652 6.3)", () => {
  for (const [plain, length] of [
    ["0102030405060703", null],
    ["6162630505050505", 3],
    ["0808080808080808", 0],
    ["0909090909090909", null],
    ["6162630000000000", null],
    ["6162630405050505", null],
  ] as const) {
    assert.equal(unpaddedLength(fromHex(plain), 8), length);
  }
});
