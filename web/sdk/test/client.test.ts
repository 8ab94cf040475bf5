/** The client: what it sends, what it repeats, and that every failure is a value. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type TestContext, test } from "node:test";
import { type AcceptedIssuer, type ClientOptions, createClient, sessionEnded, type Upload } from "../src/index.ts";

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

type Reply = Response | Error | ((sent: Sent) => Response);

const JSON_TYPE = { "Content-Type": "application/json" };

function problem(code: string, retryable: boolean, retryAfter?: number, status = 429): Response {
  const document = { type: `urn:registrar:problem:${code}`, title: "t", status, code, retryable, findings: [] };
  const headers = {
    "Content-Type": "application/problem+json",
    ...(retryAfter !== undefined && { "Retry-After": `${retryAfter}` }),
  };
  return new Response(JSON.stringify(document), { status, headers });
}

function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: JSON_TYPE });
}

/** A client whose requests get these replies in turn. */
function client(replies: Reply[], options: Partial<ClientOptions> = {}) {
  const sent: Sent[] = [];
  const answer = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const body = typeof init.body === "string" ? JSON.parse(init.body) : init.body;
    const request = {
      method: init.method ?? "GET",
      url: String(url),
      headers: Object.fromEntries(new Headers(init.headers)),
      body,
    };
    sent.push(request);
    init.signal?.throwIfAborted();
    const reply = replies.shift();
    if (reply === undefined) throw new Error(`an unexpected request: ${request.method} ${request.url}`);
    if (reply instanceof Error) throw reply;
    return typeof reply === "function" ? reply(request) : reply;
  };
  const made = createClient({
    baseUrl: "https://api.example/v1",
    language: () => "ko",
    getToken: () => "the-token",
    fetch: answer as typeof fetch,
    ...options,
  });
  return { made, sent };
}

/** Timers that end at once, and the seconds that they were for. */
function waits(t: TestContext): number[] {
  const seconds: number[] = [];
  const original = globalThis.setTimeout;
  t.mock.method(globalThis, "setTimeout", (resume: () => void, milliseconds: number) => {
    seconds.push(milliseconds / 1000);
    return original(resume, 0);
  });
  return seconds;
}

const LOST = new TypeError("fetch failed");

test("a request has the language, the token and nothing that a page would add", async () => {
  const { made, sent } = client([json({ registrations: [] })]);
  const result = await made.get("/registrations");
  assert.ok(result.ok && result.status === 200);
  assert.deepEqual(sent, [
    {
      method: "GET",
      url: "https://api.example/v1/registrations",
      headers: { "accept-language": "ko", authorization: "Bearer the-token" },
      body: undefined,
    },
  ]);
});

test("language and token are asked for each time", async () => {
  let token: string | null = null;
  const { made, sent } = client([json({}), json({})], {
    getToken: () => token,
    language: () => (token ? "en" : "ko"),
  });
  await made.post("/login", { body: { customer_id: "gildong", password: "x", operation: "register" } });
  token = "later";
  await made.post("/logout");
  assert.deepEqual(
    sent.map(({ headers, body }) => [headers.authorization, headers["accept-language"], body]),
    [
      [undefined, "ko", { customer_id: "gildong", password: "x", operation: "register" }],
      ["Bearer later", "en", undefined],
    ],
  );
});

test("the list of issuers is asked for without a login, and has texts in both languages", async () => {
  const name = { ko: "금융결제원 (yessign)", en: "KFTC yessign" };
  const issuer = { operator: "yessign", name, accepted: true, kinds: [], authorities: [], announced: [] };
  const { made, sent } = client([json({ issuers: [issuer], files: { max_files: 2, max_bytes: 65536 } })], {
    getToken: () => null,
  });
  const result = await made.get("/issuers");
  assert.ok(result.ok && result.status === 200);
  const found: AcceptedIssuer[] = result.value.issuers;
  assert.deepEqual([found[0]?.name, result.value.files.max_bytes], [name, 65536]);
  assert.deepEqual(
    [sent[0]?.url, sent[0]?.headers],
    ["https://api.example/v1/issuers", { "accept-language": "ko" }],
  );
});

