/**
 * SEED in CBC mode, decryption only (RFC 4269), in which signPri.key files are encrypted. No browser has it.
 *
 * Table look-ups depend on the key, so a program on the same processor could learn of it by timing; WebCrypto's AES has
 * no such weakness, and whoever can choose uses that.
 */
import { type Bytes, fromHex } from "../bytes.ts";
import { cbcDecrypt } from "./cbc.ts";

export const SEED_BLOCK_BYTES = 16;

// Appendix A.1.
const S1 = fromHex(
  "a985d6d3541dac255d43181e51fcca632844209de0e2c817a58f037bbb13d2ee" +
    "708c3fa832ddf674ec950b575c5bbd01241c739810ccf2d92ce772839bd186c9" +
    "6050a3eb0db69e4fb75ac678a612afd561c3b441527d8d081f9900190453f7e1" +
    "fd762f27b08b0eaba26e934d697c090abfeff3c58714fe64de2e4b1a06216b66" +
    "02f5928a0cb37ed07a4796e52680addfa13037ae36152238f4a7454c81e98497" +
    "35cbce3c7111c78975fbdaf8945982c4ff493967c0cfd7b80f8e4223916cdba4" +
    "34f148c26f3d2d40be3ebcc1aaba4e553bdc687f9cd84a5677a0ed46b52b65fa" +
    "e3b9b19f5ef9e6b231ea6d5fe4f0cd88163a58d462290733e81b0579906a2a9a",
);
const S2 = fromHex(
  "38e82da6cfdeb3b8af6055c7446f6b5bc36233b529a0e2a7d39111061cbc364b" +
    "ef886ca817c416f4c245e1d63f3d8e98284ef63ea5f90ddfd82b667a272ff172" +
    "42d441c07367ac8bf7ad801fca2caa34d20beee95d9418f857ae08c513cd86b9" +
    "ff7dc131f58a6ab1d120d7022204687107db9d9961bee659dd5190dc9aa3abd0" +
    "810f471ae3ec8dbf967b5ca2a163234dc89e9c3a0c2eba6e9f5af292f34978cc" +
    "15fb70757f351003646dc674d5b4ea097619fe4012e0bd05fa01f02a5ea95643" +
    "8514899bb0e5487997fc1e82218c1b5f7754b21d254f0046ed5852eb7edac9fd" +
    "3095653cb6e4bb7c0e5039263284699337e724a4cb530a87d94c838fce3b4ab7",
);
const MASKS = [0xfc, 0xf3, 0xcf, 0x3f];
const ROUNDS = 16;

/** Appendix A.2: an S-box and the masks of G in one table; `first` is the mask of the lowest byte. */
function extended(box: Uint8Array, first: number): Uint32Array {
  return Uint32Array.from(box, (y) => {
    let word = 0;
    for (let byte = 0; byte < 4; byte += 1) word |= (y & (MASKS[(first + byte) % 4] as number)) << (8 * byte);
    return word;
  });
}

const SS0 = extended(S1, 0);
const SS1 = extended(S2, 1);
const SS2 = extended(S1, 2);
const SS3 = extended(S2, 3);

/** Section 2.2. */
function g(x: number): number {
  return (
    (SS0[x & 0xff] as number) ^
    (SS1[(x >>> 8) & 0xff] as number) ^
    (SS2[(x >>> 16) & 0xff] as number) ^
    (SS3[x >>> 24] as number)
  );
}

/** Section 2.3: two words a round. */
function roundKeys(key: Uint8Array): Uint32Array {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  let [a, b, c, d] = [0, 4, 8, 12].map((at) => view.getUint32(at)) as [number, number, number, number];
  let constant = 0x9e3779b9;
  const keys = new Uint32Array(2 * ROUNDS);
  for (let round = 0; round < ROUNDS; round += 1) {
    keys[2 * round] = g((a + c - constant) >>> 0);
    keys[2 * round + 1] = g((b - d + constant) >>> 0);
    if (round % 2 === 0) {
      [a, b] = [((a >>> 8) | (b << 24)) >>> 0, ((b >>> 8) | (a << 24)) >>> 0];
    } else {
      [c, d] = [((c << 8) | (d >>> 24)) >>> 0, ((d << 8) | (c >>> 24)) >>> 0];
    }
    constant = ((constant << 1) | (constant >>> 31)) >>> 0;
  }
  return keys;
}

/** `data`, whole blocks, decrypted, padding and all. */
export function decryptSeedCbc(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Bytes {
  const keys = roundKeys(key);
  const plain = cbcDecrypt(SEED_BLOCK_BYTES, iv, data, (from, at, to) => {
    let left0 = from.getUint32(at);
    let left1 = from.getUint32(at + 4);
    let right0 = from.getUint32(at + 8);
    let right1 = from.getUint32(at + 12);
    for (let round = ROUNDS - 1; round >= 0; round -= 1) {
      // Section 2.1, F, with the keys in reverse order.
      const t0 = right0 ^ (keys[2 * round] as number);
      const mixed = g((t0 ^ right1 ^ (keys[2 * round + 1] as number)) >>> 0);
      const upper = g((t0 + mixed) >>> 0);
      const lower = g((mixed + upper) >>> 0);
      const new0 = left0 ^ (upper + lower);
      const new1 = left1 ^ lower;
      left0 = right0;
      left1 = right1;
      right0 = new0;
      right1 = new1;
    }
    to.setUint32(at, right0);
    to.setUint32(at + 4, right1);
    to.setUint32(at + 8, left0);
    to.setUint32(at + 12, left1);
  });
  keys.fill(0);
  return plain;
}
