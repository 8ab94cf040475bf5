import type { Registration } from "@registrar/sdk";
import { Problem } from "../components/problem.tsx";
import { Notice, Status, View } from "../components/view.tsx";
import { lastDay } from "../format.ts";
import { useLoaded } from "../hooks.ts";
import { addressOf } from "../route.ts";
import { service } from "../service.ts";
import { useTexts } from "../texts/language.ts";
import { Unfinished } from "./register.tsx";

const ENDED = new Set(["REVOKED_BY_ISSUER", "EXPIRED", "SUPERSEDED", "DEREGISTERED", "BLOCKED"]);

/** The customer's registered certificates. */
export function Certificates() {
  const t = useTexts();
  const list = useLoaded((signal) => service.get("/registrations", { signal }));
  const requests = useLoaded((signal) => service.get("/signature-requests", { signal }));
  const all = list.value?.registrations ?? [];
  const live = all.filter((each) => !ENDED.has(each.status));
  const ended = all.filter((each) => ENDED.has(each.status));
  const waiting = requests.value?.signature_requests.length ?? 0;
  return (
    <View title={t.certificates.title}>
      <Unfinished />
      {waiting > 0 && (
        <Notice>
          <p class="links">
            {t.certificates.requests(waiting)} <a href={addressOf(["requests"])}>{t.certificates.showRequests}</a>
          </p>
        </Notice>
      )}
      <p class="links">
        <a class="button main" href={addressOf(["register"])}>
          {t.certificates.register}
        </a>
      </p>
      {list.loading && !list.value && <Status busy>{t.loading}</Status>}
      <Problem error={list.error}>
        <button type="button" onClick={list.reload}>
          {t.retry}
        </button>
      </Problem>
      {list.value && live.length === 0 && <p>{t.certificates.none}</p>}
      <Cards registrations={live} />
      {ended.length > 0 && (
        <>
          <h2>{t.certificates.ended}</h2>
          <Cards registrations={ended} />
        </>
      )}
      {live.length > 0 && (
        <p class="links">
          <a href={addressOf(["certificates", "loss"])}>{t.certificates.reportAll}</a>
        </p>
      )}
    </View>
  );
}

function Cards({ registrations }: { registrations: readonly Registration[] }) {
  const t = useTexts();
  if (registrations.length === 0) return null;
  return (
    <ul class="plain cards">
      {registrations.map((each) => (
        <li class="card" key={each.registration_id}>
          <p>
            <strong>{each.certificate.name_masked}</strong> <StatusBadge registration={each} />
          </p>
          <p class="hint">
            {each.certificate.issuer} · {each.certificate.policy}
          </p>
          <p>
            {t.files.until(lastDay(each.certificate.not_after))}
            {!ENDED.has(each.status) && ` (${t.certificates.daysLeft(each.days_left)})`}
          </p>
          {each.expiring && <p class="warning">{t.certificates.expiring}</p>}
          <p class="links">
            <a
              href={addressOf(["certificates", each.registration_id])}
              aria-label={`${each.certificate.name_masked}, ${each.certificate.issuer}: ${t.certificates.details}`}
            >
              {t.certificates.details}
            </a>
          </p>
        </li>
      ))}
    </ul>
  );
}

export function StatusBadge({ registration }: { registration: Registration }) {
  const t = useTexts();
  const kind = registration.usable ? "good" : ENDED.has(registration.status) ? "ended" : "warn";
  return <span class={`badge ${kind}`}>{t.certificates.statuses[registration.status]}</span>;
}
