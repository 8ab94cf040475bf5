/**
 * Recognises the format of a file by its bytes, never by its name: the same formats as the service.
 *
 * Of each file and PEM block the first value counts: what follows is padding. The label of a block is looked at only
 * where its bytes are none of the kinds known.
 */
import { definite, firstValue } from "../asn1/ber.ts";
import {
  BIT_STRING,
  context,
  INTEGER,
  Malformed,
  members,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  only,
  SEQUENCE,
} from "../asn1/der.ts";
import type { Bytes } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import { type Certificate, isCertificate } from "./certificates.ts";
import { type Envelope, readEnvelope } from "./key_envelopes.ts";
import { type Block, bareBase64, blocksIn } from "./pem.ts";
import { type Pfx, readPfx } from "./pfx.ts";
import { certificatesIn, chooseEndEntity, distinct } from "./pkcs7.ts";
import { Refusal } from "./refusal.ts";

/** What one or more files hold, not yet judged. */
export interface Contents {
  readonly certificates: Bytes[];
  /** Encrypted private keys. */
  readonly envelopes: Bytes[];
  readonly pfx: Bytes[];
  /** Whether there is an unencrypted private key. */
  hasOpenKey: boolean;
}

/** What the files of one upload make up together. */
export type Container =
  | { readonly kind: "certificate"; readonly certificate: Certificate }
  | { readonly kind: "pair"; readonly certificate: Certificate; readonly envelope: Envelope }
  | { readonly kind: "pfx"; readonly pfx: Pfx };

// Labels of blocks that hold what is accepted (RFC 7468, and what other programs write): others are passed over.
const OUR_LABELS = new Set([
  "CERTIFICATE",
  "X509 CERTIFICATE",
  "TRUSTED CERTIFICATE",
  "NEW CERTIFICATE",
  "CERTIFICATE CHAIN",
  "PKCS7",
  "PKCS #7 SIGNED DATA",
  "CMS",
  "PKCS12",
  "PKCS #12",
  "PFX",
  "ENCRYPTED PRIVATE KEY",
]);

type Add = (content: Bytes, found: Contents) => void;

const addOpenKey: Add = (_, found) => {
  found.hasOpenKey = true;
};
// By the tags of the first values inside.
const DER_FORMATS: readonly (readonly [readonly number[], Add])[] = [
  [[SEQUENCE, OCTET_STRING], (content, found) => found.envelopes.push(content)],
  [[OBJECT_IDENTIFIER, context(0)], (content, found) => found.certificates.push(...certificatesIn(content))],
  [[INTEGER, SEQUENCE, OCTET_STRING], addOpenKey], // PrivateKeyInfo, RFC 5208
  [[INTEGER, INTEGER, INTEGER], addOpenKey], // RSAPrivateKey, RFC 8017
  [[INTEGER, OCTET_STRING], addOpenKey], // ECPrivateKey, RFC 5915
  [[INTEGER, SEQUENCE], (content, found) => found.pfx.push(content)],
];

export function nothing(): Contents {
  return { certificates: [], envelopes: [], pfx: [], hasOpenKey: false };
}

/** Throws Refusal for sizes that no upload may have. */
export function checkSizes(sizes: readonly number[]): void {
  if (sizes.length === 0 || sizes.includes(0)) throw new Refusal("UPLOAD_EMPTY");
  if (sizes.reduce((sum, size) => sum + size, 0) > LIMITS.uploadBytes) {
    throw new Refusal("UPLOAD_TOO_LARGE", { max_bytes: LIMITS.uploadBytes });
  }
}

/** The one container that these files make up. Throws Refusal and Malformed. */
export function recognise(files: readonly Bytes[]): Container {
  checkSizes(files.map(({ length }) => length));
  const found = nothing();
  for (const content of files) addFile(content, found);
  if (found.hasOpenKey) throw new Refusal("FILE_ENCRYPTION_UNSUPPORTED");
  const keys = distinct(found.envelopes);
  const [pfx] = found.pfx;
  if (pfx) {
    const count = found.pfx.length + Math.max(found.certificates.length, keys.length);
    if (count > 1) throw new Refusal("FILE_SEVERAL_CERTIFICATES", { count });
    return { kind: "pfx", pfx: readPfx(pfx) };
  }
  if (found.certificates.length === 0) throw new Refusal("FILE_NO_CERTIFICATE");
  const certificate = chooseEndEntity(found.certificates);
  if (keys.length > 1) throw new Refusal("FILE_SEVERAL_CERTIFICATES", { count: keys.length });
  const [key] = keys;
  return key ? { kind: "pair", certificate, envelope: readEnvelope(key) } : { kind: "certificate", certificate };
}

/** Take up what a file holds. Throws Refusal FILE_UNREADABLE where it is nothing known. */
export function addFile(content: Bytes, found: Contents): void {
  if (addDer(content, found)) return;
  const blocks = blocksIn(content);
  if (blocks.length === 0) {
    const decoded = bareBase64(content);
    if (decoded && addDer(decoded, found)) return;
    throw new Refusal("FILE_UNREADABLE");
  }
  for (const block of blocks) addBlock(block, found);
}

/** Take up one PEM block, by its bytes; one of another kind, such as a request, is passed over. */
function addBlock({ label, der }: Block, found: Contents): void {
  if (der && addDer(der, found)) return;
  if (label.endsWith("PRIVATE KEY") && label !== "ENCRYPTED PRIVATE KEY") {
    // Also one of OpenSSL's older encryptions, which are not supported either.
    found.hasOpenKey = true;
  } else if (OUR_LABELS.has(label)) {
    throw new Refusal("FILE_UNREADABLE");
  }
}

/** Take up the first value in DER, or BER where the format allows it; false where it is none of those known. */
function addDer(content: Bytes, found: Contents): boolean {
  if (content[0] !== SEQUENCE) return false;
  let first: Bytes;
  let shape: number[];
  try {
    first = firstValue(content);
    shape = members(only(definite(first))).map(({ tag }) => tag);
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
  const begins = (tags: readonly number[]) => tags.every((tag, i) => shape[i] === tag);
  if (begins([SEQUENCE, SEQUENCE, BIT_STRING])) {
    const is = isCertificate(first);
    if (is) found.certificates.push(first);
    return is;
  }
  for (const [beginning, add] of DER_FORMATS) {
    if (begins(beginning)) {
      add(first, found);
      return true;
    }
  }
  return false;
}
