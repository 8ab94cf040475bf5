/** What is found among chosen files and in an NPKI folder. */
import assert from "node:assert/strict";
import { openAsBlob } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readCertificate } from "../src/files/certificates.ts";
import { type Found, findCertificates, LIMITS, openKey, type Picked } from "../src/index.ts";
import { bytes, caseNamed, DOCUMENT, filesOf } from "./cases.ts";

const HOME = "Documents/NPKI/yessign/USER/cn=홍길동()0020041,ou=WOORI,ou=personal4IB,o=yessign,c=kr";
const OLD = "Documents/NPKI/KICA/USER/cn=홍길동()0020042,ou=WOORI,ou=personal,o=KICA,c=KR";

function picked(path: string, content: Uint8Array<ArrayBuffer> | string): Picked {
  return { file: new File([content], path.slice(path.lastIndexOf("/") + 1)), path };
}

function folder(): Picked[] {
  return Object.entries(DOCUMENT.folder).map(([path, content]) => picked(path, bytes(content)));
}

async function found(files: Iterable<Picked>): Promise<Found> {
  const result = await findCertificates(files);
  assert.ok(result.ok);
  return result.value;
}

test("a whole folder: pairs by their folder, the rest with a reason", async () => {
  const { candidates, refused, setAside, skipped } = await found(folder());
  const where = (at: string) => candidates.find(({ folder: place, form }) => place === at && form === "pair");
  assert.deepEqual(
    where(HOME)?.files.map(({ name }) => name),
    ["signCert.der", "signPri.key"],
  );
  assert.equal(where(HOME)?.certificate?.holder, "홍길동");
  assert.deepEqual(where(OLD)?.certificate?.issuer.name, { ko: "한국정보인증 (KICA)", en: "KICA signGATE" });
  assert.deepEqual(
    candidates.map(({ id }) => id.replace("Documents/NPKI/", "")).sort(),
    [
      "KICA/USER/cn=홍길동()0020042,ou=WOORI,ou=personal,o=KICA,c=KR/signCert.der|Documents/NPKI/" +
        "KICA/USER/cn=홍길동()0020042,ou=WOORI,ou=personal,o=KICA,c=KR/signPri.key",
      "backup/kim.der|Documents/NPKI/backup/lonely.key",
      "backup/kim.pfx",
      "both/one.der|Documents/NPKI/both/one.key",
      "both/other.der",
      `${HOME.replace("Documents/NPKI/", "")}/signCert.der|${HOME}/signPri.key`,
    ].sort(),
  );
  const aside = Object.fromEntries(setAside.map(({ path, why }) => [path.replace("Documents/NPKI/", ""), why]));
  assert.deepEqual(aside, {
    [`${HOME.replace("Documents/NPKI/", "")}/kmCert.der`]: "encipherment",
    [`${HOME.replace("Documents/NPKI/", "")}/kmPri.key`]: "encipherment",
    [`${HOME.replace("Documents/NPKI/", "")}/CaPubs`]: "authority",
    "yessign/3D1F_yessignCA.der": "authority",
    "KISA/root.der": "authority",
    "yessign/logo.bmp": "other",
  });
  assert.deepEqual(
    Object.fromEntries(refused.map(({ path, problem }) => [path.replace("Documents/NPKI/", ""), problem.code])),
    { "backup/damaged.pfx": "FILE_UNREADABLE", "both/empty.key": "UPLOAD_EMPTY" },
  );
  assert.equal(skipped, 0);
});

test("those that are valid now come first, and among them those with a key", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: new Date("2026-12-01T00:00:00Z") });
  const { candidates } = await found(folder());
  const order = candidates.map(
    ({ form, folder: place }) => `${form} ${place.replace("Documents/NPKI/", "").slice(0, 7)}`,
  );
  assert.deepEqual(order.slice(0, 3).sort(), ["pair backup", "pair both", "pair yessign"]);
  assert.deepEqual(order.slice(3), ["certificate both", "pfx backup", "pair KICA/US"]);
});

test("a candidate opens as it is", async () => {
  const { candidates } = await found(folder());
  for (const candidate of candidates.filter(({ hasKey }) => hasKey)) {
    const opened = await openKey(candidate, DOCUMENT.password);
    assert.ok(opened.ok, candidate.id);
    if (candidate.certificate)
      assert.equal(opened.value.certificate.fingerprint, candidate.certificate.fingerprint);
  }
});

test("the facts of a certificate are those that the service reads", async () => {
  for (const { der, expected } of DOCUMENT.certificates) {
    const { candidates } = await found([picked("signCert.der", bytes(der))]);
    const facts = candidates[0]?.certificate;
    assert.ok(facts);
    assert.equal(facts.fingerprint, expected.fingerprint);
    assert.equal(facts.serial, expected.serial);
    assert.equal(facts.holder, expected.holder);
    assert.equal(facts.notBefore.getTime() / 1000, expected.notBefore);
    assert.equal(facts.notAfter.getTime() / 1000, expected.notAfter);
    assert.deepEqual([...readCertificate(bytes(der)).policies].sort(), expected.policies);
    assert.equal(facts.kind, "personal");
    assert.ok(facts.policy.label?.ko);
  }
});

