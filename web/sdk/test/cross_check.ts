/** For tests/web: opens, signs and seals what comes on standard input, for the service's own code to check. */
import { readFileSync } from "node:fs";
import { hex } from "../src/bytes.ts";
import { openKey, type SealingKeys, sealPassword, sealRandomNumber, signCms, signText } from "../src/index.ts";
import { bytes } from "./cases.ts";

interface Given {
  readonly openings: readonly {
    readonly files: readonly string[];
    readonly password: string;
    readonly text: string;
  }[];
  readonly sealing: { readonly keys: SealingKeys; readonly upload: string; readonly nonce: string };
  readonly password: string;
}

const given = JSON.parse(readFileSync(0, "utf8")) as Given;
const { keys, upload, nonce } = given.sealing;
const signed: unknown[] = [];
for (const { files, password, text } of given.openings) {
  const opened = await openKey({ files: files.map((file) => new Blob([bytes(file)])) }, password);
  if (!opened.ok || !opened.value.randomNumber) throw new Error(JSON.stringify(opened));
  const { randomNumber } = opened.value;
  signed.push({
    signature: await signText(opened.value, text),
    cms: await signCms(opened.value, text),
    random_number: hex(randomNumber),
    sealed: await sealRandomNumber(keys, { upload, nonce, randomNumber }),
  });
}
const password = await sealPassword(keys, { upload, nonce, password: given.password });
console.log(JSON.stringify({ signed, password }));
