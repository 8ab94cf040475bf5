/** What every function of this package that can fail returns. Nothing is thrown for what can happen to a customer. */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** The caller's AbortSignal fired. */
export interface Aborted {
  readonly kind: "aborted";
}

/** A defect of this package, or a browser without WebCrypto (a page without TLS) or module workers. */
export interface Unexpected {
  readonly kind: "unexpected";
  /** For developers; holds nothing of a file, a password or a key. */
  readonly message: string;
}

/** The service's own names for what is wrong with a file: `guide.md` explains each, and so does the service's text. */
export type FileCode =
  | "UPLOAD_EMPTY"
  | "UPLOAD_TOO_LARGE"
  | "FILE_UNREADABLE"
  | "FILE_NO_CERTIFICATE"
  | "FILE_SEVERAL_CERTIFICATES"
  | "FILE_PASSWORD_WRONG"
  | "FILE_ENCRYPTION_UNSUPPORTED"
  | "FILE_KDF_COST_TOO_HIGH"
  | "FILE_KEY_MISMATCH"
  | "CERT_MALFORMED";

/** Files that cannot be used, or a password that does not open them. */
export interface FileProblem {
  readonly kind: "file";
  readonly code: FileCode;
  /** The same members as in the service's findings, where the code has any. */
  readonly params: {
    /** UPLOAD_TOO_LARGE: most bytes of a file. */
    readonly max_bytes?: number;
    /** FILE_SEVERAL_CERTIFICATES: how many were found. */
    readonly count?: number;
    /** FILE_KDF_COST_TOO_HIGH: rounds of key derivation that the file asks for. */
    readonly rounds?: number;
    /** FILE_KDF_COST_TOO_HIGH: most rounds that are run. */
    readonly limit?: number;
  };
}

export function succeeded<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function failed<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}
