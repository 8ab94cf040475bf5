import type { Aborted, ApiError, FileProblem, FormProblem, SecretProblem, Unexpected } from "@registrar/sdk";

/** Why the browser made no use of a passkey. */
export interface PasskeyProblem {
  readonly kind: "passkey";
  readonly reason: "cancelled" | "unsupported" | "known";
}

/** What the page finds wrong by itself, before it asks the service. */
export interface PageProblem {
  readonly kind: "page";
  readonly reason: "other-certificate" | "no-random-number" | "no-key" | "no-registration";
}

export type PageError =
  | ApiError
  | FileProblem
  | FormProblem
  | SecretProblem
  | Aborted
  | Unexpected
  | PasskeyProblem
  | PageProblem;

export function codeOf(error: PageError | null): string | null {
  return error?.kind === "problem" ? error.problem.code : null;
}
