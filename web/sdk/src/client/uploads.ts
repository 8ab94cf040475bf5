/** Announces files, sends each with its form straight to storage, and waits for the decision. */
import { hex, sha256 } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import { type FileProblem, failed, type Result, succeeded } from "../results.ts";
import type { FileForm, Upload, UploadAnnounced } from "./contract.ts";
import type { ApiError, FormProblem } from "./errors.ts";
import { type ClientOptions, send, waited } from "./requests.ts";

export interface UploadFile {
  /** As the customer knows it; nothing is decided by it. */
  readonly name: string;
  readonly content: Blob | Uint8Array<ArrayBuffer>;
}

export interface UploadRequest {
  /** A proof of identity for `register`, from the login or a step-up. */
  readonly proofId: string;
  readonly files: readonly UploadFile[];
}

export interface UploadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((sent: number, total: number) => void) | undefined;
}

export interface PollOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onUpdate?: ((upload: Upload) => void) | undefined;
  /** Go on while only the revocation status is missing: a day at most, so not while a customer waits. */
  readonly whileDeferred?: boolean | undefined;
}

/** Idempotency keys by what they were made for: a call repeated with the same proof and files names the same upload. */
export type IdempotencyKeys = Map<string, string>;
/** When an upload that was just sent is worth asking for, by its id. */
export type DueTimes = Map<string, number>;

const MOST_SENDINGS = 3;
const PAUSE = 2;
// What the contract refuses in a name: controls, separators, and what changes the order of text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it removes
const REFUSED_IN_NAMES = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;
const LONGEST_NAME = 255;

