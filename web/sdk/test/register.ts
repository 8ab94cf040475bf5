/** For tests/local: registers a certificate with the service at the address that comes on standard input. */
import { readFileSync } from "node:fs";
import {
  createClient,
  findCertificates,
  openKey,
  sealPassword,
  sealRandomNumber,
  signCms,
  signText,
} from "../src/index.ts";
import { bytes } from "./cases.ts";

interface Given {
  readonly api: string;
  readonly token: string;
  readonly proofId: string;
  readonly way: "signature" | "cms" | "container";
  readonly password: string;
  /** Base64 by path, as in a chosen folder. */
  readonly folder: Readonly<Record<string, string>>;
}

const given = JSON.parse(readFileSync(0, "utf8")) as Given;
const client = createClient({ baseUrl: given.api, language: () => "en", getToken: () => given.token });

function value<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const picked = Object.entries(given.folder).map(([path, content]) => ({
  file: new File([bytes(content)], path.slice(path.lastIndexOf("/") + 1)),
  path,
}));
const [candidate] = value(await findCertificates(picked)).candidates;
if (!candidate) throw new Error("no candidate");
const states: string[] = [];
const onUpdate = ({ state }: { state: string }) => states.push(state);

async function announced(): Promise<string> {
  const whole = candidate?.files.map((file) => ({ name: file.name, content: file })) ?? [];
  const files = given.way === "container" ? whole : whole.slice(0, 1);
  return value(await client.upload({ proofId: given.proofId, files })).upload_id;
}

const upload_id = await announced();
// After a lost response the same call names the same upload.
if ((await announced()) !== upload_id) throw new Error("a second upload");
let upload = value(await client.pollUpload(upload_id, { onUpdate }));
if (upload.state === "NEEDS_PASSWORD") {
  const { nonce, sealing_keys } = upload.password;
  const sealed = value(await sealPassword(sealing_keys, { upload: upload_id, nonce, password: given.password }));
  value(await client.post("/uploads/{upload_id}/password", { path: { upload_id }, body: { sealed } }));
  upload = value(await client.pollUpload(upload_id, { onUpdate }));
}
if (upload.state !== "AWAITING_PROOF") throw new Error(JSON.stringify(upload));
const { proof } = upload;
const body = { consent_version: proof.consent.version };
if (proof.kind === "to_sign") {
  const key = value(await openKey(candidate, given.password));
  const { randomNumber } = key;
  if (!randomNumber) throw new Error("no R");
  const r = value(
    await sealRandomNumber(proof.sealing_keys, { upload: upload_id, nonce: proof.nonce, randomNumber }),
  );
  const made =
    given.way === "cms" ? { cms: await signCms(key, proof.text) } : { signature: await signText(key, proof.text) };
  Object.assign(body, made, { random_number: r });
}
const registered = await client.post("/uploads/{upload_id}/registration", { path: { upload_id }, body });
const listed = value(await client.get("/registrations"));
console.log(
  JSON.stringify({ registered: value(registered), status: registered.ok && registered.status, states, listed }),
);
