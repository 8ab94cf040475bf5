/** The page's side and the worker's side of a device, with a worker that is only their protocol. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer, Request } from "../src/device.ts";
import { inWorker } from "../src/index.ts";
import { serve } from "../src/worker.ts";
import { caseNamed, DOCUMENT, filesOf } from "./cases.ts";

type Scope = Parameters<typeof serve>[0];

/** Hands messages to `serve`, or keeps them where it is `silent`. */
class Workers {
  made = 0;
  ended = 0;
  readonly asked: Request[] = [];
  last: Worker | undefined;
  readonly #silent: boolean;

  constructor(silent = false) {
    this.#silent = silent;
  }

  readonly create = (): Worker => {
    this.made += 1;
    const scope: Scope = { onmessage: null, postMessage: (data: Answer) => deliver(data) };
    if (!this.#silent) serve(scope);
    const worker = {
      onmessage: null as ((event: { data: Answer }) => void) | null,
      onerror: null as (() => void) | null,
      postMessage: (data: Request) => {
        this.asked.push(data);
        scope.onmessage?.({ data } as MessageEvent<Request>);
      },
      terminate: () => {
        this.ended += 1;
      },
    };
    const deliver = (data: Answer) => worker.onmessage?.({ data });
    this.last = worker as unknown as Worker;
    return this.last;
  };
}

test("a worker is made when it is needed, and finds and opens", async () => {
  const workers = new Workers();
  const device = inWorker(workers.create);
  assert.equal(workers.made, 0);
  const each = caseNamed("sample pair");
  const found = await device.findCertificates(filesOf(each));
  assert.ok(found.ok && found.value.candidates[0]);
  const opened = await device.openKey(found.value.candidates[0], DOCUMENT.password);
  assert.ok(opened.ok && opened.value.algorithm === "RSA");
  const wrong = await device.openKey(found.value.candidates[0], "wrong");
  assert.ok(!wrong.ok && wrong.error.kind === "file" && wrong.error.code === "FILE_PASSWORD_WRONG");
  assert.equal(workers.made, 1);
  device.end();
  assert.equal(workers.ended, 1);
});

test("the place of a file in its folder goes with it: a copy of a File has none", async () => {
  const workers = new Workers();
  const file = new File(["x"], "signCert.der");
  Object.defineProperty(file, "webkitRelativePath", { value: "NPKI/a/signCert.der" });
  await inWorker(workers.create).findCertificates([file]);
  assert.deepEqual(workers.asked, [{ id: 1, task: "find", picked: [{ file, path: "NPKI/a/signCert.der" }] }]);
});

test("a signal ends the worker, and the next call makes another", async () => {
  const workers = new Workers(true);
  const device = inWorker(workers.create);
  const controller = new AbortController();
  const opening = device.openKey({ files: [] }, "x", { signal: controller.signal });
  controller.abort();
  assert.deepEqual(await opening, { ok: false, error: { kind: "aborted" } });
  assert.equal(workers.ended, 1);
  const again = device.findCertificates([]);
  assert.equal(workers.made, 2);
  device.end();
  assert.deepEqual(await again, { ok: false, error: { kind: "aborted" } });
  const early = await device.findCertificates([], { signal: AbortSignal.abort() });
  assert.deepEqual(early, { ok: false, error: { kind: "aborted" } });
  assert.equal(workers.made, 2);
});

test("a worker that cannot be made, or fails, is a value", async () => {
  const refused = inWorker(() => {
    throw new DOMException("blocked by the page's policy", "SecurityError");
  });
  const result = await refused.findCertificates([]);
  assert.ok(!result.ok && result.error.kind === "unexpected");
  const workers = new Workers(true);
  const device = inWorker(workers.create);
  const opening = device.openKey({ files: [] }, "x");
  workers.last?.onerror?.(new Event("error") as ErrorEvent);
  const failure = await opening;
  assert.ok(!failure.ok && failure.error.kind === "unexpected");
});
