/**
 * Encryption under a password: the scheme that a file names, its key derivation, and decryption.
 *
 *     SHA-1 loop   1.2.410.200004.1.15 and .1.4, both SEED-CBC         RFC 8018 section 5.1, KCAC.TS.ENC
 *     PBES2        PBKDF2 or scrypt; SEED-, ARIA-, AES-, 3DES-CBC      RFC 8018 section 6.2, RFC 4010, 5794, 7914
 *     PKCS #12     pbeWithSHAAnd… 3DES and RC2                         RFC 7292 appendices B and C
 *
 * WebCrypto does PBKDF2 and AES; it has neither the other ciphers nor the other derivations. Any other scheme is
 * FILE_ENCRYPTION_UNSUPPORTED, as in the service.
 */
import { cbc } from "@noble/ciphers/aes.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { pbkdf2Async } from "@noble/hashes/pbkdf2.js";
import { scryptAsync } from "@noble/hashes/scrypt.js";
import { sha224, sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import {
  count,
  dotted,
  INTEGER,
  Malformed,
  Members,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  SEQUENCE,
  smallInteger,
  type Value,
} from "../asn1/der.ts";
import { type Bytes, concat } from "../bytes.ts";
import { ARIA_BLOCK_BYTES, decryptAriaCbc } from "../ciphers/aria.ts";
import { unpaddedLength } from "../ciphers/cbc.ts";
import { decryptRc2Cbc, RC2_BLOCK_BYTES } from "../ciphers/rc2.ts";
import { decryptSeedCbc, SEED_BLOCK_BYTES } from "../ciphers/seed.ts";
import { DES_BLOCK_BYTES, decryptTripleDesCbc } from "../ciphers/triple_des.ts";
import { sha1Again } from "../hashes/sha1_loop.ts";
import { type KdfBudget, scryptRounds, WEIGHTS } from "./kdf_budget.ts";
import type { Password } from "./password_forms.ts";
import { Refusal, throwIfStopped } from "./refusal.ts";

const HASHES = { sha1, sha224, sha256, sha384, sha512 };
export type HashName = keyof typeof HASHES;

const PRFS: Readonly<Record<string, HashName>> = {
  "1.2.840.113549.2.7": "sha1",
  "1.2.840.113549.2.8": "sha224",
  "1.2.840.113549.2.9": "sha256",
  "1.2.840.113549.2.10": "sha384",
  "1.2.840.113549.2.11": "sha512",
};
// WebCrypto has no SHA-224.
const WEBCRYPTO_HASHES: Readonly<Partial<Record<HashName, string>>> = {
  sha1: "SHA-1",
  sha256: "SHA-256",
  sha384: "SHA-384",
  sha512: "SHA-512",
};

interface CbcCipher {
  readonly keyBytes: number;
  readonly blockBytes: number;
  /** The plaintext without padding; null where there is none. */
  decrypt(key: Bytes, iv: Bytes, data: Bytes): Promise<Bytes | null>;
}

function ours(
  keyBytes: number,
  blockBytes: number,
  decrypt: (key: Uint8Array, iv: Uint8Array, data: Uint8Array) => Bytes,
): CbcCipher {
  return {
    keyBytes,
    blockBytes,
    async decrypt(key, iv, data) {
      const plain = decrypt(key, iv, data);
      const length = unpaddedLength(plain, blockBytes);
      if (length !== null) return plain.subarray(0, length);
      plain.fill(0);
      return null;
    },
  };
}

const AES_BLOCK_BYTES = 16;

function aes(keyBytes: 16 | 32): CbcCipher {
  return {
    keyBytes,
    blockBytes: AES_BLOCK_BYTES,
    async decrypt(key, iv, data) {
      const imported = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["decrypt"]);
      try {
        return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv }, imported, data));
      } catch {
        return null;
      }
    },
  };
}

/** Chromium's WebCrypto refuses AES with 192 bits. */
const AES_192 = ours(24, AES_BLOCK_BYTES, (key, iv, data) => {
  return new Uint8Array(cbc(key, iv, { disablePadding: true }).decrypt(data));
});

const SEED = ours(16, SEED_BLOCK_BYTES, decryptSeedCbc);
const TRIPLE_DES = ours(24, DES_BLOCK_BYTES, decryptTripleDesCbc);

