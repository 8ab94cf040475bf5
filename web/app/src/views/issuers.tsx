import type { AcceptedIssuer } from "@registrar/sdk";
import { Problem } from "../components/problem.tsx";
import { Status, View } from "../components/view.tsx";
import { day, lastDay } from "../format.ts";
import { useLoaded } from "../hooks.ts";
import { addressOf } from "../route.ts";
import { service } from "../service.ts";
import { useStore } from "../store.ts";
import { language, useTexts } from "../texts/language.ts";

/** Which issuers and kinds of certificates the bank accepts, without a login. */
export function Issuers() {
  const t = useTexts();
  const loaded = useLoaded((signal) => service.get("/issuers", { signal }));
  return (
    <View title={t.issuers.title}>
      <p>{t.issuers.intro}</p>
      {loaded.loading && !loaded.value && <Status busy>{t.loading}</Status>}
      <Problem error={loaded.error} />
      {loaded.value && (
        <>
          <p>{t.issuers.files(loaded.value.files.max_files, Math.floor(loaded.value.files.max_bytes / 1024))}</p>
          <ul class="plain cards">
            {loaded.value.issuers.map((each) => (
              <Issuer issuer={each} key={each.operator} />
            ))}
          </ul>
        </>
      )}
      <p class="links">
        <a href={addressOf(["precheck"])}>{t.nav.precheck}</a>
      </p>
    </View>
  );
}

function Issuer({ issuer }: { issuer: AcceptedIssuer }) {
  const t = useTexts();
  const chosen = useStore(language);
  const labels = (kind: "personal" | "corporate", accepted: boolean) =>
    issuer.kinds
      .filter((each) => each.customer_kind === kind && each.accepted === accepted)
      .map((each) => each.label[chosen])
      .join(", ");
  const refused = [labels("personal", false), labels("corporate", false)].filter(Boolean).join(", ");
  const now = Date.now();
  return (
    <li class="card">
      <h2>{issuer.name[chosen]}</h2>
      <dl class="facts">
        {(["personal", "corporate"] as const).map((kind) => (
          <>
            <dt>{t.certificate.kinds[kind]}</dt>
            <dd>{labels(kind, true) || "-"}</dd>
          </>
        ))}
        {refused && (
          <>
            <dt>{t.issuers.refused}</dt>
            <dd>{refused}</dd>
          </>
        )}
        <dt>{t.issuers.authorities}</dt>
        {issuer.authorities.map((each) => (
          <dd key={`${each.name} ${each.accepted_from}`}>
            {each.name}:{" "}
            {new Date(each.accepted_from).getTime() > now
              ? t.issuers.from(day(each.accepted_from))
              : t.issuers.until(lastDay(each.accepted_until))}
          </dd>
        ))}
        {issuer.announced.map((each) => (
          <dd key={each.name}>
            {each.name}: {t.issuers.announced}
          </dd>
        ))}
      </dl>
    </li>
  );
}
