/** Certificates that come several at a time, and which of them is the customer's own (RFC 5652 section 5.1). */
import { definite } from "../asn1/ber.ts";
import { context, dotted, INTEGER, Members, members, OBJECT_IDENTIFIER, only, SEQUENCE } from "../asn1/der.ts";
import { type Bytes, equal } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import { type Certificate, issued, readCertificate } from "./certificates.ts";
import { Refusal } from "./refusal.ts";

const SIGNED_DATA = "1.2.840.113549.1.7.2";

/** The DER of every certificate in a SignedData. Throws Refusal, and Malformed. */
export function certificatesIn(content: Bytes): Bytes[] {
  const outer = new Members(only(definite(content)));
  if (dotted(outer.take(OBJECT_IDENTIFIER)) !== SIGNED_DATA) throw new Refusal("FILE_UNREADABLE");
  const signed = new Members(only(outer.take(context(0))));
  signed.take(INTEGER);
  signed.next();
  signed.next();
  const certificates = signed.optional(context(0));
  const found = certificates ? members(certificates, context(0)).filter(({ tag }) => tag === SEQUENCE) : [];
  if (found.length === 0) throw new Refusal("FILE_NO_CERTIFICATE");
  if (found.length > LIMITS.certificates) throw new Refusal("FILE_SEVERAL_CERTIFICATES", { count: found.length });
  return found.map(({ whole }) => whole);
}

export function distinct(certificates: readonly Bytes[]): Bytes[] {
  const kept: Bytes[] = [];
  for (const der of certificates) if (!kept.some((other) => equal(other, der))) kept.push(der);
  return kept;
}

/**
 * The only certificate that is not a CA's and issued none of the others; a single one is always chosen. Of several, the
 * one for signing. Throws Refusal.
 */
export function chooseEndEntity(certificates: readonly Bytes[]): Certificate {
  const parsed = distinct(certificates).map(readCertificate);
  if (parsed.length > LIMITS.certificates) {
    throw new Refusal("FILE_SEVERAL_CERTIFICATES", { count: parsed.length });
  }
  const [single] = parsed;
  if (single && parsed.length === 1) return single;
  const left = parsed.filter(
    (certificate) => !certificate.isAuthority && !parsed.some((other) => issued(certificate, other)),
  );
  if (left.length === 0) throw new Refusal("FILE_NO_CERTIFICATE");
  return onlyForSigning(left);
}

/** The one of several certificates whose keyUsage allows signing. Throws Refusal FILE_SEVERAL_CERTIFICATES. */
export function onlyForSigning(certificates: readonly Certificate[]): Certificate {
  const [single] = certificates;
  if (single && certificates.length === 1) return single;
  const signing = certificates.filter(({ maySign }) => maySign);
  const [own] = signing;
  if (!own || signing.length !== 1) {
    throw new Refusal("FILE_SEVERAL_CERTIFICATES", { count: signing.length || certificates.length });
  }
  return own;
}
