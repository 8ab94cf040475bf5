/** A decrypted private key: handed to WebCrypto for a certificate, and R, the random number that its VID was made with. */

import { definite, firstValue } from "../asn1/ber.ts";
import {
  BIT_STRING,
  context,
  dotted,
  expect,
  INTEGER,
  Malformed,
  Members,
  magnitude,
  members,
  NULL,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  oid,
  only,
  SEQUENCE,
  SET,
  smallInteger,
  tlv,
  unsignedInteger,
  type Value,
  wholeBits,
} from "../asn1/der.ts";
import { type Bytes, equal, fromHex, hex } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import { type Certificate, EC_KEY, RSA_KEY } from "./certificates.ts";
import { Refusal } from "./refusal.ts";

const ID_RANDOM_NUM = "1.2.410.200004.10.1.1.3";
const RANDOM_NUMBER_BYTES = 20;

interface Curve {
  readonly name: "P-256" | "P-384" | "P-521";
  readonly oid: string;
  readonly bytes: number;
  /** FIPS 186-4 appendix D.1.2. */
  readonly prime: Bytes;
}

const CURVES: readonly Curve[] = [
  {
    name: "P-256",
    oid: "1.2.840.10045.3.1.7",
    bytes: 32,
    prime: fromHex(`ffffffff00000001${"0".repeat(24)}${"f".repeat(24)}`),
  },
  {
    name: "P-384",
    oid: "1.3.132.0.34",
    bytes: 48,
    prime: fromHex(`${"f".repeat(63)}effffffff${"0".repeat(16)}ffffffff`),
  },
  { name: "P-521", oid: "1.3.132.0.35", bytes: 66, prime: fromHex(`01${"ff".repeat(65)}`) },
];

// The tags of the first values of a PrivateKeyInfo, and all of an RSAPrivateKey.
const KEY_OUTLINES = [[INTEGER, SEQUENCE, OCTET_STRING], new Array<number>(9).fill(INTEGER)];

/** The plaintext is no private key, as after a wrong password. */
export class NoPrivateKey extends Error {}

/** A private key in clear. `plain` is what it was read from: overwrite it as soon as the key has been imported. */
export interface PrivateKey {
  readonly algorithm: "RSA" | Curve;
  /** RSAPrivateKey or ECPrivateKey, a view of `plain`. */
  readonly der: Bytes;
  readonly randomNumber: Bytes | null;
  readonly plain: Bytes;
}

/**
 * The key in a PrivateKeyInfo (RFC 5208 section 5, RFC 5958 section 2). Throws NoPrivateKey. Whatever has the shape of a
 * key was opened by the right password, and is a Refusal if it is of no use: FILE_ENCRYPTION_UNSUPPORTED for another
 * kind of key, FILE_UNREADABLE where R is not one BIT STRING of 20 bytes.
 */
export function readPrivateKey(plain: Bytes): PrivateKey {
  const { version, algorithm, der, attributes } = parsed(plain);
  if (version > 1) throw new Refusal("FILE_ENCRYPTION_UNSUPPORTED");
  const kind = kindOf(algorithm);
  if (kind === null) throw new Refusal("FILE_ENCRYPTION_UNSUPPORTED");
  return { algorithm: kind, der, randomNumber: randomNumberIn(attributes), plain };
}

function parsed(plain: Bytes): { version: number; algorithm: Value; der: Bytes; attributes: Value | undefined } {
  let whole: Value;
  try {
    whole = only(definite(firstValue(plain)));
  } catch {
    throw new NoPrivateKey();
  }
  try {
    const parts = new Members(whole);
    const version = smallInteger(parts.take(INTEGER));
    const algorithm = parts.next();
    expect(algorithm, SEQUENCE);
    const der = parts.take(OCTET_STRING);
    const attributes = parts.optional(context(0));
    parts.optional(context(1, false));
    parts.end();
    return { version, algorithm, der, attributes };
  } catch {
    const shape = members(whole).map(({ tag }) => tag);
    if (KEY_OUTLINES.some((known) => known.every((tag, i) => shape[i] === tag))) {
      throw new Refusal("FILE_ENCRYPTION_UNSUPPORTED");
    }
    throw new NoPrivateKey();
  }
}

/** RSA, or the curve of an EC key (RFC 3279 2.3.1, RFC 5480 2.1.1); null for others. */
function kindOf(algorithm: Value): "RSA" | Curve | null {
  try {
    const parts = new Members(algorithm);
    const kind = dotted(parts.take(OBJECT_IDENTIFIER));
    const parameters = parts.any();
    parts.end();
    if (kind === RSA_KEY && (parameters === undefined || parameters.tag === NULL)) return "RSA";
    return kind === EC_KEY && parameters ? curveOf(parameters) : null;
  } catch {
    return null;
  }
}