test("values in a path are encoded, and headers of an operation are sent", async () => {
  const { made, sent } = client([json({})]);
  await made.delete("/registrations/{registration_id}", {
    path: { registration_id: "r/../x" },
    headers: { "Proof-Id": "the-proof" },
  });
  assert.equal(sent[0]?.url, "https://api.example/v1/registrations/r%2F..%2Fx");
  assert.equal(sent[0]?.headers["proof-id"], "the-proof");
});

test("a retryable refusal with Retry-After is repeated after that many seconds, four tries in all", async (t) => {
  const seconds = waits(t);
  const { made, sent } = client([
    problem("IN_PROGRESS", true, 1, 409),
    problem("RATE_LIMITED", true, 2),
    problem("SYSTEM_RETRY", true, 5, 500),
    problem("SYSTEM_RETRY", true, 5, 500),
  ]);
  const result = await made.get("/sealing-key");
  assert.ok(!result.ok && result.error.kind === "problem");
  assert.equal(result.error.problem.code, "SYSTEM_RETRY");
  assert.equal(sent.length, 4);
  assert.deepEqual(seconds, [1, 2, 5]);
});

test("what must not be repeated is not", async () => {
  for (const [reply, retryAfter] of [
    [problem("LOGIN_FAILED", false, 60, 401), 60], // Retry-After alone is no permission
    [problem("STATE_CONFLICT", true, undefined, 409), null],
    [problem("RATE_LIMITED", true, 60), 60], // longer than a customer waits without being told
  ] as const) {
    const { made, sent } = client([reply]);
    const result = await made.post("/login", { body: { customer_id: "gildong", password: "x" } });
    assert.ok(!result.ok && result.error.kind === "problem");
    assert.equal(result.error.retryAfter, retryAfter);
    assert.equal(sent.length, 1);
  }
});

test("a lost connection is repeated where that changes nothing", async (t) => {
  const seconds = waits(t);
  const { made, sent } = client([LOST, LOST, json({})]);
  const result = await made.post("/registrations/{registration_id}/loss", { path: { registration_id: "r1" } });
  assert.ok(result.ok);
  assert.equal(sent.length, 3);
  assert.deepEqual(seconds, [1, 3]);
  const given = client([LOST, LOST, LOST]);
  assert.deepEqual(await given.made.get("/credentials"), {
    ok: false,
    error: { kind: "network", timedOut: false },
  });
});

test("a lost connection is not repeated where an attempt counts or a code is used up", async () => {
  const calls = [
    (made: ReturnType<typeof createClient>) => made.post("/login", { body: { customer_id: "a", password: "b" } }),
    (made: ReturnType<typeof createClient>) =>
      made.post("/challenges/otp", { body: { challenge_id: "c", code: "1" } }),
    (made: ReturnType<typeof createClient>) => made.post("/challenges/sms", { body: { challenge_id: "c" } }),
    (made: ReturnType<typeof createClient>) =>
      made.post("/uploads/{upload_id}/password", {
        path: { upload_id: "u" },
        body: { sealed: { key_id: "k", ciphertext: "AQEB" } },
      }),
  ];
  for (const call of calls) {
    const { made, sent } = client([LOST]);
    assert.deepEqual(await call(made), { ok: false, error: { kind: "network", timedOut: false } });
    assert.equal(sent.length, 1);
  }
});

test("a request that takes too long is a time-out, and is not repeated", async (t) => {
  t.mock.method(AbortSignal, "timeout", () => AbortSignal.abort(new DOMException("", "TimeoutError")));
  const { made, sent } = client([json({})]);
  assert.deepEqual(await made.get("/registrations"), { ok: false, error: { kind: "network", timedOut: true } });
  assert.equal(sent.length, 1);
});

