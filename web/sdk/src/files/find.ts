/** Finds what can be chosen among files or in a whole NPKI folder: pairs by folder, certificates for encipherment set aside. */

import { Malformed } from "../asn1/der.ts";
import { LIMITS } from "../limits.ts";
import { type Aborted, type FileProblem, failed, type Result, type Unexpected } from "../results.ts";
import { type Certificate, type CertificateFacts, factsOf } from "./certificates.ts";
import { addFile, type Contents, nothing } from "./formats.ts";
import { readEnvelope } from "./key_envelopes.ts";
import { readPfx } from "./pfx.ts";
import { bytesOf, folderOf, nameOf, type Picked, type PlacedFile, placed } from "./picked.ts";
import { chooseEndEntity } from "./pkcs7.ts";
import { Refusal, settled } from "./refusal.ts";

/** What the customer can choose. */
export interface Candidate {
  /** Unique among the candidates found, and the same for the same files chosen again. */
  readonly id: string;
  /** `pair`: certificate and key in two files; `pem`: both in one; `certificate`: no key with it. */
  readonly form: "pair" | "pem" | "pfx" | "certificate";
  /** Where it is in the chosen folder; "" for files that were chosen one by one. */
  readonly folder: string;
  /** For `openKey`, and for `upload` as a container. */
  readonly files: readonly File[];
  readonly hasKey: boolean;
  /** null for `pfx`: what it holds shows after `openKey`. */
  readonly certificate: CertificateFacts | null;
}

/** A file that was meant to be chosen, and cannot be used. */
export interface Refused {
  readonly path: string;
  readonly file: File;
  readonly problem: FileProblem;
}

/** A file that is nothing to choose: for encipherment, of a CA, a key without its certificate, or another thing. */
export interface SetAside {
  readonly path: string;
  readonly file: File;
  readonly why: "encipherment" | "authority" | "key" | "other";
}

export interface Found {
  /** Those that are valid now first, then by their end, the latest first. */
  readonly candidates: readonly Candidate[];
  readonly refused: readonly Refused[];
  readonly setAside: readonly SetAside[];
  /** Files that were not looked at, because the folder has too many. */
  readonly skipped: number;
}

// What names of customers' files end in: in a chosen folder, others are passed over in silence if they are nothing known.
const LIKELY = /\.(?:der|key|pfx|p12|cer|crt|pem|p7b|p7c)$/i;
const BATCH = 16;

export function findCertificates(
  picked: Iterable<Picked>,
  options: { signal?: AbortSignal } = {},
): Promise<Result<Found, Aborted | Unexpected>> {
  return settled(() => find(Array.from(picked, placed), options.signal)).then((result) =>
    !result.ok && result.error.kind === "file"
      ? failed({ kind: "unexpected", message: result.error.code })
      : (result as Result<Found, Aborted | Unexpected>),
  );
}

interface Read extends PlacedFile {
  readonly contents: Contents;
}

async function find(files: readonly PlacedFile[], signal: AbortSignal | undefined): Promise<Found> {
  const ordered = [...files].sort((one, other) => Number(LIKELY.test(other.path)) - Number(LIKELY.test(one.path)));
  const looked = ordered.slice(0, LIMITS.folderFiles);
  const result = {
    candidates: [] as Candidate[],
    refused: [] as Refused[],
    setAside: [] as SetAside[],
    skipped: ordered.length - looked.length,
  };
  const folders = new Map<string, Read[]>();
  for (let at = 0; at < looked.length; at += BATCH) {
    const batch = looked
      .slice(at, at + BATCH)
      .map(async (each) => ({ each, read: await contentsOf(each.file, signal) }));
    for (const { each, read } of await Promise.all(batch)) {
      if (read instanceof Refusal) {
        refuse(each, read, result);
      } else {
        const folder = folderOf(each.path);
        folders.set(folder, [...(folders.get(folder) ?? []), { ...each, contents: read }]);
      }
    }
  }
  for (const [folder, inside] of folders) await addFolder(folder, inside, result);
  const now = new Date();
  result.candidates.sort((one, other) => rank(other, now) - rank(one, now));
  return result;
}

type Sorted = { candidates: Candidate[]; refused: Refused[]; setAside: SetAside[] };

function refuse({ path, file }: PlacedFile, refusal: Refusal, result: Sorted): void {
  const isMeant = folderOf(path) === "" || LIKELY.test(path);
  if (isMeant) result.refused.push({ path, file, problem: refusal.problem });
  else result.setAside.push({ path, file, why: "other" });
}