const PBES2_CIPHERS: Readonly<Record<string, CbcCipher>> = {
  "1.2.410.200004.1.4": SEED,
  "1.2.410.200046.1.1.2": ours(16, ARIA_BLOCK_BYTES, decryptAriaCbc),
  "1.2.410.200046.1.1.7": ours(24, ARIA_BLOCK_BYTES, decryptAriaCbc),
  "1.2.410.200046.1.1.12": ours(32, ARIA_BLOCK_BYTES, decryptAriaCbc),
  "2.16.840.1.101.3.4.1.2": aes(16),
  "2.16.840.1.101.3.4.1.22": AES_192,
  "2.16.840.1.101.3.4.1.42": aes(32),
  "1.2.840.113549.3.7": TRIPLE_DES,
};
const PKCS12_CIPHERS: Readonly<Record<string, CbcCipher>> = {
  "1.2.840.113549.1.12.1.3": TRIPLE_DES,
  "1.2.840.113549.1.12.1.4": ours(16, DES_BLOCK_BYTES, decryptTripleDesCbc),
  "1.2.840.113549.1.12.1.5": ours(16, RC2_BLOCK_BYTES, decryptRc2Cbc),
  "1.2.840.113549.1.12.1.6": ours(5, RC2_BLOCK_BYTES, decryptRc2Cbc),
};

const PBES2 = "1.2.840.113549.1.5.13";
const PBKDF2 = "1.2.840.113549.1.5.12";
const SCRYPT = "1.3.6.1.4.1.11591.4.11";
const SEED_BY_SHA1 = "1.2.410.200004.1.15";
const SEED_BY_SHA1_FIXED_IV = "1.2.410.200004.1.4";
// KCAC.TS.ENC: what 1.2.410.200004.1.4 means where it stands for a whole scheme.
const FIXED_IV = new TextEncoder().encode("0123456789012345");

interface KeyAndIv {
  readonly key: Bytes;
  readonly iv: Bytes;
}

/** One derivation, and what it costs; it runs when it is called and not before. */
interface Try {
  readonly rounds: number;
  derive(signal: AbortSignal | undefined): Promise<KeyAndIv>;
}

interface Derivation {
  /** Rounds of the first try. */
  readonly cost: number;
  /** The derivations worth trying, the likeliest first. */
  tries(password: Password): Iterable<Try>;
}

/** A way to encrypt under a password, with its parameters: all from the file, none of it secret. */
export class Scheme {
  readonly #cipher: CbcCipher;
  readonly #derivation: Derivation;

  constructor(cipher: CbcCipher, derivation: Derivation) {
    this.#cipher = cipher;
    this.#derivation = derivation;
  }

  /** Rounds that opening takes at least. */
  get cost(): number {
    return this.#derivation.cost;
  }

