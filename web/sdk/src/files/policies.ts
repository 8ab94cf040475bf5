/** The kinds of certificates that Korean institutions issue, by their policy: the table that the service begins with. */
import { OPERATORS } from "../generated/policies.ts";

export interface Label {
  readonly ko: string;
  readonly en: string;
}

export interface OperatorPolicies {
  readonly operator: string;
  readonly name: Label;
  readonly policies: readonly {
    readonly oid: string;
    readonly kind: "personal" | "corporate";
    readonly label: Label;
  }[];
}

export interface Policy {
  readonly operator: string;
  readonly operatorName: Label;
  readonly oid: string;
  readonly kind: "personal" | "corporate";
  readonly label: Label;
}

/** The first of these policies that is known, or null. */
export function knownPolicy(oids: readonly string[]): Policy | null {
  for (const oid of oids) {
    for (const { operator, name, policies } of OPERATORS) {
      const found = policies.find((policy) => policy.oid === oid);
      if (found) return { operator, operatorName: name, ...found };
    }
  }
  return null;
}
