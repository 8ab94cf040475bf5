/** What a page shows of a certificate, and what signing with it takes (RFC 5280 section 4). It decides nothing. */
import {
  all,
  BIT_STRING,
  BOOLEAN,
  context,
  dotted,
  expect,
  INTEGER,
  Malformed,
  Members,
  members,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  only,
  SEQUENCE,
  SET,
  type Value,
} from "../asn1/der.ts";
import { type Bytes, equal, hex, sha256 } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import { knownPolicy, type Label } from "./policies.ts";
import { Refusal } from "./refusal.ts";

/** A certificate as the customer is shown it. */
export interface CertificateFacts {
  readonly der: Bytes;
  /** SHA-256 of `der`, in hex. */
  readonly fingerprint: string;
  /** In hex, without leading zeros. */
  readonly serial: string;
  /** The name that the issuer checked, whole: mask it before it is shown. */
  readonly holder: string;
  /** The subject's common name. */
  readonly subject: string;
  readonly issuer: {
    /** Short id of the issuing institution; null for one that is not known here. */
    readonly operator: string | null;
    readonly name: Label;
    readonly commonName: string;
  };
  /** By the policy; null where it is not known here. */
  readonly kind: "personal" | "corporate" | null;
  readonly policy: { readonly oid: string | null; readonly label: Label | null };
  readonly notBefore: Date;
  /** The last second in which it is valid. */
  readonly notAfter: Date;
  readonly key: "RSA" | "EC" | "other";
}

/** A certificate taken apart. */
export interface Certificate {
  readonly der: Bytes;
  readonly serial: Bytes;
  /** The issuer's name, and the subject's, as they stand in the certificate. */
  readonly issuer: Bytes;
  readonly subject: Bytes;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: Bytes;
  readonly isAuthority: boolean;
  /** Whether its keyUsage says digitalSignature; one without a readable keyUsage may sign. */
  readonly maySign: boolean;
  readonly policies: readonly string[];
  readonly realName: string | null;
}

export const RSA_KEY = "1.2.840.113549.1.1.1";
export const EC_KEY = "1.2.840.10045.2.1";
const COMMON_NAME = "2.5.4.3";
const ORGANIZATION = "2.5.4.10";
const KEY_USAGE = "2.5.29.15";
const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
const BASIC_CONSTRAINTS = "2.5.29.19";
const CERTIFICATE_POLICIES = "2.5.29.32";
const IDENTIFY_DATA = "1.2.410.200004.10.1.1";
// Tags of texts, each with the encoding it stands for; TeletexString is Latin-1 in practice.
const TEXTS: Readonly<Record<number, string>> = {
  12: "utf-8",
  19: "utf-8",
  20: "latin1",
  22: "utf-8",
  26: "utf-8",
  30: "utf-16be",
};

/** Whether `der` has the outline of a certificate; a request and a CRL have others. */
export function isCertificate(der: Bytes): boolean {
  try {
    const [signed, algorithm, signature] = members(only(der));
    const inside = members(signed as Value).map(({ tag }) => tag);
    if (inside[0] === context(0)) inside.shift();
    const shape = [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE];
    return (
      algorithm?.tag === SEQUENCE && signature?.tag === BIT_STRING && shape.every((tag, i) => inside[i] === tag)
    );
  } catch {
    return false;
  }
}

/** Throws Refusal: UPLOAD_TOO_LARGE, FILE_UNREADABLE, or CERT_MALFORMED for a file that is whole but breaks RFC 5280. */
export function readCertificate(der: Bytes): Certificate {
  if (der.length > LIMITS.certificateBytes) {
    throw new Refusal("UPLOAD_TOO_LARGE", { max_bytes: LIMITS.certificateBytes });
  }
  try {
    return parsed(der);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Refusal(isCertificate(der) ? "CERT_MALFORMED" : "FILE_UNREADABLE");
  }
}

function parsed(der: Bytes): Certificate {
  const signed = new Members(new Members(only(der)).next());
  signed.optional(context(0));
  const serial = signed.take(INTEGER);
  signed.take(SEQUENCE);
  const issuer = signed.next().whole;
  const validity = new Members(signed.next());
  const notBefore = time(validity.next());
  const notAfter = time(validity.next());
  const subject = signed.next().whole;
  const publicKey = signed.next().whole;
  signed.optional(context(1, false));
  signed.optional(context(2, false));
  const extensions = extensionsIn(signed.optional(context(3)));
  const basic = extensions.get(BASIC_CONSTRAINTS);
  const usage = extensions.get(KEY_USAGE);
  const policies = extensions.get(CERTIFICATE_POLICIES);
  const names = extensions.get(SUBJECT_ALTERNATIVE_NAME);
  return {
    der,
    serial,
    issuer,
    subject,
    notBefore,
    notAfter,
    publicKey,
    isAuthority: readable(basic, (value) => members(only(value))[0]?.tag === BOOLEAN && isTrue(value)) ?? false,
    maySign: readable(usage, (value) => ((expect(only(value), BIT_STRING)[1] ?? 0) & 0x80) !== 0) ?? true,
    policies: readable(policies, policyOids) ?? [],
    realName: readable(names, realNameIn) ?? null,
  };
}

