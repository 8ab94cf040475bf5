/** A private key encrypted under a password: signPri.key, a PEM block, the key bag of a PFX (RFC 5208 section 6). */
import { Malformed, Members, OCTET_STRING, only, type Value } from "../asn1/der.ts";
import type { Bytes } from "../bytes.ts";
import { KdfBudget } from "./kdf_budget.ts";
import { type Scheme, schemeOf } from "./password_encryption.ts";
import type { Password } from "./password_forms.ts";
import { NoPrivateKey, type PrivateKey, readPrivateKey } from "./private_keys.ts";
import { Refusal } from "./refusal.ts";

/** What a try to open costs and listens to. */
export interface Opening {
  readonly password: Password;
  readonly budget: KdfBudget;
  readonly signal: AbortSignal | undefined;
}

/** Data encrypted under a password; everything that needs no password has been checked. */
export class Envelope {
  readonly #scheme: Scheme;
  readonly #data: Bytes;

  /** Throws Refusal: FILE_ENCRYPTION_UNSUPPORTED, FILE_UNREADABLE, FILE_KDF_COST_TOO_HIGH where no budget is enough. */
  constructor(algorithm: Value, data: Bytes) {
    this.#scheme = schemeOf(algorithm);
    this.#data = data;
    this.#scheme.check(data);
    new KdfBudget().check(this.#scheme.cost);
  }

  get cost(): number {
    return this.#scheme.cost;
  }

  /**
   * The result of `read` for the first plaintext it can read; null if the password is wrong. `read` throws Malformed or
   * NoPrivateKey for bytes that are not what was encrypted; their plaintext is overwritten here.
   */
  async open<T>({ password, budget, signal }: Opening, read: (plain: Bytes) => T): Promise<T | null> {
    for await (const plain of this.#scheme.plaintexts(this.#data, password, budget, signal)) {
      try {
        return read(plain);
      } catch (error) {
        plain.fill(0);
        if (!(error instanceof Malformed) && !(error instanceof NoPrivateKey)) throw error;
      }
    }
    return null;
  }

  /** The key in it, or null where the password is wrong. Throws Refusal for a key that opens but is of no use. */
  openKey(opening: Opening): Promise<PrivateKey | null> {
    return this.open(opening, readPrivateKey);
  }
}

/** An EncryptedPrivateKeyInfo, not opened. Throws as Envelope does. */
export function readEnvelope(der: Bytes): Envelope {
  let algorithm: Value;
  let data: Bytes;
  try {
    const members = new Members(only(der));
    algorithm = members.next();
    data = members.take(OCTET_STRING);
    members.end();
  } catch {
    throw new Refusal("FILE_UNREADABLE");
  }
  return new Envelope(algorithm, data);
}
