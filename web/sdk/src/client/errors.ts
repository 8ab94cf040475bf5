import type { Aborted } from "../results.ts";
import type { Problem } from "./contract.ts";

/** The service refused: a problem document, and for how long it says to wait. */
export interface ProblemResponse {
  readonly kind: "problem";
  readonly status: number;
  readonly problem: Problem;
  /** Seconds, where the response has Retry-After. Alone it is no permission to repeat: see `problem.retryable`. */
  readonly retryAfter: number | null;
}

/** No response. What may be repeated safely has been repeated. */
export interface NetworkProblem {
  readonly kind: "network";
  readonly timedOut: boolean;
}

/** A response that is not this service's: of a proxy, or of the local cloud's gateway. */
export interface UnexpectedResponse {
  readonly kind: "unexpected";
  readonly status: number;
  readonly message: string;
}

export type ApiError = ProblemResponse | NetworkProblem | Aborted | UnexpectedResponse;

/** Storage refused an upload's form: the form has expired, or the file has not the announced size. */
export interface FormProblem {
  readonly kind: "form";
  readonly reason: "expired" | "size";
}

/** Whether there is no live session any more, so that the customer has to log in (the local cloud says so in its own way). */
export function sessionEnded(error: { readonly kind: string }): boolean {
  const known = error as ApiError;
  if (known.kind === "problem") {
    return known.problem.code === "AUTH_REQUIRED" || known.problem.code === "SESSION_EXPIRED";
  }
  return known.kind === "unexpected" && (known.status === 401 || known.status === 403);
}