/** The curve that is named, or whose field is written out; null for others. Throws Malformed. */
function curveOf(parameters: Value): Curve | null {
  if (parameters.tag === OBJECT_IDENTIFIER) {
    const name = dotted(parameters.contents);
    return CURVES.find((curve) => curve.oid === name) ?? null;
  }
  const [, field] = members(parameters);
  const [, prime] = members(field as Value);
  const written = magnitude(expect(prime, INTEGER));
  return CURVES.find((curve) => equal(curve.prime, written)) ?? null;
}

/** R from a key's attributes, null if it is absent (KCAC.TS.SIVID). Throws Refusal FILE_UNREADABLE. */
function randomNumberIn(attributes: Value | undefined): Bytes | null {
  if (attributes === undefined) return null;
  try {
    const found = members(attributes, context(0))
      .map((attribute) => new Members(attribute))
      .filter((parts) => dotted(parts.take(OBJECT_IDENTIFIER)) === ID_RANDOM_NUM);
    const [only_, second] = found;
    if (only_ === undefined) return null;
    const numbers = members(only_.next(), SET);
    const number = wholeBits(expect(numbers[0], BIT_STRING));
    if (second !== undefined || numbers.length !== 1 || number.length !== RANDOM_NUMBER_BYTES)
      throw new Malformed("R");
    return number.slice();
  } catch (error) {
    if (error instanceof Malformed) throw new Refusal("FILE_UNREADABLE");
    throw error;
  }
}

/**
 * The key for signing, in WebCrypto, where it is the certificate's; null where it is another's. It cannot be extracted
 * again. Throws Refusal: FILE_UNREADABLE where its halves do not belong together, FILE_ENCRYPTION_UNSUPPORTED where this
 * browser lacks its curve.
 */
export async function importKeyFor(key: PrivateKey, certificate: Certificate): Promise<CryptoKey | null> {
  const own = publicKeyOf(certificate.publicKey);
  const made = key.algorithm === "RSA" ? rsaKey(key.der) : ecKey(key.algorithm, key.der, own);
  if (made === null) return null;
  const privateKey = await imported(made);
  if (privateKey === null) {
    // A key that names no point of its own was tried with the certificate's.
    if (made.isBorrowed) return null;
    throw new Refusal("FILE_UNREADABLE");
  }
  const certified = key.algorithm === "RSA" ? rsaPublicKey(own) : ecPublicKey(key.algorithm, own);
  return certified !== null && equal(made.publicKey, certified) ? privateKey : null;
}

interface Importable {
  readonly pkcs8: Bytes;
  /** The contents of the BIT STRING in the SubjectPublicKeyInfo. */
  readonly publicKey: Bytes;
  readonly isBorrowed: boolean;
  readonly algorithm: RsaHashedImportParams | EcKeyImportParams;
  /** The SubjectPublicKeyInfo, where only a signature shows that the halves belong together. */
  readonly spki: Bytes | null;
}

async function imported({ pkcs8, spki, algorithm }: Importable): Promise<CryptoKey | null> {
  try {
    const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]);
    return spki === null || (await verifies(privateKey, spki, algorithm)) ? privateKey : null;
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotSupportedError") {
      throw new Refusal("FILE_ENCRYPTION_UNSUPPORTED");
    }
    return null;
  } finally {
    pkcs8.fill(0);
  }
}

async function verifies(privateKey: CryptoKey, spki: Bytes, algorithm: Importable["algorithm"]): Promise<boolean> {
  const publicKey = await crypto.subtle.importKey("spki", spki, algorithm, false, ["verify"]);
  const scheme = { name: "ECDSA", hash: "SHA-256" };
  const sample = new TextEncoder().encode("Do the halves of this key belong together?");
  return crypto.subtle.verify(scheme, publicKey, await crypto.subtle.sign(scheme, privateKey, sample), sample);
}

function rsaKey(der: Bytes): Importable {
  const { n, e } = rsaNumbers(der);
  const algorithm = tlv(SEQUENCE, oid(RSA_KEY), tlv(NULL));
  return {
    pkcs8: tlv(SEQUENCE, unsignedInteger(Uint8Array.of(0)), algorithm, tlv(OCTET_STRING, der)),
    publicKey: tlv(SEQUENCE, unsignedInteger(n), unsignedInteger(e)),
    isBorrowed: false,
    algorithm: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    spki: null,
  };
}

type BigIntsOfAKey = [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];

/**
 * The public ones of RFC 8017 appendix A.1.2, two primes. A key can be made up around a stranger's public half: whoever
 * knows p and q has the private one. Throws Refusal FILE_UNREADABLE where the numbers do not belong together.
 */
