/** Triple DES in CBC mode, decryption only (FIPS 46-3, NIST SP 800-67): no browser has it. */
import type { Bytes } from "../bytes.ts";
import { cbcDecrypt } from "./cbc.ts";

export const DES_BLOCK_BYTES = 8;

// FIPS 46-3 appendix 1: bits are counted from 1, the highest first.
const INITIAL = range(8).flatMap((row) =>
  range(8).map((column) => 58 + 2 * (row % 4) + (row < 4 ? 0 : -1) - 8 * column),
);
const FINAL = range(64).map((bit) => INITIAL.indexOf(bit + 1) + 1);
const P = [
  16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4,
  25,
];
const CHOICE_1 = [
  57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36, 63,
  55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4,
];
const CHOICE_2 = [
  14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2, 41, 52, 31, 37, 47, 55,
  30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
];
const SHIFTS = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1];
// The S-boxes, row after row, a hexadecimal digit an entry.
const S = [
  "e4d12fb83a6c59070f74e2d1a6cb953841e8d62bfc973a50fc8249175b3ea06d",
  "f18e6b34972dc05a3d47f28ec01a69b50e7ba4d158c6932fd8a13f42b67c05e9",
  "a09e63f51dc7b428d709346a285ecbf1d6498f30b12c5ae71ad069874fe3b52c",
  "7de3069a1285bc4fd8b56f03472c1ae9a690cb7df13e52843f06a1d8945bc72e",
  "2c417ab6853fd0e9eb2c47d150fa3986421bad78f9c5630eb8c71e2d6f09a453",
  "c1af92680d34e75baf427c9561de0b389ef528c3704a1db6432c95fabe17608d",
  "4b2ef08d3c975a61d0b7491ae35c2f8614bdc37eaf6805926bd814a7950fe23c",
  "d2846fb1a93e50c71fd8a374c56b0e927b419ce206adf35821e74a8dfc90356b",
];

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

function permuted(bits: readonly number[], table: readonly number[]): number[] {
  return table.map((bit) => bits[bit - 1] as number);
}

function bitsOf(bytes: Iterable<number>): number[] {
  return [...bytes].flatMap((byte) => range(8).map((i) => (byte >> (7 - i)) & 1));
}

function numberOf(bits: readonly number[]): number {
  return bits.reduce((sum, bit) => ((sum << 1) | bit) >>> 0, 0);
}

interface Tables {
  /** For each S-box: it and the permutation P in one table of six-bit inputs. */
  readonly boxes: readonly Uint32Array[];
  readonly first: readonly Uint32Array[];
  readonly last: readonly Uint32Array[];
}

let made: Tables | undefined;

/** Computed when a file first needs them. */
function tables(): Tables {
  made ??= { boxes: S.map(boxTable), first: byteTables(INITIAL), last: byteTables(FINAL) };
  return made;
}

function boxTable(digits: string, box: number): Uint32Array {
  return Uint32Array.from(range(64), (input) => {
    const row = ((input >> 4) & 2) | (input & 1);
    const value = Number.parseInt(digits[16 * row + ((input >> 1) & 15)] as string, 16);
    const word = range(4).map((byte) => ((value << (28 - 4 * box)) >>> (24 - 8 * byte)) & 0xff);
    return numberOf(permuted(bitsOf(word), P));
  });
}

/** Sixteen keys of eight six-bit parts each. */
function schedule(key: Uint8Array): Uint8Array[] {
  const chosen = permuted(bitsOf(key), CHOICE_1);
  let [c, d] = [chosen.slice(0, 28), chosen.slice(28)];
  return SHIFTS.map((shift) => {
    c = [...c.slice(shift), ...c.slice(0, shift)];
    d = [...d.slice(shift), ...d.slice(0, shift)];
    const bits = permuted([...c, ...d], CHOICE_2);
    return Uint8Array.from(range(8), (part) => numberOf(bits.slice(6 * part, 6 * part + 6)));
  });
}

/** One pass over a block between the initial and the final permutation; the halves come out swapped. */
function pass(halves: Uint32Array, keys: readonly Uint8Array[], boxes: readonly Uint32Array[]): void {
  let left = halves[0] as number;
  let right = halves[1] as number;
  for (const key of keys) {
    let mixed = 0;
    for (let box = 0; box < 8; box += 1) {
      const turn = (4 * box + 5) & 31;
      const six = ((right << turn) | (right >>> (32 - turn))) & 0x3f;
      mixed ^= (boxes[box] as Uint32Array)[six ^ (key[box] as number)] as number;
    }
    [left, right] = [right, (left ^ mixed) >>> 0];
  }
  halves[0] = right;
  halves[1] = left;
}

/** A permutation of a block, as what each byte contributes to either half. */
function byteTables(table: readonly number[]): Uint32Array[] {
  return range(16).map((part) =>
    Uint32Array.from(range(256), (byte) => {
      const bits = new Array<number>(64).fill(0);
      bitsOf([byte]).forEach((bit, i) => {
        bits[8 * (part >> 1) + i] = bit;
      });
      const places = permuted(bits, table);
      return numberOf(part % 2 === 0 ? places.slice(0, 32) : places.slice(32));
    }),
  );
}

function moved(halves: Uint32Array, table: readonly Uint32Array[]): void {
  let high = 0;
  let low = 0;
  for (let i = 0; i < 8; i += 1) {
    const byte = ((halves[i >> 2] as number) >>> (24 - 8 * (i & 3))) & 0xff;
    high |= (table[2 * i] as Uint32Array)[byte] as number;
    low |= (table[2 * i + 1] as Uint32Array)[byte] as number;
  }
  halves[0] = high;
  halves[1] = low;
}

/** `data`, whole blocks, decrypted, padding and all; `key` has 16 bytes (K1, K2) or 24 (K1, K2, K3). */
export function decryptTripleDesCbc(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Bytes {
  const one = schedule(key.subarray(0, 8));
  const two = schedule(key.subarray(8, 16));
  const three = key.length === 16 ? one : schedule(key.subarray(16, 24));
  const passes = [[...three].reverse(), two, [...one].reverse()];
  const halves = new Uint32Array(2);
  const { boxes, first, last } = tables();
  const plain = cbcDecrypt(DES_BLOCK_BYTES, iv, data, (from, at, to) => {
    halves[0] = from.getUint32(at);
    halves[1] = from.getUint32(at + 4);
    moved(halves, first);
    for (const keys of passes) pass(halves, keys, boxes);
    moved(halves, last);
    to.setUint32(at, halves[0] as number);
    to.setUint32(at + 4, halves[1] as number);
  });
  for (const each of [...one, ...two, ...three]) each.fill(0);
  return plain;
}
