/** Opens the private key of a certificate with its password, and hands it to WebCrypto. */

import type { Bytes } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import type { Aborted, FileProblem, Result, Unexpected } from "../results.ts";
import { type CertificateFacts, factsOf } from "./certificates.ts";
import { type Container, checkSizes, recognise } from "./formats.ts";
import { KdfBudget } from "./kdf_budget.ts";
import type { Opening } from "./key_envelopes.ts";
import { forgetPassword, passwordForms } from "./password_forms.ts";
import type { Opened } from "./pfx.ts";
import { bytesOf } from "./picked.ts";
import { importKeyFor } from "./private_keys.ts";
import { Refusal, settled, throwIfStopped } from "./refusal.ts";

/** A certificate whose private key is open. */
export interface OpenedKey {
  readonly certificate: CertificateFacts;
  readonly algorithm: "RSA" | "EC";
  /** For signing only; its bytes cannot be read any more. */
  readonly privateKey: CryptoKey;
  /** R (20 bytes), the random number that is stored with the key; null where the file holds none. */
  readonly randomNumber: Bytes | null;
}

export interface KeySource {
  readonly files: Iterable<Blob>;
}

/** Open the key of a candidate that `findCertificates` found, or of one or two files. */
export function openKey(
  source: KeySource,
  password: string,
  options: { signal?: AbortSignal } = {},
): Promise<Result<OpenedKey, FileProblem | Aborted | Unexpected>> {
  return settled(() => open([...source.files], password, options.signal));
}

async function open(files: readonly Blob[], password: string, signal: AbortSignal | undefined): Promise<OpenedKey> {
  if (!globalThis.crypto?.subtle) throw new NoWebCrypto();
  throwIfStopped(signal);
  if (files.length > LIMITS.uploadFiles) throw new Refusal("FILE_SEVERAL_CERTIFICATES", { count: files.length });
  checkSizes(files.map(({ size }) => size));
  const contents = await Promise.all(files.map((file) => bytesOf(file, signal)));
  if (contents.includes(null)) throw new Refusal("FILE_UNREADABLE");
  const container = recognise(contents as Bytes[]);
  // The digest in it is computed by the browser meanwhile.
  const facts = container.kind === "pfx" ? null : factsOf(container.certificate);
  facts?.catch(() => {});
  const forms = passwordForms(password);
  let opened: Opened | null;
  try {
    opened = await openContainer(container, { password: forms, budget: new KdfBudget(), signal });
  } finally {
    forgetPassword(forms);
  }
  if (opened === null) throw new Refusal("FILE_PASSWORD_WRONG");
  // The service refuses such a file too: anyone can open it.
  if (password === "") throw new Refusal("FILE_ENCRYPTION_UNSUPPORTED");
  const { certificate, privateKey, randomNumber } = opened;
  const algorithm = privateKey.algorithm.name === "ECDSA" ? "EC" : "RSA";
  return { certificate: await (facts ?? factsOf(certificate)), algorithm, privateKey, randomNumber };
}

/** Named so that the result says what is missing. */
class NoWebCrypto extends Error {
  override name = "no WebCrypto: the page needs TLS or http://localhost";
}

async function openContainer(container: Container, opening: Opening): Promise<Opened | null> {
  if (container.kind === "pfx") return container.pfx.open(opening);
  // There is no key to open.
  if (container.kind === "certificate") throw new Refusal("FILE_UNREADABLE");
  const { certificate, envelope } = container;
  const key = await envelope.openKey(opening);
  if (key === null) return null;
  try {
    const privateKey = await importKeyFor(key, certificate);
    if (privateKey === null) throw new Refusal("FILE_KEY_MISMATCH");
    return { certificate, privateKey, randomNumber: key.randomNumber };
  } finally {
    key.plain.fill(0);
  }
}

/** Overwrite R. Drop your reference to the key after it: WebCrypto then frees the key. */
export function forget(key: OpenedKey): void {
  key.randomNumber?.fill(0);
}
