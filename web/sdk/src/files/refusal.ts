import { Malformed } from "../asn1/der.ts";
import {
  type Aborted,
  type FileCode,
  type FileProblem,
  failed,
  type Result,
  succeeded,
  type Unexpected,
} from "../results.ts";

/** Why files cannot be used; thrown inside this package only, and a value outside. */
export class Refusal extends Error {
  readonly code: FileCode;
  readonly params: FileProblem["params"];

  constructor(code: FileCode, params: FileProblem["params"] = {}) {
    super(code);
    this.code = code;
    this.params = params;
  }

  get problem(): FileProblem {
    return { kind: "file", code: this.code, params: this.params };
  }
}

/** The caller's signal fired; inside this package only. */
export class Stopped extends Error {}

export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Stopped();
}

/** What `step` returns as a value, and what it throws as an error that quotes nothing of a file. */
export async function settled<T>(step: () => Promise<T>): Promise<Result<T, FileProblem | Aborted | Unexpected>> {
  try {
    return succeeded(await step());
  } catch (error) {
    if (error instanceof Refusal) return failed(error.problem);
    if (error instanceof Stopped) return failed({ kind: "aborted" });
    if (error instanceof Malformed) return failed({ kind: "file", code: "FILE_UNREADABLE", params: {} });
    const name = error instanceof Error ? error.name : typeof error;
    return failed({ kind: "unexpected", message: name });
  }
}
