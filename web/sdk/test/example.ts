/** The example of README.md, which a test compares with it; only its types are checked. */
import {
  type Candidate,
  type Certificate,
  createClient,
  inWorker,
  type OpenedKey,
  sealRandomNumber,
  signText,
} from "../src/index.ts";

declare const api: string;
declare const token: string | null;
declare const proofId: string;
declare const workerAddress: string;
declare const input: { readonly files: FileList };
declare const password: { readonly value: string };
declare function letTheCustomerChoose(candidates: readonly Candidate[]): Promise<Candidate>;
declare function agrees(certificate: Certificate, consent: string, text: string): Promise<boolean>;
declare function show(what: unknown): void;
declare function showProgress(sent: number, total: number): void;

// example: start
const client = createClient({ baseUrl: api, language: () => "ko", getToken: () => token });
const device = inWorker(() => new Worker(workerAddress, { type: "module" }));

export async function openChosen(): Promise<OpenedKey | undefined> {
  const found = await device.findCertificates(input.files); // an <input type="file" webkitdirectory>
  if (!found.ok) return void show(found.error);
  const candidate = await letTheCustomerChoose(found.value.candidates);
  const opened = await device.openKey(candidate, password.value);
  if (!opened.ok) return void show(opened.error); // FILE_PASSWORD_WRONG, FILE_ENCRYPTION_UNSUPPORTED, …
  return opened.value;
}

export async function register(key: OpenedKey): Promise<void> {
  const files = [{ name: "signCert.der", content: key.certificate.der }];
  const sent = await client.upload({ proofId, files }, { onProgress: showProgress });
  if (!sent.ok) return show(sent.error);
  const decided = await client.pollUpload(sent.value.upload_id, { onUpdate: show });
  if (!decided.ok) return show(decided.error);
  const upload = decided.value;
  if (upload.state !== "AWAITING_PROOF" || upload.proof.kind !== "to_sign") return show(upload);

  const { proof, upload_id } = upload;
  if (!key.randomNumber) return show("the file holds no R: the owner cannot be checked");
  if (!(await agrees(upload.certificate, proof.consent.text, proof.text))) return;
  const binding = { upload: upload_id, nonce: proof.nonce, randomNumber: key.randomNumber };
  const r = await sealRandomNumber(proof.sealing_keys, binding);
  if (!r.ok) return show(r.error);
  const signature = await signText(key, proof.text);
  const body = { consent_version: proof.consent.version, signature, random_number: r.value };
  show(await client.post("/uploads/{upload_id}/registration", { path: { upload_id }, body }));
}
// example: end
