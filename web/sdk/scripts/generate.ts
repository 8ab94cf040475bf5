/** Writes src/generated: the types of the contract, and the table of certificate policies that the service also has. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const root = new URL("../../../", import.meta.url);
const generated = new URL("../src/generated/", import.meta.url);
// Later versions of the service add values to these: a type that listed them all would be wrong one day.
const OPEN = ["FindingCode", "ProblemCode", "FailureCode", "NextAction"];

interface Operator {
  name: { ko: string; en: string };
  policies: { oid: string; kind: "personal" | "corporate"; label: { ko: string; en: string } }[];
}

async function api(): Promise<string> {
  const ast = await openapiTS(new URL("docs/openapi.yaml", root), { alphabetize: false, silent: true });
  let text = astToString(ast);
  for (const name of OPEN) {
    const member = new RegExp(`^( {8}${name}: )("[^;]*");$`, "m");
    if (!member.test(text)) throw new Error(`docs/openapi.yaml has no enumeration ${name}`);
    text = text.replace(member, "$1$2 | (string & {});");
  }
  return `// Written by scripts/generate.ts from docs/openapi.yaml.\n${text}`;
}

async function policies(): Promise<string> {
  const operators = JSON.parse(await readFile(new URL("tools/admin/npki_policies.json", root), "utf8")) as Record<
    string,
    Operator
  >;
  const table = Object.entries(operators).map(([operator, { name, policies }]) => ({
    operator,
    name,
    policies: policies.map(({ oid, kind, label }) => ({ oid, kind, label })),
  }));
  return `// Written by scripts/generate.ts from tools/admin/npki_policies.json.
import type { OperatorPolicies } from "../files/policies.ts";

export const OPERATORS: readonly OperatorPolicies[] = ${JSON.stringify(table)};
`;
}

await mkdir(generated, { recursive: true });
await writeFile(new URL("api.ts", generated), await api());
await writeFile(new URL("policies.ts", generated), await policies());
