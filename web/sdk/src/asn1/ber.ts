/**
 * From BER to DER, for PFX and PKCS #7 files whose writer did not know lengths beforehand (X.690 8.1.3): indefinite
 * lengths, octet strings in pieces, and lengths longer than needed.
 */
import { type Bytes, concat } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import { all, Malformed, OCTET_STRING, only, SEQUENCE, tlv } from "./der.ts";

const CONSTRUCTED = 0x20;
const OCTET_STRING_IN_PIECES = 0x24;
const INDEFINITE = 0x80;

/** The first value in `content`, BER or DER, without the padding behind it. Throws Malformed. */
export function firstValue(content: Bytes): Bytes {
  const length = content[1];
  if (length === undefined) throw new Malformed("cut off");
  if (length === INDEFINITE) return content.subarray(0, convert(content, 0, content.length, 0).end);
  const { start, size } = header(content, 0);
  if (start + size > content.length) throw new Malformed("cut off");
  return content.subarray(0, start + size);
}

/** `content` itself if it is one DER SEQUENCE, else its BER as DER. Throws Malformed. */
export function definite(content: Bytes): Bytes {
  if (isSequence(content)) return content;
  const { der, end } = convert(content, 0, content.length, 0);
  if (end !== content.length || !isSequence(der)) throw new Malformed("not a SEQUENCE");
  return der;
}

function isSequence(content: Bytes): boolean {
  try {
    const value = only(content);
    all(value.contents);
    return value.tag === SEQUENCE;
  } catch {
    return false;
  }
}

function header(ber: Bytes, at: number): { tag: number; start: number; size: number } {
  const tag = ber[at];
  const first = ber[at + 1];
  if (tag === undefined || first === undefined) throw new Malformed("cut off");
  if ((tag & 0x1f) === 0x1f || tag === 0) throw new Malformed("a tag that none of these files has");
  if (first <= INDEFINITE) return { tag, start: at + 2, size: first };
  const start = at + 2 + first - INDEFINITE;
  let size = 0;
  for (const byte of ber.subarray(at + 2, start)) size = Math.min(size * 256 + byte, Number.MAX_SAFE_INTEGER / 256);
  return { tag, start, size };
}

/** The value at `at` as DER, and where it ends; nothing is read beyond `limit`. */
function convert(ber: Bytes, at: number, limit: number, depth: number): { der: Bytes; end: number } {
  if (depth > LIMITS.depth) throw new Malformed("nested too deep");
  const { tag, start, size } = header(ber.subarray(0, limit), at);
  const constructed = (tag & CONSTRUCTED) !== 0;
  if (ber[at + 1] === INDEFINITE) {
    if (!constructed) throw new Malformed("a primitive value of indefinite length");
    const { parts, end } = partsOf(ber, start, limit, depth, true);
    return { der: joined(tag, parts), end };
  }
  const end = start + size;
  if (end > limit) throw new Malformed("cut off");
  if (!constructed) return { der: tlv(tag, ber.subarray(start, end)), end };
  return { der: joined(tag, partsOf(ber, start, end, depth, false).parts), end };
}

/** The values from `at` to `limit`, or where it is `open` to the end-of-contents mark. */
function partsOf(
  ber: Bytes,
  at: number,
  limit: number,
  depth: number,
  open: boolean,
): { parts: Bytes[]; end: number } {
  const parts: Bytes[] = [];
  let next = at;
  while (open || next < limit) {
    if (open && next + 2 <= limit && ber[next] === 0 && ber[next + 1] === 0) return { parts, end: next + 2 };
    const { der, end } = convert(ber, next, limit, depth + 1);
    parts.push(der);
    next = end;
  }
  return { parts, end: next };
}

function joined(tag: number, parts: readonly Bytes[]): Bytes {
  if (tag !== OCTET_STRING_IN_PIECES) return tlv(tag, concat(...parts));
  const pieces = parts.map((part) => {
    const value = only(part);
    if (value.tag !== OCTET_STRING) throw new Malformed("an octet string in pieces that are none");
    return value.contents;
  });
  return tlv(OCTET_STRING, ...pieces);
}