/** The contents of every extension by its identifier; of one that is there twice the first. */
function extensionsIn(tagged: Value | undefined): Map<string, Bytes> {
  const found = new Map<string, Bytes>();
  if (tagged === undefined) return found;
  for (const extension of members(only(tagged.contents))) {
    const parts = new Members(extension);
    const kind = dotted(parts.take(OBJECT_IDENTIFIER));
    parts.optional(BOOLEAN);
    if (!found.has(kind)) found.set(kind, parts.take(OCTET_STRING));
  }
  return found;
}

/** What `read` makes of an extension; undefined where it is absent or not of its form: the service judges that. */
function readable<T>(value: Bytes | undefined, read: (value: Bytes) => T): T | undefined {
  try {
    return value && read(value);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function isTrue(basicConstraints: Bytes): boolean {
  const [ca] = members(only(basicConstraints));
  return ca?.contents[0] !== 0;
}

function policyOids(value: Bytes): string[] {
  return members(only(value)).map((policy) => dotted(new Members(policy).take(OBJECT_IDENTIFIER)));
}

/** The name in the KISA identification data (KCAC.TS.SIVID): an otherName whose first member is a UTF8String. */
function realNameIn(value: Bytes): string | null {
  for (const name of members(only(value)).filter(({ tag }) => tag === context(0))) {
    const [kind, tagged] = all(name.contents);
    if (kind?.tag !== OBJECT_IDENTIFIER || dotted(kind.contents) !== IDENTIFY_DATA) continue;
    const [realName] = members(only(expect(tagged, context(0))));
    if (realName) return text(realName);
  }
  return null;
}

/** UTCTime and GeneralizedTime, in UTC (RFC 5280 section 4.1.2.5). */
function time(value: Value): Date {
  const digits = String.fromCharCode(...value.contents.subarray(0, 20));
  const century = value.tag === 0x17 ? (Number(digits.slice(0, 2)) < 50 ? "20" : "19") : "";
  const fields = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(century + digits);
  if ((value.tag !== 0x17 && value.tag !== 0x18) || fields === null) throw new Malformed("time");
  const [, year, month, day, hour, minute, second] = fields;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(at.getTime())) throw new Malformed("time");
  return at;
}

function text(value: Value): string {
  const encoding = TEXTS[value.tag];
  if (encoding === undefined) throw new Malformed("text");
  return new TextDecoder(encoding).decode(value.contents);
}

/** The text of the last attribute of this type in a Name, or "". */
function nameAttribute(name: Bytes, type: string): string {
  const attributes = members(only(name)).flatMap((set) => members(set, SET));
  for (const attribute of attributes.reverse()) {
    const [kind, value] = members(attribute);
    if (kind?.tag === OBJECT_IDENTIFIER && dotted(kind.contents) === type && value) return text(value);
  }
  return "";
}

/** Whether the names of two certificates are the same, byte by byte. */
export function issued(issuer: Certificate, certificate: Certificate): boolean {
  return equal(issuer.subject, certificate.issuer) && !equal(certificate.subject, certificate.issuer);
}

/** The algorithm of a SubjectPublicKeyInfo. Throws Malformed. */
export function keyAlgorithm(publicKey: Bytes): "RSA" | "EC" | "other" {
  const [algorithm] = members(only(publicKey));
  const oid = dotted(new Members(algorithm as Value).take(OBJECT_IDENTIFIER));
  return oid === RSA_KEY ? "RSA" : oid === EC_KEY ? "EC" : "other";
}

/** What the customer is shown. Throws Refusal CERT_MALFORMED for a name that cannot be read. */
export async function factsOf(certificate: Certificate): Promise<CertificateFacts> {
  const { der, notBefore, notAfter, policies } = certificate;
  try {
    const policy = knownPolicy(policies);
    const subject = nameAttribute(certificate.subject, COMMON_NAME);
    const commonName = nameAttribute(certificate.issuer, COMMON_NAME);
    const institution = nameAttribute(certificate.issuer, ORGANIZATION) || commonName;
    return {
      der,
      fingerprint: hex(await sha256(der)),
      serial: hex(certificate.serial).replace(/^0+(?=.)/, ""),
      // Korean issuers write "name()number" there.
      holder: certificate.realName ?? subject.replace(/\(.*$/, ""),
      subject,
      issuer: {
        operator: policy?.operator ?? null,
        name: policy?.operatorName ?? { ko: institution, en: institution },
        commonName,
      },
      kind: policy?.kind ?? null,
      policy: { oid: policy?.oid ?? policies[0] ?? null, label: policy?.label ?? null },
      notBefore,
      notAfter,
      key: keyAlgorithm(certificate.publicKey),
    };
  } catch (error) {
    if (error instanceof Malformed) throw new Refusal("CERT_MALFORMED");
    throw error;
  }
}