function rsaNumbers(der: Bytes): { n: Bytes; e: Bytes } {
  try {
    const parts = new Members(only(der));
    if (smallInteger(parts.take(INTEGER)) !== 0) throw new Malformed("version");
    const bytes = Array.from({ length: 8 }, () => magnitude(parts.take(INTEGER)));
    parts.end();
    if (bytes.some(({ length }) => length === 0 || 8 * length > LIMITS.rsaBits)) throw new Malformed("size");
    const [n, e, d, p, q, dP, dQ, qInverse] = bytes.map(numberOf) as BigIntsOfAKey;
    const isProduct = p > 2n && q > 2n && p * q === n && (qInverse * q) % p === 1n;
    const isInverse = isProduct && (e * d) % (p - 1n) === 1n && (e * d) % (q - 1n) === 1n;
    if (!isInverse || dP !== d % (p - 1n) || dQ !== d % (q - 1n)) throw new Malformed("numbers");
    return { n: bytes[0] as Bytes, e: bytes[1] as Bytes };
  } catch (error) {
    if (error instanceof Malformed) throw new Refusal("FILE_UNREADABLE");
    throw error;
  }
}

function numberOf(bytes: Bytes): bigint {
  return BigInt(`0x${hex(bytes)}`);
}

/** With the point in the key, or else the certificate's; null where that has none on this curve. */
function ecKey(curve: Curve, der: Bytes, own: PublicKey | null): Importable | null {
  const { scalar, point } = ecNumbers(curve, der);
  const size = 1 + 2 * curve.bytes;
  const isBorrowed = point?.length !== size;
  const publicKey = isBorrowed ? ecPublicKey(curve, own) : point;
  if (publicKey === null) return null;
  // WebCrypto does not read the compressed point of a certificate.
  if (publicKey.length !== size) throw new Refusal("FILE_ENCRYPTION_UNSUPPORTED");
  const algorithm = tlv(SEQUENCE, oid(EC_KEY), oid(curve.oid));
  const bits = tlv(BIT_STRING, Uint8Array.of(0), publicKey);
  const key = tlv(SEQUENCE, unsignedInteger(Uint8Array.of(1)), tlv(OCTET_STRING, scalar), tlv(context(1), bits));
  const pkcs8 = tlv(SEQUENCE, unsignedInteger(Uint8Array.of(0)), algorithm, tlv(OCTET_STRING, key));
  key.fill(0);
  scalar.fill(0);
  return {
    pkcs8,
    spki: tlv(SEQUENCE, algorithm, bits),
    publicKey,
    isBorrowed,
    algorithm: { name: "ECDSA", namedCurve: curve.name },
  };
}

function rsaPublicKey(own: PublicKey | null): Bytes | null {
  return own?.kind === RSA_KEY ? own.key : null;
}

/** The point of a certificate's key, where it is on this curve. */
function ecPublicKey(curve: Curve, own: PublicKey | null): Bytes | null {
  try {
    const isSame = own?.kind === EC_KEY && own.parameters && curveOf(own.parameters)?.name === curve.name;
    return isSame ? own.key : null;
  } catch {
    return null;
  }
}

/** RFC 5915 section 3. Throws Refusal FILE_UNREADABLE. */
function ecNumbers(curve: Curve, der: Bytes): { scalar: Bytes; point: Bytes | null } {
  try {
    const parts = new Members(only(der));
    if (smallInteger(parts.take(INTEGER)) !== 1) throw new Malformed("version");
    const given = parts.take(OCTET_STRING);
    const named = parts.optional(context(0));
    const bits = parts.optional(context(1));
    parts.end();
    if (named && curveOf(only(named.contents))?.name !== curve.name) throw new Malformed("curve");
    const start = given.findIndex((byte) => byte !== 0);
    const digits = start < 0 ? new Uint8Array(0) : given.subarray(start);
    if (given.length > curve.bytes || digits.length === 0) throw new Malformed("scalar");
    const scalar = new Uint8Array(curve.bytes);
    scalar.set(digits, curve.bytes - digits.length);
    return { scalar, point: bits ? wholeBits(expect(only(bits.contents), BIT_STRING)) : null };
  } catch (error) {
    if (error instanceof Malformed) throw new Refusal("FILE_UNREADABLE");
    throw error;
  }
}

interface PublicKey {
  readonly kind: string;
  readonly parameters: Value | undefined;
  readonly key: Bytes;
}

/** A SubjectPublicKeyInfo taken apart; null for one that is none. */
function publicKeyOf(der: Bytes): PublicKey | null {
  try {
    const parts = new Members(only(der));
    const algorithm = new Members(parts.next());
    const kind = dotted(algorithm.take(OBJECT_IDENTIFIER));
    return { kind, parameters: algorithm.any(), key: wholeBits(parts.take(BIT_STRING)) };
  } catch {
    return null;
  }
}