/** What is in a file, or why it cannot be used. Its size is looked at before it is read. */
async function contentsOf(file: File, signal: AbortSignal | undefined): Promise<Contents | Refusal> {
  if (file.size === 0) return new Refusal("UPLOAD_EMPTY");
  if (file.size > LIMITS.fileBytes) return new Refusal("UPLOAD_TOO_LARGE", { max_bytes: LIMITS.fileBytes });
  const bytes = await bytesOf(file, signal);
  if (bytes === null) return new Refusal("FILE_UNREADABLE");
  return refusedOr(() => {
    const contents = nothing();
    addFile(bytes, contents);
    if (contents.hasOpenKey) throw new Refusal("FILE_ENCRYPTION_UNSUPPORTED");
    // What no password fixes is reported now.
    for (const key of contents.envelopes) readEnvelope(key);
    for (const pfx of contents.pfx) readPfx(pfx);
    return contents;
  });
}

function refusedOr<T>(step: () => T): T | Refusal {
  try {
    return step();
  } catch (error) {
    if (error instanceof Refusal) return error;
    if (error instanceof Malformed) return new Refusal("FILE_UNREADABLE");
    throw error;
  }
}

async function addFolder(folder: string, files: readonly Read[], result: Sorted): Promise<void> {
  const certificates: { read: Read; certificate: Certificate }[] = [];
  let keys: Read[] = [];
  for (const read of files) {
    const { contents, path, file } = read;
    const count = contents.pfx.length + Math.max(contents.certificates.length, contents.envelopes.length);
    if (contents.pfx.length > 0) {
      if (count > 1) refuse(read, new Refusal("FILE_SEVERAL_CERTIFICATES", { count }), result);
      else await add("pfx", folder, [read], null, result);
    } else if (contents.certificates.length > 0) {
      const certificate = refusedOr(() => chooseEndEntity(contents.certificates));
      const onlyAuthorities = certificate instanceof Refusal && certificate.code === "FILE_NO_CERTIFICATE";
      if (onlyAuthorities) result.setAside.push({ path, file, why: "authority" });
      else if (certificate instanceof Refusal) refuse(read, certificate, result);
      else if (certificate.isAuthority) result.setAside.push({ path, file, why: "authority" });
      else if (!certificate.maySign) result.setAside.push({ path, file, why: "encipherment" });
      else if (contents.envelopes.length > 1) {
        refuse(read, new Refusal("FILE_SEVERAL_CERTIFICATES", { count: contents.envelopes.length }), result);
      } else if (contents.envelopes.length === 1) await add("pem", folder, [read], certificate, result);
      else certificates.push({ read, certificate });
    } else if (folder !== "" && stem(path) === "km") {
      result.setAside.push({ path, file, why: "encipherment" });
    } else if (contents.envelopes.length > 0) keys.push(read);
    else result.setAside.push({ path, file, why: "other" });
  }
  const alone: typeof certificates = [];
  for (const each of certificates) {
    const own = keys.filter(({ path }) => stem(path) === stem(each.read.path));
    const twins = certificates.filter(({ read }) => stem(read.path) === stem(each.read.path));
    const [key] = own;
    if (!key || own.length > 1 || twins.length > 1) {
      alone.push(each);
      continue;
    }
    keys = keys.filter((other) => other !== key);
    await add("pair", folder, [each.read, key], each.certificate, result);
  }
  const [last] = alone;
  const [key] = keys;
  if (last && key && alone.length === 1 && keys.length === 1) {
    return add("pair", folder, [last.read, key], last.certificate, result);
  }
  for (const { read, certificate } of alone) await add("certificate", folder, [read], certificate, result);
  for (const { path, file } of keys) result.setAside.push({ path, file, why: "key" });
}

/** What the names of a certificate and its key have in common: `sign` of signCert.der and signPri.key. */
function stem(path: string): string {
  return nameOf(path)
    .toLowerCase()
    .replace(/\.[^.]*$/, "")
    .replace(/(?:cert|pri)$/, "");
}

async function add(
  form: Candidate["form"],
  folder: string,
  reads: readonly Read[],
  certificate: Certificate | null,
  result: Sorted,
): Promise<void> {
  const [first] = reads as [Read];
  try {
    const facts = certificate && (await factsOf(certificate));
    const paths = reads.map(({ path }) => path).join("|");
    const twins = result.candidates.filter(({ id }) => id === paths || id.startsWith(`${paths}#`)).length;
    result.candidates.push({
      id: twins === 0 ? paths : `${paths}#${twins + 1}`,
      form,
      folder,
      files: reads.map(({ file }) => file),
      hasKey: form !== "certificate",
      certificate: facts,
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refuse(first, error, result);
  }
}

function rank({ certificate, hasKey }: Candidate, now: Date): number {
  if (certificate === null) return 2e15;
  const isValid = certificate.notBefore <= now && now <= certificate.notAfter;
  return (isValid ? (hasKey ? 6e15 : 4e15) : 0) + certificate.notAfter.getTime();
}
