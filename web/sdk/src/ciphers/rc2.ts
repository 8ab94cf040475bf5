/**
 * RC2 in CBC mode, decryption only (RFC 2268): OpenSSL before 3.0, Windows and many Korean issuers encrypt the
 * certificates of a PFX with 40-bit keys. What is decrypted here are certificates, which are no secret.
 */
import { type Bytes, fromHex } from "../bytes.ts";
import { cbcDecrypt } from "./cbc.ts";

export const RC2_BLOCK_BYTES = 8;

// Section 2, PITABLE.
const PITABLE = fromHex(
  "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2" +
    "179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82" +
    "54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626" +
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7" +
    "08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec" +
    "c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731" +
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9" +
    "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad",
);

/** The 64 words of the key schedule (section 2); all bits of the key count. */
function expanded(key: Uint8Array): Uint16Array {
  const table = new Uint8Array(128);
  const size = key.length;
  table.set(key);
  const at = (i: number) => table[i] as number;
  for (let i = size; i < 128; i += 1) table[i] = PITABLE[(at(i - 1) + at(i - size)) & 0xff] as number;
  table[128 - size] = PITABLE[at(128 - size)] as number;
  for (let i = 127 - size; i >= 0; i -= 1) table[i] = PITABLE[at(i + 1) ^ at(i + size)] as number;
  return Uint16Array.from({ length: 64 }, (_, i) => at(2 * i) | (at(2 * i + 1) << 8));
}

const SHIFTS = [1, 2, 3, 5] as const;

/** `data`, whole blocks, decrypted, padding and all. */
export function decryptRc2Cbc(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Bytes {
  const keys = expanded(key);
  const words = new Uint16Array(4);
  const word = (i: number) => words[i & 3] as number;
  return cbcDecrypt(RC2_BLOCK_BYTES, iv, data, (from, at, to) => {
    for (let i = 0; i < 4; i += 1) words[i] = from.getUint16(at + 2 * i, true);
    // Section 4.3: five mixing rounds, a mash, six, a mash, five, all backwards.
    for (let turn = 15; turn >= 0; turn -= 1) {
      for (let i = 3; i >= 0; i -= 1) {
        const shift = SHIFTS[i] as number;
        const turned = (word(i) >>> shift) | (word(i) << (16 - shift));
        const before = word(i + 3);
        words[i] = turned - (keys[4 * turn + i] as number) - (before & word(i + 2)) - (~before & word(i + 1));
      }
      if (turn === 11 || turn === 5) {
        for (let i = 3; i >= 0; i -= 1) words[i] = word(i) - (keys[word(i + 3) & 63] as number);
      }
    }
    for (let i = 0; i < 4; i += 1) to.setUint16(at + 2 * i, word(i), true);
  });
}
