/** Runs findCertificates and openKey in a worker, so that the page never waits for a hostile file. */
import type { Found, findCertificates as findHere } from "./files/find.ts";
import type { KeySource, OpenedKey } from "./files/open.ts";
import { type Picked, placed } from "./files/picked.ts";
import { type Aborted, type FileProblem, failed, type Result, type Unexpected } from "./results.ts";

export interface Device {
  findCertificates: typeof findHere;
  openKey(
    source: KeySource,
    password: string,
    options?: { signal?: AbortSignal },
  ): Promise<Result<OpenedKey, FileProblem | Aborted | Unexpected>>;
  /** End the worker. The next call makes another one. */
  end(): void;
}

/** What the page and the worker say to each other. */
export type Request =
  | { readonly id: number; readonly task: "find"; readonly picked: readonly Picked[] }
  | { readonly id: number; readonly task: "open"; readonly files: readonly Blob[]; readonly password: string };

export interface Answer {
  readonly id: number;
  readonly result: Result<unknown, FileProblem | Aborted | Unexpected>;
}

type Settle = (result: Answer["result"]) => void;
type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

/**
 * The same functions in a worker that `create` makes when it is first needed. A signal that fires ends the worker: a key
 * derivation cannot be stopped otherwise.
 */
export function inWorker(create: () => Worker): Device {
  let worker: Worker | null = null;
  let last = 0;
  const waiting = new Map<number, Settle>();

  function end(result: Answer["result"] = failed({ kind: "aborted" })): void {
    worker?.terminate();
    worker = null;
    const settles = [...waiting.values()];
    waiting.clear();
    for (const settle of settles) settle(result);
  }

  function started(): Worker {
    if (worker) return worker;
    worker = create();
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      waiting.get(data.id)?.(data.result);
      waiting.delete(data.id);
    };
    worker.onerror = () => end(failed({ kind: "unexpected", message: "the worker did not start, or failed" }));
    worker.onmessageerror = () => end(failed({ kind: "unexpected", message: "an answer that cannot be read" }));
    return worker;
  }

  function ask(request: WithoutId<Request>, signal: AbortSignal | undefined): Promise<Answer["result"]> {
    if (signal?.aborted) return Promise.resolve(failed({ kind: "aborted" }));
    last += 1;
    const id = last;
    return new Promise((resolve) => {
      const stop = () => end();
      waiting.set(id, (result) => {
        signal?.removeEventListener("abort", stop);
        resolve(result);
      });
      signal?.addEventListener("abort", stop, { once: true });
      try {
        started().postMessage({ ...request, id });
      } catch {
        end(failed({ kind: "unexpected", message: "the worker could not be made" }));
      }
    });
  }

  return {
    async findCertificates(picked, { signal } = {}) {
      // A copy of a File loses its place in the folder.
      const result = await ask({ task: "find", picked: Array.from(picked, placed) }, signal);
      return result as Result<Found, Aborted | Unexpected>;
    },
    async openKey(source, password, { signal } = {}) {
      const result = await ask({ task: "open", files: [...source.files], password }, signal);
      return result as Result<OpenedKey, FileProblem | Aborted | Unexpected>;
    },
    end: () => end(),
  };
}
