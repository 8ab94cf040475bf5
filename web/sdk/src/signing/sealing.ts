/** Seals a password, or R, to a key of the service, for one upload and nonce: RSAES-OAEP with SHA-256 (RFC 8017 7.1). */
import { base64, fromBase64, hex } from "../bytes.ts";
import type { Sealed, SealingKeys } from "../client/contract.ts";
import { failed, type Result, succeeded } from "../results.ts";

/** A secret that cannot be sealed: none, one longer than the service reads, or a key of the service that is none. */
export interface SecretProblem {
  readonly kind: "secret";
  readonly reason: "empty" | "too-long" | "key";
}

const LONGEST_SECRET = 128;

/** The password of a container, sealed for `password.nonce` of its upload. */
export function sealPassword(
  keys: SealingKeys,
  binding: { readonly upload: string; readonly nonce: string; readonly password: string },
): Promise<Result<Sealed, SecretProblem>> {
  const { upload, nonce, password } = binding;
  return seal(keys, upload, nonce, password);
}

/** R, sealed for `proof.nonce` of its upload. */
export function sealRandomNumber(
  keys: SealingKeys,
  binding: { readonly upload: string; readonly nonce: string; readonly randomNumber: Uint8Array },
): Promise<Result<Sealed, SecretProblem>> {
  const { upload, nonce, randomNumber } = binding;
  return seal(keys.random_number, upload, nonce, hex(randomNumber));
}

async function seal(
  key: SealingKeys["random_number"],
  upload: string,
  nonce: string,
  secret: string,
): Promise<Result<Sealed, SecretProblem>> {
  if (secret === "") return failed({ kind: "secret", reason: "empty" });
  const spki = fromBase64(key.public_key);
  const publicKey = spki && (await imported(spki));
  if (!publicKey) return failed({ kind: "secret", reason: "key" });
  const plaintext = new TextEncoder().encode(JSON.stringify({ upload, nonce, secret }));
  const { modulusLength } = publicKey.algorithm as RsaHashedKeyAlgorithm;
  // RFC 8017 7.1.1: two hashes and two bytes are not for the message.
  if ([...secret].length > LONGEST_SECRET || plaintext.length > modulusLength / 8 - 2 * 32 - 2) {
    plaintext.fill(0);
    return failed({ kind: "secret", reason: "too-long" });
  }
  const ciphertext = await crypto.subtle.encrypt("RSA-OAEP", publicKey, plaintext);
  plaintext.fill(0);
  return succeeded({ key_id: key.key_id, ciphertext: base64(new Uint8Array(ciphertext)) });
}

async function imported(spki: Uint8Array<ArrayBuffer>): Promise<CryptoKey | null> {
  try {
    return await crypto.subtle.importKey("spki", spki, { name: "RSA-OAEP", hash: "SHA-256" }, false, ["encrypt"]);
  } catch {
    return null;
  }
}
