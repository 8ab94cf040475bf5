import type { Registration } from "@registrar/sdk";
import { signText } from "@registrar/sdk";
import { useState } from "preact/hooks";
import { CertificateSummary } from "../components/certificate.tsx";
import { StepUp } from "../components/challenge.tsx";
import { Submit } from "../components/fields.tsx";
import { KeyForm } from "../components/key_form.tsx";
import { Problem, RegistrationReason } from "../components/problem.tsx";
import { TextToSign } from "../components/text_to_sign.tsx";
import { Notice, Status, View } from "../components/view.tsx";
import { day, moment } from "../format.ts";
import { type Loaded, useAction, useLoaded } from "../hooks.ts";
import { addressOf } from "../route.ts";
import { service } from "../service.ts";
import { useTexts } from "../texts/language.ts";
import { StatusBadge } from "./certificates.tsx";

const LIVE = new Set(["ACTIVE", "SUSPENDED", "HELD_BY_ISSUER", "LIVE"]);

interface Props {
  readonly id: string;
}

function useRegistration(id: string): Loaded<Registration> {
  return useLoaded(
    (signal) => service.get("/registrations/{registration_id}", { path: { registration_id: id }, signal }),
    id,
  );
}

/** One registration: what it is, whether it may be used, and what can be done with it. */
export function CertificateDetails({ id }: Props) {
  const t = useTexts();
  const loaded = useRegistration(id);
  const checking = useAction();
  const [checked, setChecked] = useState(false);
  const found = loaded.value;
  const check = () =>
    checking.run(async (signal) => {
      setChecked(false);
      const path = { registration_id: id };
      const result = await service.post("/registrations/{registration_id}/check", { path, signal });
      if (!result.ok) return result.error;
      loaded.set(result.value);
      setChecked(true);
      return null;
    });
  return (
    <View title={t.details.title}>
      <Loading loaded={loaded} />
      {found && (
        <>
          <CertificateSummary certificate={found.certificate} />
          <State registration={found} />
          {checked && <Status>{t.details.checked}</Status>}
          <Problem error={checking.error} />
          {LIVE.has(found.status) && (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                check();
              }}
            >
              <Submit busy={checking.busy} onCancel={checking.cancel}>
                {t.details.check}
              </Submit>
            </form>
          )}
          <Deeds registration={found} />
        </>
      )}
    </View>
  );
}

function Loading({ loaded }: { loaded: Loaded<Registration> }) {
  const t = useTexts();
  return (
    <>
      {loaded.loading && !loaded.value && <Status busy>{t.loading}</Status>}
      <Problem error={loaded.error}>
        <button type="button" onClick={loaded.reload}>
          {t.retry}
        </button>
      </Problem>
    </>
  );
}

function State({ registration }: { registration: Registration }) {
  const t = useTexts();
  const { certificate, revocation, superseded_by: later } = registration;
  return (
    <>
      <dl class="facts">
        <dt>{t.details.status}</dt>
        <dd>
          <StatusBadge registration={registration} />{" "}
          {LIVE.has(registration.status) && t.certificates.daysLeft(registration.days_left)}
        </dd>
        {registration.holds.length > 0 && (
          <>
            <dt>{t.details.holds}</dt>
            <dd>{registration.holds.map((each) => t.details.holdsBy[each]).join(", ")}</dd>
          </>
        )}
        <dt>{t.details.registeredAt}</dt>
        <dd>{day(registration.registered_at)}</dd>
        <dt>{t.details.proof}</dt>
        <dd>{t.details.proofs[registration.proof]}</dd>
        <dt>{t.details.revocation}</dt>
        <dd>{revocation ? t.details.revocationAt(moment(revocation.as_of)) : t.details.never}</dd>
        <dt>{t.certificate.serial}</dt>
        <dd class="path">{certificate.serial}</dd>
        <dt>{t.details.fingerprint}</dt>
        <dd class="path">{certificate.fingerprint}</dd>
      </dl>
      {registration.reason && (
        <Notice kind="warn">
          <RegistrationReason code={registration.reason} notAfter={certificate.not_after} />
        </Notice>
      )}
      {registration.expiring && <Notice kind="warn">{t.certificates.expiring}</Notice>}
      {later && (
        <p class="links">
          {t.details.replaced} <a href={addressOf(["certificates", later])}>{t.details.show}</a>
        </p>
      )}
    </>
  );
}

function Deeds({ registration }: { registration: Registration }) {
  const t = useTexts();
  const id = registration.registration_id;
  if (!LIVE.has(registration.status)) {
    return (
      <p class="links">
        <a class="button" href={addressOf(["register"])}>
          {t.next.REGISTER_NEW_CERT}
        </a>
      </p>
    );
  }
  const lost = registration.holds.includes("customer");
  return (
    <p class="links">
      {lost ? (
        <a class="button" href={addressOf(["certificates", id, "resume"])}>
          {t.details.resume}
        </a>
      ) : (
        <a class="button danger" href={addressOf(["certificates", id, "loss"])}>
          {t.details.loss}
        </a>
      )}
      <a class="button" href={addressOf(["register", "replaces", id])}>
        {t.details.renew}
      </a>
      <a class="button" href={addressOf(["certificates", id, "deregister"])}>
        {t.details.deregister}
      </a>
    </p>
  );
}

