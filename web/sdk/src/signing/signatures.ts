/** Signatures over the texts of the service, raw and as CMS SignedData (RFC 5652). */
import { context, INTEGER, NULL, OCTET_STRING, oid, SEQUENCE, SET, tlv, unsignedInteger } from "../asn1/der.ts";
import { type Bytes, base64, concat, sha256 } from "../bytes.ts";
import { readCertificate } from "../files/certificates.ts";
import type { OpenedKey } from "../files/open.ts";

const ID_DATA = "1.2.840.113549.1.7.1";
const ID_SIGNED_DATA = "1.2.840.113549.1.7.2";
const ID_CONTENT_TYPE = "1.2.840.113549.1.9.3";
const ID_MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const SHA256 = "2.16.840.1.101.3.4.2.1";
const RSA_WITH_SHA256 = "1.2.840.113549.1.1.11";
const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";

/**
 * The signature over exactly the UTF-8 bytes of `text`, in base64: RSASSA-PKCS1-v1_5 with SHA-256, or ECDSA with SHA-256
 * in DER. Show the customer the whole text first.
 */
export async function signText(key: OpenedKey, text: string): Promise<string> {
  return base64(await signature(key, new TextEncoder().encode(text)));
}

/** A detached CMS message over exactly the UTF-8 bytes of `text`, in base64: one signer, SHA-256, no certificates. */
export async function signCms(key: OpenedKey, text: string): Promise<string> {
  const digest = await sha256(new TextEncoder().encode(text));
  const attributes = sorted(
    tlv(SEQUENCE, oid(ID_CONTENT_TYPE), tlv(SET, oid(ID_DATA))),
    tlv(SEQUENCE, oid(ID_MESSAGE_DIGEST), tlv(SET, tlv(OCTET_STRING, digest))),
  );
  // What is signed is a SET, although the message tags it [0] (section 5.4).
  const signed = await signature(key, tlv(SET, attributes));
  const { issuer, serial } = readCertificate(key.certificate.der);
  const digestAlgorithm = tlv(SEQUENCE, oid(SHA256));
  const signatureAlgorithm =
    key.algorithm === "RSA"
      ? tlv(SEQUENCE, oid(RSA_WITH_SHA256), tlv(NULL))
      : tlv(SEQUENCE, oid(ECDSA_WITH_SHA256));
  const version = unsignedInteger(Uint8Array.of(1));
  const signer = tlv(
    SEQUENCE,
    version,
    tlv(SEQUENCE, issuer, tlv(INTEGER, serial)),
    digestAlgorithm,
    tlv(context(0), attributes),
    signatureAlgorithm,
    tlv(OCTET_STRING, signed),
  );
  const content = tlv(SEQUENCE, oid(ID_DATA));
  const signedData = tlv(SEQUENCE, version, tlv(SET, digestAlgorithm), content, tlv(SET, signer));
  return base64(tlv(SEQUENCE, oid(ID_SIGNED_DATA), tlv(context(0), signedData)));
}

/** The members of a SET OF in the order of DER (X.690 section 11.6). */
function sorted(...parts: Bytes[]): Bytes {
  const compared = (one: Bytes, other: Bytes) => {
    for (let i = 0; i < Math.min(one.length, other.length); i += 1) {
      const difference = (one[i] as number) - (other[i] as number);
      if (difference !== 0) return difference;
    }
    return one.length - other.length;
  };
  return concat(...parts.sort(compared));
}

async function signature({ algorithm, privateKey }: OpenedKey, data: Bytes): Promise<Bytes> {
  const scheme = algorithm === "RSA" ? "RSASSA-PKCS1-v1_5" : { name: "ECDSA", hash: "SHA-256" };
  const made = new Uint8Array(await crypto.subtle.sign(scheme, privateKey, data));
  if (algorithm === "RSA") return made;
  // WebCrypto returns r || s, the service reads SEQUENCE { INTEGER r, INTEGER s }.
  const half = made.length / 2;
  return tlv(SEQUENCE, unsignedInteger(made.subarray(0, half)), unsignedInteger(made.subarray(half)));
}
