/** The types of the contract, by the names that docs/openapi.yaml gives them, and those of a call to each route. */
import type { components, paths } from "../generated/api.ts";

type Schemas = components["schemas"];

export type AcceptedIssuer = Schemas["AcceptedIssuer"];
export type Certificate = Schemas["Certificate"];
export type CertificateLogin = Schemas["CertificateLogin"];
export type Challenge = Schemas["Challenge"];
export type ChallengeCompleted = Schemas["ChallengeCompleted"];
export type Consent = Schemas["Consent"];
export type CreationOptions = Schemas["CreationOptions"];
export type Credential = Schemas["Credential"];
export type Credentials = Schemas["Credentials"];
export type FileForm = Schemas["FileForm"];
export type Finding = Schemas["Finding"];
export type IdentityProof = Schemas["IdentityProof"];
export type IssuerList = Schemas["IssuerList"];
export type NextAction = Schemas["NextAction"];
export type PrecheckResult = Schemas["PrecheckResult"];
export type Problem = Schemas["Problem"];
export type ProblemCode = Schemas["ProblemCode"];
export type Recovery = Schemas["Recovery"];
export type Registration = Schemas["Registration"];
export type RegistrationList = Schemas["RegistrationList"];
export type Sealed = Schemas["Sealed"];
export type SealingKeys = Schemas["SealingKeys"];
export type Session = Schemas["Session"];
export type SignatureRequest = Schemas["CustomerSignatureRequest"];
export type SignatureRequests = Schemas["SignatureRequests"];
export type Upload = Schemas["Upload"];
export type UploadAnnounced = Schemas["UploadAnnounced"];
export type UploadState = Schemas["UploadState"];

export type Method = "get" | "post" | "delete";

/** The paths of the contract that have this method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];

export type Operation<M extends Method, P extends PathOf<M>> = paths[P] extends Record<M, infer O> ? O : never;

type Json<R> = R extends { content: { "application/json": infer B } } ? B : never;

/** The body of a response of success; a union where several are possible. */
export type Body<O> = O extends { responses: infer R }
  ? { [S in keyof R]: S extends 200 | 201 | 202 ? Json<R[S]> : never }[keyof R]
  : never;

/** The status of a success. */
export type Status<O> = O extends { responses: infer R } ? Extract<keyof R, 200 | 201 | 202> : never;

// The client sends these itself.
type OwnHeaders = "Accept-Language" | "Idempotency-Key";

type PathParameters<O> = O extends { parameters: { path: infer P } } ? { path: P } : { path?: never };

type Headers<O> = O extends { parameters: { header?: infer H } }
  ? [Exclude<keyof H, OwnHeaders>] extends [never]
    ? { headers?: never }
    : Record<never, never> extends Omit<H, OwnHeaders>
      ? { headers?: Omit<H, OwnHeaders> }
      : { headers: Omit<H, OwnHeaders> }
  : { headers?: never };

type RequestBody<O> = O extends { requestBody: { content: { "application/json": infer B } } }
  ? { body: B }
  : { body?: never };

/** What a call of an operation takes beside its path. */
export type Request<O> = PathParameters<O> & Headers<O> & RequestBody<O> & { signal?: AbortSignal };

/** The second argument of a call: it may be left out where nothing in it is needed. */
export type Arguments<O> = Record<never, never> extends Request<O> ? [request?: Request<O>] : [request: Request<O>];