  /** Throws Refusal FILE_UNREADABLE where `data` is no ciphertext of this scheme. */
  check(data: Bytes): void {
    if (data.length === 0 || data.length % this.#cipher.blockBytes !== 0) throw new Refusal("FILE_UNREADABLE");
  }

  /** `data` under every candidate key that leaves padding, as one wrong key in 256 does too. Overwrite what you take. */
  async *plaintexts(
    data: Bytes,
    password: Password,
    budget: KdfBudget,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Bytes> {
    for (const each of budget.paid(this.#derivation.tries(password))) {
      throwIfStopped(signal);
      const { key, iv } = await each.derive(signal);
      const plain = await this.#cipher.decrypt(key, iv, data);
      key.fill(0);
      if (plain) yield plain;
    }
  }
}

/** An AlgorithmIdentifier: its identifier, and its parameters where it has any. Throws Malformed. */
export function algorithmOf(value: Value): { readonly oid: string; readonly parameters: Value | undefined } {
  const members = new Members(value);
  const oid = dotted(members.take(OBJECT_IDENTIFIER));
  const parameters = members.any();
  members.end();
  return { oid, parameters };
}

/**
 * The scheme an AlgorithmIdentifier names. Throws Refusal: FILE_ENCRYPTION_UNSUPPORTED, FILE_UNREADABLE for parameters
 * that are not its own, FILE_KDF_COST_TOO_HIGH.
 */
export function schemeOf(value: Value): Scheme {
  const { oid, parameters } = algorithmOf(value);
  const pkcs12 = PKCS12_CIPHERS[oid];
  if (oid !== PBES2 && oid !== SEED_BY_SHA1 && oid !== SEED_BY_SHA1_FIXED_IV && !pkcs12) {
    throw new Refusal("FILE_ENCRYPTION_UNSUPPORTED");
  }
  const members = new Members(given(parameters));
  if (oid === PBES2) return pbes2(members.next(), members.next());
  const salt = members.take(OCTET_STRING);
  const rounds = count(members.take(INTEGER));
  members.end();
  if (pkcs12) return new Scheme(pkcs12, pkcs12Derivation(salt, rounds, pkcs12));
  return new Scheme(SEED, sha1Loop(salt, rounds, oid === SEED_BY_SHA1_FIXED_IV ? FIXED_IV : null));
}

function given(parameters: Value | undefined): Value {
  if (parameters === undefined) throw new Malformed("parameters are missing");
  return parameters;
}

function pbes2(derivationValue: Value, encryptionValue: Value): Scheme {
  const derivation = algorithmOf(derivationValue);
  const encryption = algorithmOf(encryptionValue);
  const cipher = PBES2_CIPHERS[encryption.oid];
  if (!cipher || (derivation.oid !== PBKDF2 && derivation.oid !== SCRYPT)) {
    throw new Refusal("FILE_ENCRYPTION_UNSUPPORTED");
  }
  const iv = given(encryption.parameters);
  if (iv.tag !== OCTET_STRING || iv.contents.length !== cipher.blockBytes) throw new Refusal("FILE_UNREADABLE");
  const members = new Members(given(derivation.parameters));
  const made =
    derivation.oid === PBKDF2
      ? pbkdf2Derivation(members, cipher, iv.contents)
      : scryptDerivation(members, cipher, iv.contents);
  return new Scheme(cipher, made);
}

/** PBKDF1 of RFC 8018 section 5.1 as KCAC.TS.ENC uses it: 16 bytes of its output are the key, 4 lead to the IV. */
function sha1Loop(salt: Bytes, rounds: number, fixedIv: Bytes | null): Derivation {
  return {
    cost: rounds,
    *tries({ octets }) {
      for (const form of octets) {
        yield {
          rounds,
          async derive(signal) {
            const first = concat(form, salt);
            const digest = await turned("sha1", first, rounds, signal);
            first.fill(0);
            const key = digest.slice(0, 16);
            const iv = fixedIv ?? bytes(sha1(digest.subarray(16, 20))).slice(0, 16);
            digest.fill(0);
            return { key, iv };
          },
        };
      }
    },
  };
}

const ROUNDS_BETWEEN_PAUSES = 50_000;

/** A hash of a hash of … `first`; other work gets its turn in between, and the signal is looked at. */
async function turned(
  name: HashName,
  first: Uint8Array,
  rounds: number,
  signal: AbortSignal | undefined,
): Promise<Bytes> {
  const digest = bytes(HASHES[name](first));
  for (let left = rounds - 1; left > 0; left -= ROUNDS_BETWEEN_PAUSES) {
    if (left < rounds - 1) {
      await new Promise((resume) => setTimeout(resume));
      throwIfStopped(signal);
    }
    again(name, digest, Math.min(left, ROUNDS_BETWEEN_PAUSES));
  }
  return digest;
}

function again(name: HashName, digest: Bytes, rounds: number): void {
  if (name === "sha1") sha1Again(digest, rounds);
  else for (let round = 0; round < rounds; round += 1) digest.set(HASHES[name](digest));
}

function bytes(digest: Uint8Array): Bytes {
  return new Uint8Array(digest);
}

function blocks(size: number, digestBytes: number): number {
  return Math.ceil(size / digestBytes);
}

/** RFC 8018 section 5.2. */
function pbkdf2Derivation(members: Members, cipher: CbcCipher, iv: Bytes): Derivation {
  const salt = members.take(OCTET_STRING);
  const rounds = count(members.take(INTEGER));
  checkKeyLength(members.optional(INTEGER), cipher);
  const declared = members.optional(SEQUENCE);
  members.end();
  const prf = declared ? PRFS[algorithmOf(declared).oid] : "sha1";
  if (prf === undefined) throw new Refusal("FILE_ENCRYPTION_UNSUPPORTED");
  // Some clients declared HMAC-SHA256 and used HMAC-SHA1.
  const prfs: readonly HashName[] = prf === "sha1" ? [prf] : [prf, "sha1"];
  const cost = (name: HashName) => {
    const weight = WEBCRYPTO_HASHES[name] ? 1 : WEIGHTS[name];
    return weight * rounds * blocks(cipher.keyBytes, HASHES[name].outputLen);
  };
  return {
    cost: cost(prf),
    *tries({ octets }) {
      for (const form of octets) {
        for (const name of prfs) {
          yield {
            rounds: cost(name),
            derive: async () => ({ key: await pbkdf2(name, form, salt, rounds, cipher.keyBytes), iv }),
          };
        }
      }
    },
  };
}

async function pbkdf2(name: HashName, form: Bytes, salt: Bytes, rounds: number, size: number): Promise<Bytes> {
  const hash = WEBCRYPTO_HASHES[name];
  if (hash === undefined) return bytes(await pbkdf2Async(HASHES[name], form, salt, { c: rounds, dkLen: size }));
  const base = await crypto.subtle.importKey("raw", form, "PBKDF2", false, ["deriveBits"]);
  const parameters = { name: "PBKDF2", hash, salt, iterations: rounds };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, base, 8 * size));
}

function checkKeyLength(value: Value | undefined, cipher: CbcCipher): void {
  if (value && smallInteger(value.contents) !== cipher.keyBytes) throw new Refusal("FILE_UNREADABLE");
}

/** RFC 7914. */
function scryptDerivation(members: Members, cipher: CbcCipher, iv: Bytes): Derivation {
  const salt = members.take(OCTET_STRING);
  const [n, r, p] = [0, 0, 0].map(() => count(members.take(INTEGER))) as [number, number, number];
  checkKeyLength(members.optional(INTEGER), cipher);
  members.end();
  const cost = scryptRounds(n, r, p);
  return {
    cost,
    *tries({ octets }) {
      for (const form of octets) {
        yield {
          rounds: cost,
          async derive(signal) {
            const options = { N: n, r, p, dkLen: cipher.keyBytes, onProgress: () => throwIfStopped(signal) };
            return { key: bytes(await scryptAsync(form, salt, options)), iv };
          },
        };
      }
    },
  };
}

/** RFC 7292 appendix C: key and IV, both by appendix B.2 with SHA-1. */
function pkcs12Derivation(salt: Bytes, rounds: number, cipher: CbcCipher): Derivation {
  const cost = rounds * (blocks(cipher.keyBytes, 20) + blocks(cipher.blockBytes, 20));
  return {
    cost,
    *tries({ bmp }) {
      for (const form of bmp) {
        yield {
          rounds: cost,
          derive: async (signal) => ({
            key: await pkcs12Bytes("sha1", form, salt, rounds, 1, cipher.keyBytes, signal),
            iv: await pkcs12Bytes("sha1", form, salt, rounds, 2, cipher.blockBytes, signal),
          }),
        };
      }
    },
  };
}

/**
 * `size` bytes by RFC 7292 appendix B.2; `purpose` is 1 for a key, 2 for an IV, 3 for a MAC key. Runs `rounds` turns
 * for each digest length of output: charge them first.
 */
export async function pkcs12Bytes(
  name: HashName,
  password: Bytes,
  salt: Bytes,
  rounds: number,
  purpose: number,
  size: number,
  signal: AbortSignal | undefined,
): Promise<Bytes> {
  const hash = HASHES[name];
  const block = hash.blockLen;
  const input = concat(repeated(salt, block), repeated(password, block));
  const derived = new Uint8Array(blocks(size, hash.outputLen) * hash.outputLen);
  for (let at = 0; at < derived.length; at += hash.outputLen) {
    const digest = await turned(name, concat(new Uint8Array(block).fill(purpose), input), rounds, signal);
    derived.set(digest, at);
    addTo(input, repeated(digest, block).subarray(0, block));
  }
  input.fill(0);
  return derived.slice(0, size);
}

/** Each block of `input` plus `added` plus one, modulo its size. */
function addTo(input: Bytes, added: Bytes): void {
  for (let start = 0; start < input.length; start += added.length) {
    let carry = 1;
    for (let i = added.length - 1; i >= 0; i -= 1) {
      carry += (input[start + i] as number) + (added[i] as number);
      input[start + i] = carry & 0xff;
      carry >>= 8;
    }
  }
}

/** `part` repeated to the next multiple of `block`; nothing stays nothing. */
function repeated(part: Bytes, block: number): Bytes {
  const size = Math.ceil(part.length / block) * block;
  return Uint8Array.from({ length: size }, (_, i) => part[i % part.length] as number);
}