/** Report one certificate lost. It takes effect at once, without a further proof of identity. */
export function ReportLoss({ id }: Props) {
  const t = useTexts();
  const loaded = useRegistration(id);
  const action = useAction();
  const [done, setDone] = useState(false);
  const report = () =>
    action.run(async (signal) => {
      const path = { registration_id: id };
      const result = await service.post("/registrations/{registration_id}/loss", { path, signal });
      if (!result.ok) return result.error;
      loaded.set(result.value);
      setDone(true);
      return null;
    });
  return (
    <View title={t.loss.title}>
      <Loading loaded={loaded} />
      {loaded.value && <CertificateSummary certificate={loaded.value.certificate} />}
      {done ? <Done id={id} text={t.loss.done} /> : <p>{t.loss.one}</p>}
      <p>{t.loss.issuer}</p>
      {!done && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            report();
          }}
        >
          <Problem error={action.error} />
          <Submit danger busy={action.busy}>
            {t.loss.submit}
          </Submit>
        </form>
      )}
    </View>
  );
}

/** Take a loss report back: a proof of identity, and the certificate's own signature. */
export function Resume({ id }: Props) {
  const t = useTexts();
  const loaded = useRegistration(id);
  const [proof, setProof] = useState<string | null>(null);
  const [done, setDone] = useState(false);
  const text = loaded.value?.resume?.text;
  return (
    <View title={t.resume.title}>
      <Loading loaded={loaded} />
      {loaded.value && <CertificateSummary certificate={loaded.value.certificate} />}
      {done && <Done id={id} text={t.resume.done} />}
      {!done && loaded.value && !text && <Notice>{t.resume.none}</Notice>}
      {!done && text && (
        <>
          <p>{t.resume.text}</p>
          {!proof ? (
            <StepUp operation="resume" object={id} onProof={setProof} />
          ) : (
            <>
              <TextToSign text={text} />
              <KeyForm
                submit={t.resume.submit}
                wanted={loaded.value?.certificate.fingerprint}
                onKey={async (key, signal) => {
                  const result = await service.post("/registrations/{registration_id}/resume", {
                    path: { registration_id: id },
                    body: { proof_id: proof, signature: await signText(key, text) },
                    signal,
                  });
                  if (!result.ok) {
                    if (isProofUsed(result.error)) setProof(null);
                    return result.error;
                  }
                  loaded.set(result.value);
                  setDone(true);
                  return null;
                }}
              />
            </>
          )}
        </>
      )}
    </View>
  );
}

/** Take a certificate out of use, with a proof of identity. */
export function Deregister({ id }: Props) {
  const t = useTexts();
  const loaded = useRegistration(id);
  const action = useAction();
  const [proof, setProof] = useState<string | null>(null);
  const [done, setDone] = useState(false);
  const remove = (proofId: string) =>
    action.run(async (signal) => {
      const result = await service.delete("/registrations/{registration_id}", {
        path: { registration_id: id },
        headers: { "Proof-Id": proofId },
        signal,
      });
      if (!result.ok) {
        if (isProofUsed(result.error)) setProof(null);
        return result.error;
      }
      loaded.set(result.value);
      setDone(true);
      return null;
    });
  return (
    <View title={t.deregister.title}>
      <Loading loaded={loaded} />
      {loaded.value && <CertificateSummary certificate={loaded.value.certificate} />}
      {done ? (
        <Done id={id} text={t.deregister.done} />
      ) : (
        <>
          <p>{t.deregister.text}</p>
          {proof ? (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                remove(proof);
              }}
            >
              <Problem error={action.error} />
              <Submit danger busy={action.busy}>
                {t.deregister.submit}
              </Submit>
            </form>
          ) : (
            <StepUp operation="deregister" object={id} onProof={setProof} />
          )}
        </>
      )}
    </View>
  );
}

function Done({ id, text }: { id: string; text: string }) {
  const t = useTexts();
  return (
    <>
      <Notice kind="good">
        <Status>{text}</Status>
      </Notice>
      <p class="links">
        <a class="button" href={addressOf(["certificates", id])}>
          {t.certificates.details}
        </a>
        <a class="button" href={addressOf(["certificates"])}>
          {t.nav.certificates}
        </a>
      </p>
    </>
  );
}

function isProofUsed(error: { kind: string; problem?: { code: string } }): boolean {
  return error.problem?.code === "STEP_UP_REQUIRED";
}
