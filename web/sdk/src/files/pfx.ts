/**
 * PKCS #12 files, .pfx and .p12 (RFC 7292). Every round count is charged before it is run, nothing is decrypted before
 * the MAC has proved the password, and a bag in a bag, which no known program writes, is refused. Refused as
 * FILE_ENCRYPTION_UNSUPPORTED: no MAC, public-key integrity or privacy, PBMAC1, and an unencrypted key.
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { sha224, sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { definite } from "../asn1/ber.ts";
import {
  all,
  context,
  count,
  dotted,
  expect,
  INTEGER,
  Malformed,
  Members,
  members,
  NULL,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  only,
  smallInteger,
  type Value,
} from "../asn1/der.ts";
import { type Bytes, concat, equal } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import { type Certificate, readCertificate } from "./certificates.ts";
import { KdfBudget, WEIGHTS } from "./kdf_budget.ts";
import { Envelope, type Opening, readEnvelope } from "./key_envelopes.ts";
import { algorithmOf, type HashName, pkcs12Bytes } from "./password_encryption.ts";
import { distinct, onlyForSigning } from "./pkcs7.ts";
import { importKeyFor, NoPrivateKey, type PrivateKey, readPrivateKey } from "./private_keys.ts";
import { Refusal, throwIfStopped } from "./refusal.ts";

const DATA = "1.2.840.113549.1.7.1";
const SIGNED_DATA = "1.2.840.113549.1.7.2";
const ENVELOPED_DATA = "1.2.840.113549.1.7.3";
const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
const KEY_BAG = "1.2.840.113549.1.12.10.1.1";
const SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
const CERT_BAG = "1.2.840.113549.1.12.10.1.3";
const SAFE_CONTENTS_BAG = "1.2.840.113549.1.12.10.1.6";
const X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";
const VERSION = 3;
const HASHES = { sha1, sha224, sha256, sha384, sha512 };
const MAC_DIGESTS: Readonly<Record<string, HashName>> = {
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.4": "sha224",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};

interface Mac {
  readonly digest: HashName;
  readonly salt: Bytes;
  readonly rounds: number;
  /** What the rounds count as. */
  readonly cost: number;
  readonly value: Bytes;
}

class Bags {
  readonly certificates: Bytes[] = [];
  readonly envelopes: Envelope[] = [];
  /** Unencrypted keys, which may only be inside an encrypted part. */
  readonly openKeys: Bytes[] = [];

  /** Take up the bags of a SafeContents (RFC 7292 section 4.2). Throws Malformed and Refusal. */
  add(contents: Bytes, isSealed: boolean): void {
    const bags = members(only(definite(contents)));
    if (bags.length > LIMITS.pfxBags) throw new Refusal("FILE_UNREADABLE");
    for (const bag of bags) this.#addBag(bag, isSealed);
    if (this.certificates.length > LIMITS.certificates) {
      throw new Refusal("FILE_SEVERAL_CERTIFICATES", { count: this.certificates.length });
    }
  }

  #addBag(bag: Value, isSealed: boolean): void {
    const parts = new Members(bag);
    const kind = dotted(parts.take(OBJECT_IDENTIFIER));
    const value = only(parts.take(context(0)));
    if (kind === CERT_BAG) {
      const certificate = new Members(value);
      const isX509 = dotted(certificate.take(OBJECT_IDENTIFIER)) === X509_CERTIFICATE;
      if (isX509) this.certificates.push(expect(only(certificate.take(context(0))), OCTET_STRING));
    } else if (kind === SHROUDED_KEY_BAG) {
      this.envelopes.push(readEnvelope(value.whole));
    } else if (kind === KEY_BAG) {
      if (!isSealed) throw new Refusal("FILE_ENCRYPTION_UNSUPPORTED");
      this.openKeys.push(value.whole);
    } else if (kind === SAFE_CONTENTS_BAG) {
      throw new Refusal("FILE_UNREADABLE");
    }
  }
}

/** A PFX of which everything that shows without a password is read and within bounds. */
export class Pfx {
  readonly #mac: Mac;
  readonly #content: Bytes;
  readonly #bags: Bags;
  readonly #sealed: readonly Envelope[];

  constructor(mac: Mac, content: Bytes, bags: Bags, sealed: readonly Envelope[]) {
    this.#mac = mac;
    this.#content = content;
    this.#bags = bags;
    this.#sealed = sealed;
  }