test("a signal ends a request, and a wait", async () => {
  const early = client([]);
  const signal = AbortSignal.abort();
  assert.deepEqual(await early.made.get("/registrations", { signal }), { ok: false, error: { kind: "aborted" } });
  const controller = new AbortController();
  const { made } = client([
    () => {
      setImmediate(() => controller.abort());
      return problem("RATE_LIMITED", true, 20);
    },
  ]);
  const result = await made.get("/registrations", { signal: controller.signal });
  assert.deepEqual(result, { ok: false, error: { kind: "aborted" } });
});

test("a response of something else is unexpected, and quotes nothing of it", async () => {
  for (const [reply, status, message] of [
    [
      new Response("<html>secret</html>", { status: 502, headers: { "Content-Type": "text/html" } }),
      502,
      "HTTP 502, text/html",
    ],
    [new Response("no json", { headers: JSON_TYPE }), 200, "HTTP 200, application/json"],
    [json({ message: "Unauthorized" }, 401), 401, "HTTP 401, application/json"],
    [
      new Response("{}", { status: 400, headers: { "Content-Type": "application/problem+json" } }),
      400,
      "HTTP 400, application/problem+json",
    ],
    [new Response("", { status: 200 }), 200, "HTTP 200, text/plain;charset=UTF-8"],
  ] as const) {
    const { made } = client([reply]);
    assert.deepEqual(await made.get("/registrations"), {
      ok: false,
      error: { kind: "unexpected", status, message },
    });
  }
});

test("an ended session is recognised, on AWS and on the local cloud", async () => {
  for (const [reply, ended] of [
    [problem("AUTH_REQUIRED", false, undefined, 401), true],
    [problem("SESSION_EXPIRED", false, undefined, 401), true],
    [problem("LOGIN_FAILED", false, undefined, 401), false],
    [json({ Message: "User is not authorized" }, 403), true],
    [json({}, 404), false],
  ] as const) {
    const { made } = client([reply]);
    const result = await made.get("/registrations");
    assert.ok(!result.ok);
    assert.equal(sessionEnded(result.error), ended);
  }
  assert.equal(sessionEnded({ kind: "network" }), false);
});

// Uploads

const CERTIFICATE = { name: "signCert.der", content: new TextEncoder().encode("a certificate") };
const FORM = { name: "signCert.der", url: "https://storage.example/", fields: { key: "uploads/u/0", policy: "p" } };

function announced(state = "ISSUED", files = [FORM]): Response {
  return json({ upload_id: "u", state, expires_at: "2026-11-22T03:10:40Z", files }, 201);
}

function stored(status = 204): Response {
  return new Response(null, { status });
}

test("files are announced with their digest and sent with their forms, without the token", async () => {
  const { made, sent } = client([announced(), stored()]);
  const progress: [number, number][] = [];
  const result = await made.upload(
    { proofId: "the-proof", files: [CERTIFICATE] },
    { onProgress: (done, total) => progress.push([done, total]) },
  );
  assert.ok(result.ok && result.value.upload_id === "u");
  const [request, form] = sent;
  assert.ok(request && form);
  assert.match(request.headers["idempotency-key"] ?? "", /^[A-Za-z0-9_-]{8,64}$/);
  assert.deepEqual(request.body, {
    proof_id: "the-proof",
    files: [{ name: "signCert.der", size: 13, sha256: createHash("sha256").update("a certificate").digest("hex") }],
  });
  assert.equal(form.url, "https://storage.example/");
  assert.deepEqual(form.headers, {});
  const parts = [...(form.body as FormData)];
  assert.deepEqual(parts.slice(0, 2), [
    ["key", "uploads/u/0"],
    ["policy", "p"],
  ]);
  const [name, file] = parts[2] as [string, File];
  assert.deepEqual([name, await file.text()], ["file", "a certificate"]);
  assert.deepEqual(progress, [[13, 13]]);
});

