export { type Client, createClient, type Response } from "./client/client.ts";
export type * from "./client/contract.ts";
export {
  type ApiError,
  type FormProblem,
  type NetworkProblem,
  type ProblemResponse,
  sessionEnded,
  type UnexpectedResponse,
} from "./client/errors.ts";
export type { ClientOptions } from "./client/requests.ts";
export type { PollOptions, UploadFile, UploadOptions, UploadRequest } from "./client/uploads.ts";
export { type Device, inWorker } from "./device.ts";
export type { CertificateFacts } from "./files/certificates.ts";
export { type Candidate, type Found, findCertificates, type Refused, type SetAside } from "./files/find.ts";
export { forget, type KeySource, type OpenedKey, openKey } from "./files/open.ts";
export { filesOfDrop, type Picked, type PlacedFile } from "./files/picked.ts";
export type { Label } from "./files/policies.ts";
export { LIMITS } from "./limits.ts";
export type { Aborted, FileCode, FileProblem, Result, Unexpected } from "./results.ts";
export { type SecretProblem, sealPassword, sealRandomNumber } from "./signing/sealing.ts";
export { signCms, signText } from "./signing/signatures.ts";