  /**
   * The one certificate that has its key in the file and is for signing, with that key; null if the password is wrong.
   * Throws Refusal.
   */
  async open(opening: Opening): Promise<Opened | null> {
    const proved = await this.#proved(opening);
    if (proved === null) return null;
    const plains: Bytes[] = [];
    try {
      for (const part of this.#sealed) {
        const plain = await part.open(proved, (bytes) => {
          this.#bags.add(bytes, true);
          return bytes;
        });
        if (plain === null) throw new Refusal("FILE_ENCRYPTION_UNSUPPORTED");
        plains.push(plain);
      }
      if (this.#bags.certificates.length === 0) throw new Refusal("FILE_NO_CERTIFICATE");
      return await registrablePair(this.#bags.certificates, await this.#keys(proved));
    } finally {
      // Certificates are views of these too: what is kept of them has been copied.
      for (const plain of plains) plain.fill(0);
    }
  }

  /** The password in the one form that made the MAC; null if there is none. */
  async #proved(opening: Opening): Promise<Opening | null> {
    const { digest, salt, rounds, cost, value } = this.#mac;
    const tries = opening.password.bmp.map((form) => ({ rounds: cost, form }));
    for (const { form } of opening.budget.paid(tries)) {
      throwIfStopped(opening.signal);
      const size = HASHES[digest].outputLen;
      const key = await pkcs12Bytes(digest, form, salt, rounds, 3, size, opening.signal);
      const made = hmac(HASHES[digest], key, this.#content);
      key.fill(0);
      if (equal(made, value)) return { ...opening, password: { ...opening.password, bmp: [form] } };
    }
    return null;
  }

  /** The keys that the password opens, at least one. */
  async #keys(opening: Opening): Promise<PrivateKey[]> {
    const { envelopes, openKeys } = this.#bags;
    const keys: PrivateKey[] = [];
    for (const envelope of envelopes) {
      const key = await envelope.openKey(opening);
      if (key) keys.push(key);
    }
    for (const plain of openKeys) {
      try {
        keys.push(readPrivateKey(plain));
      } catch (error) {
        if (!(error instanceof NoPrivateKey)) throw error;
      }
    }
    if (keys.length > 0) return keys;
    // The MAC has proved the password and that nothing was changed: such a key is under another password.
    throw new Refusal(envelopes.length > 0 ? "FILE_ENCRYPTION_UNSUPPORTED" : "FILE_UNREADABLE");
  }
}

/** A certificate, its key in WebCrypto, and R. */
export interface Opened {
  readonly certificate: Certificate;
  readonly privateKey: CryptoKey;
  readonly randomNumber: Bytes | null;
}

async function registrablePair(certificates: readonly Bytes[], keys: readonly PrivateKey[]): Promise<Opened> {
  const pairs: Opened[] = [];
  try {
    for (const der of distinct(certificates)) {
      const certificate = readCertificate(der.slice());
      for (const key of keys) {
        const privateKey = await importKeyFor(key, certificate);
        if (privateKey) pairs.push({ certificate, privateKey, randomNumber: key.randomNumber });
      }
    }
  } finally {
    for (const { plain } of keys) plain.fill(0);
  }
  if (pairs.length === 0) throw new Refusal("FILE_KEY_MISMATCH");
  const own = onlyForSigning(pairs.map(({ certificate }) => certificate));
  return pairs.find(({ certificate }) => certificate === own) as Opened;
}

/** A PFX, DER or BER, not opened (RFC 7292 section 4). Throws Refusal and Malformed. */
export function readPfx(content: Bytes): Pfx {
  const outer = new Members(only(definite(content)));
  if (smallInteger(outer.take(INTEGER)) !== VERSION) throw new Refusal("FILE_UNREADABLE");
  const authenticated = new Members(outer.next());
  const kind = dotted(authenticated.take(OBJECT_IDENTIFIER));
  const data = authenticated.take(context(0));
  const macData = outer.any();
  outer.end();
  if (kind === SIGNED_DATA || (kind === DATA && macData === undefined)) {
    throw new Refusal("FILE_ENCRYPTION_UNSUPPORTED");
  }
  if (kind !== DATA || macData === undefined) throw new Refusal("FILE_UNREADABLE");
  const mac = readMac(macData);
  const safe = expect(only(data), OCTET_STRING);
  const parts = members(only(definite(safe)));
  if (parts.length > LIMITS.pfxParts) throw new Refusal("FILE_UNREADABLE");
  const bags = new Bags();
  const sealed: Envelope[] = [];
  for (const part of parts) addPart(part, bags, sealed);
  const costs = [...sealed, ...bags.envelopes].reduce((sum, { cost }) => sum + cost, mac.cost);
  new KdfBudget().check(costs);
  return new Pfx(mac, safe, bags, sealed);
}

function addPart(part: Value, bags: Bags, sealed: Envelope[]): void {
  const info = new Members(part);
  const kind = dotted(info.take(OBJECT_IDENTIFIER));
  const content = only(info.take(context(0)));
  if (kind === DATA) {
    bags.add(expect(content, OCTET_STRING), false);
  } else if (kind === ENCRYPTED_DATA) {
    sealed.push(encryptedData(content));
  } else {
    throw new Refusal(kind === ENVELOPED_DATA ? "FILE_ENCRYPTION_UNSUPPORTED" : "FILE_UNREADABLE");
  }
}

/** EncryptedData (RFC 5652 section 8); from BER the ciphertext may be in pieces. Throws Malformed and Refusal. */
function encryptedData(value: Value): Envelope {
  const outer = new Members(value);
  outer.take(INTEGER);
  const content = new Members(outer.next());
  content.take(OBJECT_IDENTIFIER);
  const algorithm = content.next();
  const data = content.next();
  if (data.tag === context(0, false)) return new Envelope(algorithm, data.contents);
  if (data.tag !== context(0)) throw new Malformed("no ciphertext");
  return new Envelope(algorithm, concat(...all(data.contents).map((piece) => expect(piece, OCTET_STRING))));
}

function readMac(value: Value): Mac {
  const parts = new Members(value);
  const info = new Members(parts.next());
  const algorithm = algorithmOf(info.next());
  const digest = MAC_DIGESTS[algorithm.oid];
  // PBMAC1 of RFC 9579 has parameters here.
  const isPlain = algorithm.parameters === undefined || algorithm.parameters.tag === NULL;
  if (!digest || !isPlain) throw new Refusal("FILE_ENCRYPTION_UNSUPPORTED");
  const made = info.take(OCTET_STRING);
  const salt = parts.take(OCTET_STRING);
  const counted = parts.optional(INTEGER);
  const rounds = counted ? count(counted.contents) : 1;
  const cost = WEIGHTS[digest] * rounds;
  new KdfBudget().check(cost);
  return { digest, salt, rounds, cost, value: made };
}
