/** The worker's side of device.ts: load it as a module worker. */
import type { Answer, Request } from "./device.ts";
import { findCertificates } from "./files/find.ts";
import { openKey } from "./files/open.ts";

interface Scope {
  onmessage: ((event: MessageEvent<Request>) => void) | null;
  postMessage(answer: Answer): void;
}

/** Answer requests of the page. */
export function serve(scope: Scope): void {
  scope.onmessage = async ({ data }) => {
    const result =
      data.task === "find"
        ? await findCertificates(data.picked)
        : await openKey({ files: data.files }, data.password);
    scope.postMessage({ id: data.id, result });
  };
}

serve(globalThis as unknown as Scope);