interface Part {
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/**
 * Announce the files and send them. A lost connection and an expired form are repeated: the upload is the same one,
 * and a file that has arrived is not sent again.
 */
export async function upload(
  options: ClientOptions,
  { keys, due }: { readonly keys: IdempotencyKeys; readonly due: DueTimes },
  request: UploadRequest,
  { signal, onProgress }: UploadOptions,
): Promise<Result<UploadAnnounced, ApiError | FormProblem | FileProblem>> {
  const parts = await partsOf(request.files);
  if (!parts.ok) return parts;
  const body = {
    proof_id: request.proofId,
    files: await Promise.all(
      parts.value.map(async ({ name, content }) => ({
        name,
        size: content.length,
        sha256: hex(await sha256(content)),
      })),
    ),
  };
  const headers = { "Idempotency-Key": keyFor(keys, JSON.stringify(body)) };
  for (let sendings = 1; ; sendings += 1) {
    const announced = await send(options, { method: "POST", path: "/uploads", body, headers, signal });
    if (!announced.ok) return announced;
    const value = announced.value as UploadAnnounced;
    if (value.state !== "ISSUED") return succeeded(value);
    const sent = await sendAll(options, value.files, parts.value, { signal, onProgress });
    if (sent.ok) {
      due.set(value.upload_id, Date.now() + (value.poll_after ?? 0) * 1000);
      return succeeded(value);
    }
    const { kind } = sent.error;
    const again = kind === "network" || (sent.error.kind === "form" && sent.error.reason === "expired");
    if (!again || sendings === MOST_SENDINGS) return sent;
    if (!(await waited(PAUSE, signal))) return failed({ kind: "aborted" });
  }
}

function keyFor(keys: IdempotencyKeys, content: string): string {
  const key = keys.get(content) ?? crypto.randomUUID();
  keys.set(content, key);
  return key;
}

async function partsOf(files: readonly UploadFile[]): Promise<Result<Part[], FileProblem>> {
  // Sizes first: a file of gigabytes is refused without being read.
  const sizes = files.map(({ content }) => (content instanceof Uint8Array ? content.length : content.size));
  if (sizes.includes(0)) return failed({ kind: "file", code: "UPLOAD_EMPTY", params: {} });
  if (sizes.reduce((sum, size) => sum + size, 0) > LIMITS.uploadBytes) {
    return failed({ kind: "file", code: "UPLOAD_TOO_LARGE", params: { max_bytes: LIMITS.uploadBytes } });
  }
  try {
    const parts = files.map(async ({ name, content }) => ({
      name: accepted(name),
      content: content instanceof Uint8Array ? content : new Uint8Array(await content.arrayBuffer()),
    }));
    return succeeded(await Promise.all(parts));
  } catch {
    return failed({ kind: "file", code: "FILE_UNREADABLE", params: {} });
  }
}

function accepted(name: string): string {
  const clean = [...name.toWellFormed().replace(REFUSED_IN_NAMES, "_")].slice(0, LONGEST_NAME).join("");
  return clean || "file";
}

async function sendAll(
  options: ClientOptions,
  forms: readonly FileForm[],
  parts: readonly Part[],
  { signal, onProgress }: UploadOptions,
): Promise<Result<null, ApiError | FormProblem>> {
  const total = parts.reduce((sum, { content }) => sum + content.length, 0);
  let done = 0;
  for (const [index, form] of forms.entries()) {
    // Forms come in the order announced.
    const content = parts[index]?.content;
    if (content === undefined) return failed({ kind: "unexpected", status: 201, message: "a form too many" });
    const before = done;
    const progress = onProgress && ((sent: number) => onProgress(before + Math.min(sent, content.length), total));
    const sent = await sendForm(options, form, content, signal, progress);
    if (!sent.ok) return sent;
    done += content.length;
    onProgress?.(done, total);
  }
  return succeeded(null);
}

/** Send one file with its form: its fields unchanged, and last the file. No token: the form is the permission. */
async function sendForm(
  options: ClientOptions,
  form: FileForm,
  content: Uint8Array<ArrayBuffer>,
  signal: AbortSignal | undefined,
  progress: ((sent: number) => void) | undefined,
): Promise<Result<null, ApiError | FormProblem>> {
  const body = new FormData();
  for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
  body.append("file", new Blob([content]), "file");
  const post = progress && typeof XMLHttpRequest !== "undefined" ? postWithProgress : postByFetch(options);
  let status: number;
  try {
    status = await post(form.url, body, signal, progress);
  } catch {
    return failed(signal?.aborted ? { kind: "aborted" } : { kind: "network", timedOut: false });
  }
  if (status >= 200 && status < 300) return succeeded(null);
  if (status === 403) return failed({ kind: "form", reason: "expired" });
  if (status === 400) return failed({ kind: "form", reason: "size" });
  return failed({ kind: "unexpected", status, message: `storage responded ${status}` });
}

function postByFetch(options: ClientOptions) {
  return async (url: string, body: FormData, signal: AbortSignal | undefined): Promise<number> => {
    const response = await (options.fetch ?? fetch)(url, {
      method: "POST",
      body,
      credentials: "omit",
      referrerPolicy: "no-referrer",
      ...(signal ? { signal } : {}),
    });
    return response.status;
  };
}

/** By XMLHttpRequest: fetch reports no progress of what it sends. */
function postWithProgress(
  url: string,
  body: FormData,
  signal: AbortSignal | undefined,
  progress?: (sent: number) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.upload.onprogress = (event) => progress?.(event.loaded);
    request.onload = () => resolve(request.status);
    request.onerror = () => reject(new Error("no response"));
    request.onabort = () => reject(new Error("aborted"));
    request.onloadend = () => signal?.removeEventListener("abort", stop);
    if (signal?.aborted) return reject(new Error("aborted"));
    signal?.addEventListener("abort", stop, { once: true });
    request.open("POST", url);
    request.send(body);
  });
}

/** Ask for the upload until nothing changes by itself any more, or only the revocation status is missing. */
export async function pollUpload(
  options: ClientOptions,
  due: DueTimes,
  uploadId: string,
  { signal, onUpdate, whileDeferred }: PollOptions,
): Promise<Result<Upload, ApiError>> {
  const call = { method: "GET", path: "/uploads/{upload_id}", parameters: { upload_id: uploadId }, signal };
  // Right after sending there is nothing to learn yet: a request too early is one that is repeated.
  const pause = ((due.get(uploadId) ?? 0) - Date.now()) / 1000;
  due.delete(uploadId);
  if (pause > 0 && !(await waited(pause, signal))) return failed({ kind: "aborted" });
  for (;;) {
    const result = await send(options, call);
    if (!result.ok) return result;
    const value = result.value as Upload;
    onUpdate?.(value);
    if (!("poll_after" in value) || (value.state === "DEFERRED" && !whileDeferred)) return succeeded(value);
    if (!(await waited(value.poll_after, signal))) return failed({ kind: "aborted" });
  }
}