test("one file, or two, chosen without a folder", async () => {
  const pair = filesOf(caseNamed("sample pair"));
  const one = await found(filesOf(caseNamed("sample pair-pem")));
  assert.deepEqual(
    one.candidates.map(({ form }) => form),
    ["pem"],
  );
  const two = await found(pair);
  assert.deepEqual(
    two.candidates.map(({ form, folder: place }) => [form, place]),
    [["pair", ""]],
  );
  const pfx = await found(filesOf(caseNamed("sample pfx")));
  assert.deepEqual(
    pfx.candidates.map(({ form, certificate }) => [form, certificate]),
    [["pfx", null]],
  );
  const key = await found(
    pair.filter(({ name }) => name === "signCert.der").map((file) => new File([file], "x.key")),
  );
  assert.deepEqual(
    key.setAside.map(({ why }) => why),
    ["key"],
  );
  assert.deepEqual(key.candidates, []);
});

test("a chosen file that is nothing known is refused with its reason", async () => {
  for (const [name, code] of [
    ["a zip", "FILE_UNREADABLE"],
    ["a picture", "FILE_UNREADABLE"],
    ["nothing", "UPLOAD_EMPTY"],
    ["a byte more than 64 KiB", "UPLOAD_TOO_LARGE"],
    ["SEQUENCE in SEQUENCE, 64 KiB", "FILE_UNREADABLE"],
    ["64 KiB of open SEQUENCE", "FILE_UNREADABLE"],
  ] as const) {
    const { refused, candidates } = await found(filesOf(caseNamed(name)));
    assert.deepEqual(
      refused.map(({ problem }) => problem.code),
      [code],
      name,
    );
    assert.deepEqual(candidates, []);
  }
});

test("a cost that no password makes smaller is refused before a password is asked for", async () => {
  const { refused, candidates } = await found(filesOf(caseNamed("32 bits of rounds, 1.2.410.200004.1.15")));
  assert.deepEqual(
    refused.map(({ problem }) => problem),
    [{ kind: "file", code: "FILE_KDF_COST_TOO_HIGH", params: { rounds: 2 ** 31, limit: LIMITS.rounds } }],
  );
  assert.deepEqual(
    candidates.map(({ form }) => form),
    ["certificate"],
  );
});

test("a file of 3 GB is refused by its size, unread", async () => {
  const place = await mkdtemp(join(tmpdir(), "large-"));
  try {
    const large = join(place, "signCert.der");
    const handle = await open(large, "w");
    await handle.truncate(3 * 1024 ** 3);
    await handle.close();
    const file = new File([await openAsBlob(large)], "signCert.der");
    assert.equal(file.size, 3 * 1024 ** 3);
    for (const method of ["stream", "arrayBuffer", "text"] as const) {
      file[method] = () => assert.fail("it was read");
    }
    const { refused } = await found([file]);
    assert.deepEqual(
      refused.map(({ problem }) => problem.code),
      ["UPLOAD_TOO_LARGE"],
    );
    const opened = await openKey({ files: [file] }, "x");
    assert.ok(!opened.ok && opened.error.kind === "file" && opened.error.code === "UPLOAD_TOO_LARGE");
  } finally {
    await rm(place, { recursive: true });
  }
});

test("a file that has more than it says, or cannot be read, is refused", async () => {
  const growing = new File(["x"], "a.der");
  growing.stream = () => new Blob([new Uint8Array(LIMITS.fileBytes + 1)]).stream();
  const gone = new File(["x"], "b.der");
  gone.stream = () => {
    throw new DOMException("gone", "NotFoundError");
  };
  const { refused } = await found([growing, gone]);
  assert.deepEqual(
    refused.map(({ problem }) => problem.code),
    ["FILE_UNREADABLE", "FILE_UNREADABLE"],
  );
});

test("of a folder with too many files those with a likely name are looked at first", async () => {
  const others = Array.from({ length: LIMITS.folderFiles + 10 }, (_, i) => picked(`home/${i}.txt`, "x"));
  const { candidates, skipped, refused } = await found([...others, ...folder()]);
  assert.equal(skipped, 10 + folder().length);
  assert.equal(candidates.length, 6);
  assert.equal(refused.length, 2);
});

test("the same name twice makes two candidates", async () => {
  const [certificate] = filesOf(caseNamed("sample der"));
  assert.ok(certificate);
  const { candidates } = await found([certificate, certificate]);
  assert.deepEqual(
    candidates.map(({ id }) => id),
    ["signCert.der", "signCert.der#2"],
  );
});

test("a signal that fired stops the search", async () => {
  const result = await findCertificates(folder(), { signal: AbortSignal.abort() });
  assert.deepEqual(result, { ok: false, error: { kind: "aborted" } });
});
