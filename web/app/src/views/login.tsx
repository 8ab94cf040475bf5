import { type Challenge, signText } from "@registrar/sdk";
import { useEffect, useRef, useState } from "preact/hooks";
import { ChallengeForm } from "../components/challenge.tsx";
import { Field, Submit, taken } from "../components/fields.tsx";
import { KeyForm } from "../components/key_form.tsx";
import { Problem } from "../components/problem.tsx";
import { TextToSign } from "../components/text_to_sign.tsx";
import { Notice, Status, View } from "../components/view.tsx";
import { useAction, useLoaded } from "../hooks.ts";
import { addressOf, enterStep, leaveStep, useRoute } from "../route.ts";
import { service } from "../service.ts";
import { begin, knownDevice, session } from "../session.ts";
import { useStore } from "../store.ts";
import { useTexts } from "../texts/language.ts";

/** A login that waits for its second factor, and the id that was typed. */
interface Started {
  readonly challenge: Challenge;
  readonly customer: string;
}

/** Shown in place of every view that needs a session; the address stays, so the customer goes on there. */
export function Login() {
  const route = useRoute();
  const [started, setStarted] = useState<Started | null>(null);
  const challenge = started?.challenge ?? null;
  // After a reload the challenge is not there any more.
  const lost = route.step !== null && route.step !== "certificate" && !challenge;
  useEffect(() => {
    if (lost) leaveStep();
  }, [lost]);
  if (route.step === "certificate") return <ByCertificate key="certificate" />;
  if (route.step === "code" && started) return <SecondFactor key="code" started={started} />;
  return <FirstFactor key="first" onStarted={setStarted} />;
}

function FirstFactor({ onStarted }: { onStarted: (started: Started) => void }) {
  const t = useTexts();
  const { path } = useRoute();
  const state = useStore(session);
  const id = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const action = useAction();
  const submit = () =>
    action.run(async (signal) => {
      const body = {
        customer_id: id.current?.value.trim() ?? "",
        password: taken(password.current),
        operation: path[0] === "register" ? ("register" as const) : ("login" as const),
        ...knownDevice(),
      };
      const result = await service.post("/login", { body, signal });
      if (!result.ok) {
        password.current?.focus();
        return result.error;
      }
      onStarted({ challenge: result.value, customer: body.customer_id });
      enterStep("code");
      return null;
    });
  const absence = state.live ? "" : t.session.absences[state.why];
  return (
    <View title={t.login.title}>
      {absence && (
        <Notice>
          <Status>{absence}</Status>
        </Notice>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field
          label={t.login.customerId}
          field={id}
          name="customer_id"
          required
          pattern="[A-Za-z0-9_\-]{1,32}"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
        />
        <Field
          label={t.login.password}
          field={password}
          type="password"
          required
          autocomplete="current-password"
          maxLength={128}
        />
        <Problem error={action.error} />
        <Submit busy={action.busy}>{t.login.submit}</Submit>
      </form>
      <section class="aside">
        <p>{t.login.certificateHint}</p>
        <p>
          <a class="button" href={addressOf(path, "certificate")}>
            {t.login.certificate}
          </a>
        </p>
        <p class="links">
          <a href={addressOf(["loss"])}>{t.login.lost}</a>
          <a href={addressOf(["precheck"])}>{t.nav.precheck}</a>
        </p>
      </section>
    </View>
  );
}

function SecondFactor({ started }: { started: Started }) {
  const t = useTexts();
  return (
    <View title={t.challenge.title}>
      <p>{t.challenge.operations.login}</p>
      <ChallengeForm
        challenge={started.challenge}
        onAgain={leaveStep}
        onDone={(completed) => {
          if (completed.kind !== "session") return;
          leaveStep();
          begin(completed, started.customer);
        }}
      />
    </View>
  );
}

/** Customer id and password are not needed: the certificate says who the customer is. */
function ByCertificate() {
  const t = useTexts();
  const { path } = useRoute();
  const asked = useLoaded((signal) => service.post("/login/certificate/options", { signal }));
  return (
    <View title={t.login.certificate}>
      {asked.loading && <Status busy>{t.loading}</Status>}
      <Problem error={asked.error}>
        <button type="button" onClick={asked.reload}>
          {t.retry}
        </button>
      </Problem>
      {asked.value && (
        <>
          <TextToSign text={asked.value.text} />
          <KeyForm
            submit={t.login.certificate}
            onKey={async (key, signal) => {
              if (!asked.value) return null;
              const body = {
                login_id: asked.value.login_id,
                fingerprint: key.certificate.fingerprint,
                signature: await signText(key, asked.value.text),
                ...knownDevice(),
              };
              const result = await service.post("/login/certificate", { body, signal });
              if (!result.ok) {
                // A text is accepted once, whatever came of it.
                asked.reload();
                return result.error;
              }
              leaveStep();
              begin(result.value, null);
              return null;
            }}
          />
        </>
      )}
      <p class="links">
        <a href={addressOf(path)}>{t.login.byId}</a>
      </p>
    </View>
  );
}
