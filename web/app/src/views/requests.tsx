import { type SignatureRequest, signText } from "@registrar/sdk";
import { useEffect, useRef, useState } from "preact/hooks";
import { KeyForm } from "../components/key_form.tsx";
import { Problem, Reasons, shownReason } from "../components/problem.tsx";
import { TextToSign } from "../components/text_to_sign.tsx";
import { Notice, Status, View } from "../components/view.tsx";
import { timeOfDay } from "../format.ts";
import { useAction, useLoaded } from "../hooks.ts";
import { addressOf } from "../route.ts";
import { service } from "../service.ts";
import { useTexts } from "../texts/language.ts";

const REFRESH_MS = 2000;
/** A list that went on refreshing by itself would keep the session from ending. */
const WAITING_MS = 3 * 60_000;

/** Transactions that the bank's systems ask the customer to sign. */
export function Requests() {
  const t = useTexts();
  const loaded = useLoaded((signal) => service.get("/signature-requests", { signal }));
  const waiting = useWaiting(loaded.reload, loaded.loading);
  const list = loaded.value?.signature_requests ?? [];
  return (
    <View title={t.requests.title}>
      {loaded.loading && !loaded.value && <Status busy>{t.loading}</Status>}
      <Problem error={loaded.error} />
      {loaded.value && list.length === 0 && <p>{t.requests.none}</p>}
      <ul class="plain cards">
        {list.map((each) => (
          <li class="card" key={each.request_id}>
            <p>
              <strong>{each.title}</strong>
            </p>
            <p class="hint">
              {t.requests.from(each.service)} · {t.requests.asked(timeOfDay(each.created_at))} ·{" "}
              {t.requests.until(timeOfDay(each.expires_at))}
            </p>
            <p class="links">
              <a class="button" href={addressOf(["requests", each.request_id])}>
                {t.requests.show}
              </a>
            </p>
          </li>
        ))}
      </ul>
      {!waiting && <p class="hint">{t.requests.paused}</p>}
      <div class="buttons">
        <button type="button" onClick={loaded.reload}>
          {t.refresh}
        </button>
      </div>
    </View>
  );
}

/** Refresh every two seconds while the customer is there; returns whether it does. */
function useWaiting(reload: () => void, loading: boolean): boolean {
  const [waiting, setWaiting] = useState(true);
  const last = useRef(Date.now());
  const busy = useRef(loading);
  busy.current = loading;
  useEffect(() => {
    const seen = () => {
      last.current = Date.now();
      setWaiting(true);
    };
    const timer = setInterval(() => {
      const here = document.visibilityState === "visible" && Date.now() - last.current < WAITING_MS;
      setWaiting(here);
      if (here && !busy.current) reload();
    }, REFRESH_MS);
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, seen);
    return () => {
      clearInterval(timer);
      for (const kind of ["pointerdown", "keydown"]) removeEventListener(kind, seen);
    };
  }, [reload]);
  return waiting;
}

/** One transaction: its whole text, then sign or decline. */
export function Request({ id }: { id: string }) {
  const t = useTexts();
  const loaded = useLoaded(
    (signal) => service.get("/signature-requests/{request_id}", { path: { request_id: id }, signal }),
    id,
  );
  const found = loaded.value;
  return (
    <View title={t.request.title}>
      {loaded.loading && !found && <Status busy>{t.loading}</Status>}
      <Problem error={loaded.error}>
        <button type="button" onClick={loaded.reload}>
          {t.retry}
        </button>
      </Problem>
      {found && found.state !== "PENDING" && <Result request={found} />}
      {found?.state === "PENDING" && <Pending request={found} onResult={loaded.set} />}
      <p class="links">
        <a href={addressOf(["requests"])}>{t.requests.title}</a>
      </p>
    </View>
  );
}

interface PendingProps {
  readonly request: SignatureRequest;
  readonly onResult: (request: SignatureRequest) => void;
}

function Pending({ request, onResult }: PendingProps) {
  const t = useTexts();
  const declining = useAction();
  const [asking, setAsking] = useState(false);
  const path = { request_id: request.request_id };
  const text = request.text;
  const decline = () =>
    declining.run(async (signal) => {
      const result = await service.post("/signature-requests/{request_id}/decline", { path, signal });
      if (!result.ok) return result.error;
      onResult(result.value);
      return null;
    });
  if (text === undefined) return <Notice>{t.request.states.EXPIRED}</Notice>;
  return (
    <>
      <p>
        <strong>{request.title}</strong> · {t.requests.from(request.service)} ·{" "}
        {t.requests.until(timeOfDay(request.expires_at))}
      </p>
      <p>{t.request.read}</p>
      <TextToSign text={text} />
      <KeyForm
        submit={t.request.submit}
        onKey={async (key, signal) => {
          const list = await service.get("/registrations", { signal });
          if (!list.ok) return list.error;
          const fitting = list.value.registrations.filter(
            (each) => each.certificate.fingerprint === key.certificate.fingerprint,
          );
          const registration = fitting.find((each) => each.usable) ?? fitting[0];
          if (!registration) return { kind: "page", reason: "no-registration" };
          setAsking(true);
          const result = await service.post("/signature-requests/{request_id}/signature", {
            path,
            body: { registration_id: registration.registration_id, signature: await signText(key, text) },
            signal,
          });
          setAsking(false);
          if (!result.ok) return result.error;
          onResult(result.value);
          return null;
        }}
      />
      {asking && <Status busy>{t.request.asking}</Status>}
      <Problem error={declining.error} />
      <div class="buttons">
        <button type="button" aria-disabled={declining.busy} onClick={decline}>
          {t.request.decline}
        </button>
      </div>
    </>
  );
}

function Result({ request }: { request: SignatureRequest }) {
  const t = useTexts();
  return (
    <>
      <Notice kind={request.state === "COMPLETED" ? "good" : "warn"}>
        <Status>{t.request.states[request.state]}</Status>
      </Notice>
      {request.reason && (
        <div class="notice bad">
          <Reasons shown={shownReason(request.reason, t)} />
        </div>
      )}
    </>
  );
}
