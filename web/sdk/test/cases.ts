/** The files that tests/support/web_cases.py writes, with what the service makes of them. */
import { readFileSync } from "node:fs";

export interface Case {
  readonly name: string;
  readonly files: readonly string[];
  readonly password: string;
  readonly expected: {
    readonly end: string;
    readonly fingerprint?: string;
    readonly random_number?: string | null;
  };
}

interface Document {
  readonly cases: readonly Case[];
  readonly folder: Readonly<Record<string, string>>;
  readonly certificates: readonly {
    readonly der: string;
    readonly expected: {
      readonly fingerprint: string;
      readonly serial: string;
      readonly holder: string | null;
      readonly policies: readonly string[];
      readonly notBefore: number;
      readonly notAfter: number;
    };
  }[];
  readonly password: string;
}

const file = process.env.WEB_CASES ?? new URL("../../../build/web/cases.json", import.meta.url);

/** `make web` and tests/web write it; it differs in each run, as keys do. */
export const DOCUMENT = JSON.parse(readFileSync(file, "utf8")) as Document;

export function bytes(base64: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64, "base64"));
}

export function caseNamed(name: string): Case {
  const found = DOCUMENT.cases.find((each) => each.name === name);
  if (!found) throw new Error(`no case ${name}`);
  return found;
}

/** The files of a case, named as in an NPKI folder. */
export function filesOf({ files }: Case): File[] {
  return files.map((content, i) => new File([bytes(content)], ["signCert.der", "signPri.key"][i] ?? "file"));
}
