/** One request to the service, repeated where that is allowed: by `retryable` and `Retry-After`, and after no response. */
import { failed } from "../results.ts";
import type { Problem } from "./contract.ts";
import type { ApiError } from "./errors.ts";

export interface ClientOptions {
  /** The address of the API with its version, such as https://…/v1. */
  readonly baseUrl: string;
  /** The language of titles and texts; asked for each request. */
  readonly language: () => "ko" | "en";
  /** The session's token, or null before the login; asked for each request. The client keeps none. */
  readonly getToken: () => string | null;
  readonly fetch?: typeof fetch;
}

export type Succeeded = { readonly ok: true; readonly value: unknown; readonly status: number };

export interface Call {
  readonly method: string;
  /** As in the contract: `/uploads/{upload_id}`. */
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

// API Gateway ends a request after 29 seconds.
const TIMEOUT_MS = 30_000;
const MOST_TRIES = 4;
/** Seconds that one call may wait in all: for more, the customer has to see the text. */
const LONGEST_WAIT = 30;
/** Seconds before a request without a response is repeated. */
const PAUSES = [1, 3];
/**
 * What may be repeated after no response without the customer knowing (docs/integrate.md, "No response"): it changes
 * nothing the second time. Not those that count an attempt, use up a code, or send a message.
 */
const REPEATABLE = new Set([
  "POST /login/certificate/options",
  "POST /precheck",
  "POST /step-up",
  "POST /logout",
  "POST /uploads",
  "POST /uploads/{upload_id}/registration",
  "POST /registrations/{registration_id}/check",
  "POST /registrations/{registration_id}/loss",
  "POST /registrations/{registration_id}/resume",
  "DELETE /registrations/{registration_id}",
  "POST /registrations/loss",
  "POST /signature-requests/{request_id}/signature",
  "POST /signature-requests/{request_id}/decline",
]);

/** Send a request; a refusal is repeated only if it is retryable and says after how many seconds. */
export async function send(
  options: ClientOptions,
  call: Call,
): Promise<Succeeded | { ok: false; error: ApiError }> {
  const repeatable = call.method === "GET" || REPEATABLE.has(`${call.method} ${call.path}`);
  let left = LONGEST_WAIT;
  for (let tries = 1; ; tries += 1) {
    const result = await sendOnce(options, call);
    if (result.ok) return result;
    const wait = tries < MOST_TRIES ? pause(result.error, repeatable ? PAUSES[tries - 1] : undefined) : null;
    if (wait === null || wait > left) return result;
    left -= wait;
    if (!(await waited(wait, call.signal))) return failed({ kind: "aborted" });
  }
}

/** Seconds after which to repeat, or null. */
function pause(error: ApiError, afterNoResponse: number | undefined): number | null {
  if (error.kind === "problem") return error.problem.retryable ? error.retryAfter : null;
  return error.kind === "network" && !error.timedOut ? (afterNoResponse ?? null) : null;
}

async function sendOnce(options: ClientOptions, call: Call): Promise<Succeeded | { ok: false; error: ApiError }> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const token = options.getToken();
    const response = await (options.fetch ?? fetch)(options.baseUrl + filled(call), {
      method: call.method,
      headers: {
        "Accept-Language": options.language(),
        ...(call.body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...call.headers,
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      signal: call.signal ? AbortSignal.any([call.signal, timeout]) : timeout,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
    });
    return read(response.status, response.headers, await response.text());
  } catch {
    if (call.signal?.aborted) return failed({ kind: "aborted" });
    return failed({ kind: "network", timedOut: timeout.aborted });
  }
}

function filled({ path, parameters }: Call): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parameters?.[name] ?? ""));
}

function read(status: number, headers: Headers, text: string): Succeeded | { ok: false; error: ApiError } {
  const type = headers.get("Content-Type") ?? "";
  const content = type.includes("json") ? parsed(text) : undefined;
  if (status >= 200 && status < 300 && content !== undefined) return { ok: true, value: content, status };
  if (type.startsWith("application/problem+json") && isProblem(content)) {
    const seconds = headers.get("Retry-After");
    const retryAfter = seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) : null;
    return failed({ kind: "problem", status, problem: content, retryAfter });
  }
  return failed({ kind: "unexpected", status, message: `HTTP ${status}, ${type || "no content type"}` });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isProblem(content: unknown): content is Problem {
  if (typeof content !== "object" || content === null) return false;
  const { code, title, retryable } = content as Record<string, unknown>;
  return typeof code === "string" && typeof title === "string" && typeof retryable === "boolean";
}

/** Wait; false where the signal fired. */
export function waited(seconds: number, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(false);
    const stop = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve(true);
    }, seconds * 1000);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
