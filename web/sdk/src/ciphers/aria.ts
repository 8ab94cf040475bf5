/** ARIA in CBC mode, decryption only (RFC 5794), which Korean issuers' programs offer beside SEED. */
import { type Bytes, fromHex } from "../bytes.ts";
import { cbcDecrypt } from "./cbc.ts";

export const ARIA_BLOCK_BYTES = 16;
const ROUNDS: Readonly<Record<number, number>> = { 16: 12, 24: 14, 32: 16 };

// Section 2.4.2: SB1, which is that of AES, and SB2; SB3 and SB4 are their inverses.
const SB1 = fromHex(
  "637c777bf26b6fc53001672bfed7ab76ca82c97dfa5947f0add4a2af9ca472c0" +
    "b7fd9326363ff7cc34a5e5f171d8311504c723c31896059a071280e2eb27b275" +
    "09832c1a1b6e5aa0523bd6b329e32f8453d100ed20fcb15b6acbbe394a4c58cf" +
    "d0efaafb434d338545f9027f503c9fa851a3408f929d38f5bcb6da2110fff3d2" +
    "cd0c13ec5f974417c4a77e3d645d197360814fdc222a908846eeb814de5e0bdb" +
    "e0323a0a4906245cc2d3ac629195e479e7c8376d8dd54ea96c56f4ea657aae08" +
    "ba78252e1ca6b4c6e8dd741f4bbd8b8a703eb5664803f60e613557b986c11d9e" +
    "e1f8981169d98e949b1e87e9ce5528df8ca1890dbfe6426841992d0fb054bb16",
);
const SB2 = fromHex(
  "e24e54fc94c24acc620d6a463c4d8bd15efa64cbb497be2bbc772e03d31959c1" +
    "1d06416b55f09969ea9c18ae63dfe7bb007366fb964c85e43a0945aa0fee10eb" +
    "2d7ff429accfad918d78c895f92fcecd087a88385c832a2847dbb8c793a41253" +
    "ff870e3136215848018e377432cae9b1b7ab0cd7c4564226079860d9b6b91140" +
    "ec208cbda0c984044923f14f501f13dcd8c09e57e3c37b653b028f3ee82592e5" +
    "15ddfd17a9bfd49a7ec53967fe769d43a7e1d0f568f21b347005a38ad57986a8" +
    "30c6514b1ea627f635d26e2416825fdae675a2ef2cb21c9f5d6f800a72449b6c" +
    "900b5b337d5a52f361a1f7b0d63f7c6ded14e0a53d22b3f889de711aafbab581",
);
const SB3 = inverse(SB1);
const SB4 = inverse(SB2);
// SL1, the layer of odd rounds, and SL2, that of even rounds and of the last.
const ODD = [SB1, SB2, SB3, SB4];
const EVEN = [SB3, SB4, SB1, SB2];
// Section 2.4.3: the bytes of the input that each byte of the output is the sum of.
const DIFFUSION = [
  [3, 4, 6, 8, 9, 13, 14],
  [2, 5, 7, 8, 9, 12, 15],
  [1, 4, 6, 10, 11, 12, 15],
  [0, 5, 7, 10, 11, 13, 14],
  [0, 2, 5, 8, 11, 14, 15],
  [1, 3, 4, 9, 10, 14, 15],
  [0, 2, 7, 9, 10, 12, 13],
  [1, 3, 6, 8, 11, 12, 13],
  [0, 1, 4, 7, 10, 13, 15],
  [0, 1, 5, 6, 11, 12, 14],
  [2, 3, 5, 6, 8, 13, 15],
  [2, 3, 4, 7, 9, 12, 14],
  [1, 2, 6, 7, 9, 11, 12],
  [0, 3, 6, 7, 8, 10, 13],
  [0, 3, 4, 5, 9, 11, 14],
  [1, 2, 4, 5, 8, 10, 15],
] as const;
// Section 2.2: the constants of the key schedule; the size of a key says with which they begin.
const CONSTANTS = [
  "517cc1b727220a94fe13abe8fa9a6ee0",
  "6db14acc9e21c820ff28b1d5ef5de2b0",
  "db92371d2126e9700324977504e8c90e",
].map(fromHex);
// How far to the right the second part of a round key is rotated: one number for each four keys.
const ROTATIONS = [19, 31, 128 - 61, 128 - 31, 128 - 19];

