import type { Finding } from "@registrar/sdk";
import { useTexts } from "../texts/language.ts";
import { Reasons, shownFinding } from "./problem.tsx";

const KINDS = { FAIL: "bad", WARN: "warn", INFORM: "info" } as const;

/** All findings, the headline first. */
export function Findings({ findings, headline }: { findings: readonly Finding[]; headline: string | null }) {
  const t = useTexts();
  if (findings.length === 0) return null;
  const words = { FAIL: t.findings.fail, WARN: t.findings.warn, INFORM: t.findings.inform };
  const ordered = [...findings].sort((one, other) => rank(one, headline) - rank(other, headline));
  return (
    <section aria-label={t.findings.heading}>
      <h2>{t.findings.heading}</h2>
      <ul class="plain">
        {ordered.map((finding) => (
          <li class={`notice ${KINDS[finding.level]}`} key={`${finding.check} ${finding.code}`}>
            <span class="badge">{words[finding.level]}</span>
            <Reasons shown={shownFinding(finding, t)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function rank(finding: Finding, headline: string | null): number {
  return finding.code === headline ? 0 : 1;
}
