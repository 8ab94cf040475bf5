import type { FileProblem, Result } from "../results.ts";
import type { Arguments, Body, Method, Operation, PathOf, Status, Upload, UploadAnnounced } from "./contract.ts";
import type { ApiError, FormProblem } from "./errors.ts";
import { type ClientOptions, send } from "./requests.ts";
import { type PollOptions, pollUpload, type UploadOptions, type UploadRequest, upload } from "./uploads.ts";

/** The response of an operation. `status` tells apart those that have several, such as `POST /loss`. */
export type Response<O> =
  | { readonly ok: true; readonly value: Body<O>; readonly status: Status<O> }
  | { readonly ok: false; readonly error: ApiError };

type Caller<M extends Method> = <P extends PathOf<M>>(
  path: P,
  ...request: Arguments<Operation<M, P>>
) => Promise<Response<Operation<M, P>>>;

export interface Client {
  readonly get: Caller<"get">;
  readonly post: Caller<"post">;
  readonly delete: Caller<"delete">;

  /**
   * Announce one or two files and send them. Called again with the same proof and files, after a lost connection, it
   * goes on with the same upload.
   */
  upload(
    request: UploadRequest,
    options?: UploadOptions,
  ): Promise<Result<UploadAnnounced, ApiError | FormProblem | FileProblem>>;

  /** Poll until the upload is decided, or deferred: then the customer gets a notice. */
  pollUpload(uploadId: string, options?: PollOptions): Promise<Result<Upload, ApiError>>;
}

interface AnyRequest {
  readonly path?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** A client of every route of the contract. It keeps neither token nor secrets. */
export function createClient(options: ClientOptions): Client {
  const keys = new Map<string, string>();
  const due = new Map<string, number>();
  const caller =
    (method: string) =>
    (path: string, request: AnyRequest = {}) =>
      send(options, {
        method,
        path,
        parameters: request.path,
        headers: request.headers,
        body: request.body,
        signal: request.signal,
      });
  return {
    get: caller("GET") as Caller<"get">,
    post: caller("POST") as Caller<"post">,
    delete: caller("DELETE") as Caller<"delete">,
    upload: (request, uploadOptions = {}) => upload(options, { keys, due }, request, uploadOptions),
    pollUpload: (uploadId, pollOptions = {}) => pollUpload(options, due, uploadId, pollOptions),
  };
}
