/**
 * SHA-1 of SHA-1 of …, as key files derive keys from passwords (FIPS 180-4 section 6.1.2). A digest is one block, so that
 * a round is one compression, without anything being made anew: half the time of a hash object for each round.
 */
import type { Bytes } from "../bytes.ts";

const DIGEST_BYTES = 20;
const WORDS = new Int32Array(80);

/** `digest`, 20 bytes, hashed this many times more. */
export function sha1Again(digest: Bytes, rounds: number): void {
  const view = new DataView(digest.buffer, digest.byteOffset, DIGEST_BYTES);
  const w = WORDS;
  // The padding of a message of 20 bytes (section 5.1.1).
  w.fill(0, 5, 16);
  w[5] = 0x80000000;
  w[15] = 8 * DIGEST_BYTES;
  for (let i = 0; i < 5; i += 1) w[i] = view.getInt32(4 * i);
  for (let round = 0; round < rounds; round += 1) compress(w);
  for (let i = 0; i < 5; i += 1) view.setInt32(4 * i, w[i] as number);
  w.fill(0);
}

/** The first 16 words hashed; the digest comes out in the first five. */
function compress(w: Int32Array): void {
  for (let t = 16; t < 80; t += 1) {
    const x = (w[t - 3] as number) ^ (w[t - 8] as number) ^ (w[t - 14] as number) ^ (w[t - 16] as number);
    w[t] = (x << 1) | (x >>> 31);
  }
  let a = 0x67452301;
  let b = 0xefcdab89 | 0;
  let c = 0x98badcfe | 0;
  let d = 0x10325476;
  let e = 0xc3d2e1f0 | 0;
  let t = 0;
  for (; t < 20; t += 1) {
    const sum = ((a << 5) | (a >>> 27)) + (d ^ (b & (c ^ d))) + e + 0x5a827999 + (w[t] as number);
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = sum | 0;
  }
  for (; t < 40; t += 1) {
    const sum = ((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0x6ed9eba1 + (w[t] as number);
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = sum | 0;
  }
  for (; t < 60; t += 1) {
    const sum = ((a << 5) | (a >>> 27)) + ((b & c) | (d & (b | c))) + e + (0x8f1bbcdc | 0) + (w[t] as number);
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = sum | 0;
  }
  for (; t < 80; t += 1) {
    const sum = ((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + (0xca62c1d6 | 0) + (w[t] as number);
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = sum | 0;
  }
  w[0] = (a + 0x67452301) | 0;
  w[1] = (b + 0xefcdab89) | 0;
  w[2] = (c + 0x98badcfe) | 0;
  w[3] = (d + 0x10325476) | 0;
  w[4] = (e + 0xc3d2e1f0) | 0;
}
