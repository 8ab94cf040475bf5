/**
 * DER, as much of it as certificates and key files have (X.690): single-byte tags, shortest lengths. Values are views
 * of the bytes they came from, and nothing is read before it is asked for, so nesting costs nothing.
 */
import { type Bytes, concat } from "../bytes.ts";

export const BOOLEAN = 0x01;
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const NULL = 0x05;
export const OBJECT_IDENTIFIER = 0x06;
export const SEQUENCE = 0x30;
export const SET = 0x31;

/** The bytes are not of the form that was asked for. */
export class Malformed extends Error {}

export interface Value {
  readonly tag: number;
  readonly contents: Bytes;
  /** Tag and length included. */
  readonly whole: Bytes;
}

/** `[n]`, context-specific; constructed unless it stands for a primitive type. */
export function context(n: number, constructed = true): number {
  return (constructed ? 0xa0 : 0x80) | n;
}

/** The value at `at`. Throws Malformed. */
export function valueAt(bytes: Bytes, at: number): Value {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) throw new Malformed("cut off");
  if ((tag & 0x1f) === 0x1f || tag === 0) throw new Malformed("a tag that none of these files has");
  let start = at + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first - 0x80;
    if (count < 1 || count > 4) throw new Malformed("length");
    length = 0;
    for (let i = 0; i < count; i += 1) length = length * 256 + (bytes[start + i] ?? 0);
    start += count;
    if (length < 0x80 || length < 256 ** (count - 1)) throw new Malformed("a length longer than needed");
  }
  if (start + length > bytes.length) throw new Malformed("cut off");
  return { tag, contents: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) };
}

/** The one value that is all of `bytes`. Throws Malformed. */
export function only(bytes: Bytes): Value {
  const value = valueAt(bytes, 0);
  if (value.whole.length !== bytes.length) throw new Malformed("bytes after the value");
  return value;
}

/** The values one after the other in `bytes`. Throws Malformed. */
export function all(bytes: Bytes): Value[] {
  const found: Value[] = [];
  for (let at = 0; at < bytes.length; ) {
    const value = valueAt(bytes, at);
    found.push(value);
    at += value.whole.length;
  }
  return found;
}

/** The members of a constructed value of this tag. Throws Malformed. */
export function members(value: Value, tag = SEQUENCE): Value[] {
  return all(expect(value, tag));
}

/** The contents of a value of this tag. Throws Malformed. */
export function expect(value: Value | undefined, tag: number): Bytes {
  if (value?.tag !== tag) throw new Malformed(`not a value of type ${tag}`);
  return value.contents;
}

/** Takes the members of a SEQUENCE in their order. */
export class Members {
  readonly #left: Value[];

  constructor(value: Value, tag = SEQUENCE) {
    this.#left = members(value, tag);
  }

  /** The next member. Throws Malformed where there is none. */
  next(): Value {
    const value = this.#left.shift();
    if (value === undefined) throw new Malformed("a member is missing");
    return value;
  }

  /** The contents of the next member, which has to be of this type. Throws Malformed. */
  take(tag: number): Bytes {
    return expect(this.next(), tag);
  }

  /** The next member, of whatever type, if there is one. */
  any(): Value | undefined {
    return this.#left.shift();
  }

  /** The next member if it is of this type. */
  optional(tag: number): Value | undefined {
    return this.#left[0]?.tag === tag ? this.#left.shift() : undefined;
  }

  /** Throws Malformed where there are more members. */
  end(): void {
    if (this.#left.length > 0) throw new Malformed("more members than known");
  }
}

/** An INTEGER's contents as a number. Throws Malformed for one that is not in DER or beyond 53 bits. */
export function smallInteger(contents: Uint8Array): number {
  checkInteger(contents);
  if (contents.length > 7) throw new Malformed("an integer too large");
  let number = ((contents[0] as number) << 24) >> 24;
  for (const byte of contents.subarray(1)) number = number * 256 + byte;
  if (!Number.isSafeInteger(number)) throw new Malformed("an integer too large");
  return number;
}

/** An INTEGER's contents as a number, one beyond 53 bits as the largest: a count that a file states. Throws Malformed. */
export function count(contents: Bytes): number {
  const isTooLarge = contents.length > 7 && magnitude(contents).length > 6;
  return isTooLarge ? Number.MAX_SAFE_INTEGER : smallInteger(contents);
}

/** The magnitude of a positive INTEGER, without leading zeros. Throws Malformed. */
export function magnitude(contents: Bytes): Bytes {
  checkInteger(contents);
  if ((contents[0] as number) >= 0x80) throw new Malformed("a negative integer");
  return contents[0] === 0 ? contents.subarray(1) : contents;
}

function checkInteger(contents: Uint8Array): void {
  const [first, second = 0] = contents;
  if (first === undefined) throw new Malformed("an integer without bytes");
  const padded = (first === 0 && second < 0x80) || (first === 0xff && second >= 0x80);
  if (contents.length > 1 && padded) throw new Malformed("an integer longer than needed");
}

/** An OBJECT IDENTIFIER's contents in dotted form. Throws Malformed. */
export function dotted(contents: Uint8Array): string {
  const parts: number[] = [];
  let part = 0;
  for (const [i, byte] of contents.entries()) {
    const isStart = i === 0 || (contents[i - 1] as number) < 0x80;
    if (isStart && byte === 0x80) throw new Malformed("an identifier longer than needed");
    part = part * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(part)) throw new Malformed("an identifier too large");
    if (byte < 0x80) {
      parts.push(part);
      part = 0;
    }
  }
  const [first] = parts;
  if (first === undefined || (contents[contents.length - 1] as number) >= 0x80) throw new Malformed("identifier");
  const root = Math.min(Math.floor(first / 40), 2);
  return [root, first - 40 * root, ...parts.slice(1)].join(".");
}

/** The bytes of a BIT STRING of whole bytes. Throws Malformed. */
export function wholeBits(contents: Bytes): Bytes {
  if (contents[0] !== 0) throw new Malformed("a bit string not of whole bytes");
  return contents.subarray(1);
}

/** One DER value: tag, shortest length, contents. */
export function tlv(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const digits: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) digits.unshift(left % 256);
  const header = length < 0x80 ? [tag, length] : [tag, 0x80 | digits.length, ...digits];
  return concat(Uint8Array.from(header), ...parts);
}

/** The DER of an INTEGER of this magnitude. */
export function unsignedInteger(bytes: Uint8Array): Bytes {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const digits = bytes.subarray(start);
  return (digits[0] ?? 0) >= 0x80 ? tlv(INTEGER, Uint8Array.of(0), digits) : tlv(INTEGER, digits);
}

/** The DER of an OBJECT IDENTIFIER. */
export function oid(text: string): Bytes {
  const [root = 0, second = 0, ...rest] = text.split(".").map(Number);
  const bytes = [40 * root + second, ...rest].flatMap((part) => {
    const digits = [part % 128];
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift((left % 128) | 0x80);
    return digits;
  });
  return tlv(OBJECT_IDENTIFIER, Uint8Array.from(bytes));
}
