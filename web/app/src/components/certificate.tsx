import type { Candidate, Certificate, CertificateFacts } from "@registrar/sdk";
import { lastDay, shownName } from "../format.ts";
import { useStore } from "../store.ts";
import type { Texts } from "../texts/ko.ts";
import { type Language, language, useTexts } from "../texts/language.ts";

/** What the service shows of a certificate. */
export function CertificateSummary({ certificate }: { certificate: Certificate }) {
  const t = useTexts();
  return (
    <dl class="facts">
      <dt>{t.certificate.holder}</dt>
      <dd>{certificate.name_masked}</dd>
      <dt>{t.certificate.issuer}</dt>
      <dd>{certificate.issuer}</dd>
      {certificate.issuing_bank && (
        <>
          <dt>{t.certificate.bank}</dt>
          <dd>{certificate.issuing_bank}</dd>
        </>
      )}
      <dt>{t.certificate.policy}</dt>
      <dd>{certificate.policy}</dd>
      <dt>{t.certificate.end}</dt>
      <dd>{lastDay(certificate.not_after)}</dd>
    </dl>
  );
}

/** A candidate in a list: holder, issuer, kind, end. */
export function CandidateLabel({ candidate }: { candidate: Candidate }) {
  const t = useTexts();
  const chosen = useStore(language);
  const { certificate, files, folder, hasKey } = candidate;
  if (!certificate) {
    return (
      <>
        <strong>{files[0]?.name}</strong>
        <span class="hint">{t.files.pfx}</span>
      </>
    );
  }
  const parts = [issuerOf(certificate, chosen), kindOf(certificate, t, chosen), endOf(certificate, t)];
  return (
    <>
      <strong>{shownName(certificate.holder, certificate.kind)}</strong>
      <span class="hint">{parts.join(" · ")}</span>
      {!hasKey && <span class="hint">{t.files.withoutKey}</span>}
      {folder && <span class="hint path">{folder}</span>}
    </>
  );
}

function issuerOf({ issuer }: CertificateFacts, chosen: Language): string {
  return issuer.operator ? issuer.name[chosen] : issuer.commonName;
}

function kindOf({ policy, kind }: CertificateFacts, t: Texts, chosen: Language): string {
  return policy.label?.[chosen] ?? (kind ? t.certificate.kinds[kind] : t.certificate.unknown);
}

function endOf({ notAfter }: CertificateFacts, t: Texts): string {
  return notAfter.getTime() < Date.now() ? t.files.expired(lastDay(notAfter)) : t.files.until(lastDay(notAfter));
}