function inverse(box: Uint8Array): Bytes {
  const inverted = new Uint8Array(256);
  for (const [from, to] of box.entries()) inverted[to] = from;
  return inverted;
}

function diffuse(block: Uint8Array, into: Uint8Array): void {
  for (let i = 0; i < ARIA_BLOCK_BYTES; i += 1) {
    const inputs = DIFFUSION[i] as readonly number[];
    let sum = 0;
    for (let j = 0; j < 7; j += 1) sum ^= block[inputs[j] as number] as number;
    into[i] = sum;
  }
}

function diffused(block: Uint8Array): Bytes {
  const into = new Uint8Array(ARIA_BLOCK_BYTES);
  diffuse(block, into);
  return into;
}

function substituted(block: Uint8Array, layer: readonly Uint8Array[]): Bytes {
  return Uint8Array.from(block, (byte, i) => (layer[i % 4] as Uint8Array)[byte] as number);
}

function xor(one: Uint8Array, other: Uint8Array): Bytes {
  return Uint8Array.from(one, (byte, i) => byte ^ (other[i] as number));
}

function rotated(block: Uint8Array, right: number): Bytes {
  const [bytes, bits] = [right >> 3, right & 7];
  return Uint8Array.from(block, (_, i) => {
    const upper = block[(i - bytes - 1 + 32) % 16] as number;
    const own = block[(i - bytes + 32) % 16] as number;
    return ((upper << 8) | own) >> bits;
  });
}

/** FO or FE (section 2.4.1). */
function round(block: Uint8Array, key: Uint8Array, layer: readonly Uint8Array[]): Bytes {
  return diffused(substituted(xor(block, key), layer));
}

/** The round keys for decryption (sections 2.2 and 2.3). */
function decryptionKeys(key: Uint8Array): Bytes[] {
  const first = (key.length - 16) / 8;
  const [one, two, three] = [0, 1, 2].map((i) => CONSTANTS[(first + i) % 3]) as [Bytes, Bytes, Bytes];
  const right = new Uint8Array(16);
  right.set(key.subarray(16));
  const w0 = key.slice(0, 16);
  const w1 = xor(round(w0, one, ODD), right);
  const w2 = xor(round(w1, two, EVEN), w0);
  const w3 = xor(round(w2, three, ODD), w1);
  const words = [w0, w1, w2, w3];
  const made = ROTATIONS.flatMap((by) =>
    words.map((word, i) => xor(word, rotated(words[(i + 1) % 4] as Bytes, by))),
  );
  const keys = made.slice(0, (ROUNDS[key.length] as number) + 1).reverse();
  return keys.map((each, i) => (i === 0 || i === keys.length - 1 ? each : diffused(each)));
}

/** `data`, whole blocks, decrypted, padding and all; `key` has 16, 24 or 32 bytes. */
export function decryptAriaCbc(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Bytes {
  const keys = decryptionKeys(key);
  const last = keys.length - 1;
  const state = new Uint8Array(ARIA_BLOCK_BYTES);
  const mixed = new Uint8Array(ARIA_BLOCK_BYTES);
  const plain = cbcDecrypt(ARIA_BLOCK_BYTES, iv, data, (from, at, to) => {
    for (let i = 0; i < ARIA_BLOCK_BYTES; i += 1) state[i] = from.getUint8(at + i);
    for (let turn = 0; turn < last; turn += 1) {
      const roundKey = keys[turn] as Bytes;
      const layer = turn % 2 === 0 ? ODD : EVEN;
      for (let i = 0; i < ARIA_BLOCK_BYTES; i += 1) {
        mixed[i] = (layer[i & 3] as Uint8Array)[(state[i] as number) ^ (roundKey[i] as number)] as number;
      }
      if (turn < last - 1) diffuse(mixed, state);
      else state.set(mixed);
    }
    for (let i = 0; i < ARIA_BLOCK_BYTES; i += 1) {
      to.setUint8(at + i, (state[i] as number) ^ ((keys[last] as Bytes)[i] as number));
    }
  });
  for (const each of keys) each.fill(0);
  return plain;
}