test("the same proof and files have the same idempotency key, others have another", async () => {
  const { made, sent } = client([LOST, LOST, LOST, announced("VALIDATING"), announced("VALIDATING")]);
  const one = { proofId: "one", files: [CERTIFICATE] };
  const { signal } = new AbortController();
  const original = globalThis.setTimeout;
  globalThis.setTimeout = ((resume: () => void) => original(resume, 0)) as typeof setTimeout;
  try {
    assert.ok(!(await made.upload(one, { signal })).ok);
    assert.ok((await made.upload(one)).ok);
    assert.ok((await made.upload({ ...one, proofId: "two" })).ok);
  } finally {
    globalThis.setTimeout = original;
  }
  const keys = sent.map(({ headers }) => headers["idempotency-key"]);
  assert.equal(new Set(keys.slice(0, 4)).size, 1);
  assert.notEqual(keys[4], keys[3]);
});

test("after a lost connection in the middle the same upload goes on, and what arrived is not sent again", async (t) => {
  waits(t);
  const { made, sent } = client([announced(), LOST, announced("VALIDATING")]);
  const result = await made.upload({ proofId: "p", files: [CERTIFICATE] });
  assert.ok(result.ok && result.value.state === "VALIDATING");
  assert.equal(sent[0]?.headers["idempotency-key"], sent[2]?.headers["idempotency-key"]);
});

test("an expired form is replaced, and after three tries it is the reason", async (t) => {
  waits(t);
  const { made, sent } = client([announced(), stored(403), announced(), stored(403), announced(), stored(403)]);
  const result = await made.upload({ proofId: "p", files: [CERTIFICATE] });
  assert.deepEqual(result, { ok: false, error: { kind: "form", reason: "expired" } });
  assert.equal(sent.length, 6);
});

test("other refusals of storage are not repeated", async () => {
  for (const [status, error] of [
    [400, { kind: "form", reason: "size" }],
    [503, { kind: "unexpected", status: 503, message: "storage responded 503" }],
  ] as const) {
    const { made } = client([announced(), stored(status)]);
    assert.deepEqual(await made.upload({ proofId: "p", files: [CERTIFICATE] }), { ok: false, error });
  }
});

test("sizes that no upload may have are refused unread and unsent", async () => {
  const large = new File(["x"], "large");
  Object.defineProperty(large, "size", { value: 5e9 });
  large.arrayBuffer = () => assert.fail("it was read");
  for (const [files, error] of [
    [[{ name: "a", content: large }], { kind: "file", code: "UPLOAD_TOO_LARGE", params: { max_bytes: 65536 } }],
    [[{ name: "a", content: new Uint8Array(0) }], { kind: "file", code: "UPLOAD_EMPTY", params: {} }],
  ] as const) {
    const { made, sent } = client([]);
    assert.deepEqual(await made.upload({ proofId: "p", files }), { ok: false, error });
    assert.equal(sent.length, 0);
  }
});

test("a name that the contract refuses is made acceptable", async () => {
  for (const [name, accepted] of [
    ["a\u202egpj.der", "a_gpj.der"],
    ["\ud800", "\ufffd"],
    ["가".repeat(300), "가".repeat(255)],
    ["", "file"],
  ] as const) {
    const { made, sent } = client([announced("VALIDATING")]);
    await made.upload({ proofId: "p", files: [{ ...CERTIFICATE, name }] });
    assert.deepEqual(
      sent.map(({ body }) => (body as { files: { name: string }[] }).files.map((file) => file.name)),
      [[accepted]],
    );
  }
});

test("a signal ends an upload between its steps", async () => {
  const controller = new AbortController();
  const { made } = client([
    () => {
      controller.abort();
      return announced();
    },
  ]);
  const result = await made.upload({ proofId: "p", files: [CERTIFICATE] }, { signal: controller.signal });
  assert.deepEqual(result, { ok: false, error: { kind: "aborted" } });
});

/** Stands in for a browser's XMLHttpRequest, which alone reports what has been sent. */
class FakeXhr {
  static readonly sent: string[] = [];
  static status = 204;
  readonly upload: { onprogress?: (event: { loaded: number }) => void } = {};
  status = 0;
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  onloadend?: () => void;
  #url = "";

  open(method: string, url: string): void {
    this.#url = `${method} ${url}`;
  }

  send(body: FormData): void {
    FakeXhr.sent.push(`${this.#url} ${[...body.keys()].join(" ")}`);
    this.upload.onprogress?.({ loaded: 5 });
    // The form is larger than the file.
    this.upload.onprogress?.({ loaded: 500 });
    this.status = FakeXhr.status;
    if (FakeXhr.status !== 0) queueMicrotask(() => this.onload?.());
  }

  abort(): void {
    queueMicrotask(() => {
      this.onabort?.();
      this.onloadend?.();
    });
  }
}

test("a page is told how much of a file has been sent, and can stop it", async (t) => {
  Object.assign(globalThis, { XMLHttpRequest: FakeXhr });
  t.after(() => Reflect.deleteProperty(globalThis, "XMLHttpRequest"));
  const files = [CERTIFICATE, { ...CERTIFICATE, name: "signPri.key" }];
  const progress: [number, number][] = [];
  const onProgress = (done: number, total: number) => progress.push([done, total]);
  const { made } = client([announced("ISSUED", [FORM, FORM])]);
  assert.ok((await made.upload({ proofId: "p", files }, { onProgress })).ok);
  assert.deepEqual(FakeXhr.sent, new Array(2).fill("POST https://storage.example/ key policy file"));
  assert.deepEqual(progress, [
    [5, 26],
    [13, 26],
    [13, 26],
    [18, 26],
    [26, 26],
    [26, 26],
  ]);
  FakeXhr.status = 0;
  const controller = new AbortController();
  const stopped = client([announced()]).made.upload(
    { proofId: "p", files: [CERTIFICATE] },
    { signal: controller.signal, onProgress: () => controller.abort() },
  );
  assert.deepEqual(await stopped, { ok: false, error: { kind: "aborted" } });
});

const OPEN = { upload_id: "u", state: "VALIDATING", poll_after: 2 };
const DEFERRED = { upload_id: "u", state: "DEFERRED", poll_after: 60 };
const ENDED = { upload_id: "u", state: "REJECTED" };

test("an upload is polled by poll_after until it is decided", async (t) => {
  const seconds = waits(t);
  const { made, sent } = client([json(OPEN), json(OPEN), json(ENDED)]);
  const seen: string[] = [];
  const result = await made.pollUpload("u", { onUpdate: ({ state }: Upload) => seen.push(state) });
  assert.ok(result.ok && result.value.state === "REJECTED");
  assert.deepEqual(seen, ["VALIDATING", "VALIDATING", "REJECTED"]);
  assert.deepEqual(seconds, [2, 2]);
  assert.equal(sent[0]?.url, "https://api.example/v1/uploads/u");
});

test("an upload that was just sent is asked for when most are decided", async (t) => {
  const seconds = waits(t);
  const due = json({ upload_id: "u", state: "ISSUED", poll_after: 2, files: [FORM] }, 201);
  const { made } = client([due, stored(), json(ENDED), json(ENDED)]);
  assert.ok((await made.upload({ proofId: "p", files: [CERTIFICATE] })).ok);
  assert.ok((await made.pollUpload("u")).ok);
  assert.equal(seconds.length, 1);
  assert.ok((seconds[0] ?? 0) > 1.5 && (seconds[0] ?? 0) <= 2);
  assert.ok((await made.pollUpload("u")).ok);
  assert.equal(seconds.length, 1, "an upload that a page comes back to is asked for at once");
});

test("a deferred upload ends the polling, unless the page wants to go on", async (t) => {
  waits(t);
  const short = await client([json(DEFERRED)]).made.pollUpload("u");
  assert.ok(short.ok && short.value.state === "DEFERRED");
  const long = await client([json(DEFERRED), json(ENDED)]).made.pollUpload("u", { whileDeferred: true });
  assert.ok(long.ok && long.value.state === "REJECTED");
});

test("a signal ends the polling", async () => {
  const controller = new AbortController();
  const { made } = client([json({ ...OPEN, poll_after: 60 })]);
  const result = await made.pollUpload("u", {
    signal: controller.signal,
    onUpdate: () => setImmediate(() => controller.abort()),
  });
  assert.deepEqual(result, { ok: false, error: { kind: "aborted" } });
});
