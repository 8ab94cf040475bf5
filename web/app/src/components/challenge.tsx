import {
  type CertificateFacts,
  type Challenge,
  type ChallengeCompleted,
  type Result,
  signText,
} from "@registrar/sdk";
import { useEffect, useRef, useState } from "preact/hooks";
import { codeOf, type PageError } from "../errors.ts";
import { lastDay } from "../format.ts";
import { useAction } from "../hooks.ts";
import { passkeysWork, usePasskey } from "../passkeys.ts";
import { service } from "../service.ts";
import { session } from "../session.ts";
import { useTexts } from "../texts/language.ts";
import { Choices, CodeField, Submit, taken } from "./fields.tsx";
import { KeyForm } from "./key_form.tsx";
import { Problem } from "./problem.tsx";
import { TextToSign } from "./text_to_sign.tsx";
import { Status } from "./view.tsx";

type Method = "passkey" | "otp" | "certificate" | "sms";
// The first of these that the customer has is offered first: certificates take files, text messages are the weakest.
const METHODS: readonly Method[] = ["passkey", "otp", "certificate", "sms"];
/** After these the same challenge goes on. */
const GOES_ON = new Set(["STEP_UP_INVALID", "RATE_LIMITED", "REG_NOT_FOUND", "STEP_UP_METHOD_UNAVAILABLE"]);

interface ChallengeProps {
  readonly challenge: Challenge;
  readonly onDone: (completed: ChallengeCompleted) => void;
  /** Get another challenge. */
  readonly onAgain: () => void;
}

interface MethodProps {
  readonly challenge: Challenge;
  readonly onDone: (completed: ChallengeCompleted) => void;
  readonly onError: (error: PageError) => void;
}

/** One of the customer's methods completes a challenge. */
export function ChallengeForm({ challenge, onDone, onAgain }: ChallengeProps) {
  const t = useTexts();
  const methods = METHODS.filter(
    (method) => challenge.methods.includes(method) && (method !== "passkey" || passkeysWork()),
  );
  const [chosen, setChosen] = useState<Method | null>(methods[0] ?? null);
  const [over, setOver] = useState(false);
  const onError = (error: PageError) => {
    const code = codeOf(error);
    setOver(code !== null && !GOES_ON.has(code));
  };
  const props = { challenge, onDone, onError };
  return (
    <>
      {methods.length > 1 && (
        <Choices
          legend={t.challenge.choose}
          value={chosen}
          choices={methods.map((method) => ({ value: method, label: t.challenge.methods[method] }))}
          onChange={setChosen}
        />
      )}
      {methods.length === 0 && <p>{t.problem.passkey.unsupported}</p>}
      {chosen === "passkey" && <ByPasskey {...props} />}
      {chosen === "otp" && <ByOtp {...props} />}
      {chosen === "sms" && <BySms {...props} />}
      {chosen === "certificate" && <ByCertificate {...props} />}
      {over && (
        <p>
          <button type="button" onClick={onAgain}>
            {t.challenge.again}
          </button>
        </p>
      )}
    </>
  );
}

/** Give the completed challenge on, or return the error. */
function settle(
  result: Result<ChallengeCompleted, PageError>,
  { onDone, onError }: Pick<MethodProps, "onDone" | "onError">,
): PageError | null {
  if (!result.ok) {
    onError(result.error);
    return result.error;
  }
  onDone(result.value);
  return null;
}

function ByPasskey({ challenge, onDone, onError }: MethodProps) {
  const t = useTexts();
  const action = useAction();
  const ask = () =>
    action.run(async (signal) => {
      if (!challenge.asked.passkey) return null;
      const signed = await usePasskey(challenge.asked.passkey, signal);
      if (!signed.ok) return signed.error;
      const body = { challenge_id: challenge.challenge_id, ...signed.value };
      return settle(await service.post("/challenges/passkey", { body, signal }), { onDone, onError });
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <p class="hint">{t.challenge.passkeyHint}</p>
      <Problem error={action.error} />
      <Submit busy={action.busy} onCancel={action.cancel}>
        {t.challenge.passkey}
      </Submit>
    </form>
  );
}

function ByOtp({ challenge, onDone, onError }: MethodProps) {
  const t = useTexts();
  return (
    <CodeForm
      label={t.challenge.otpCode}
      hint={t.challenge.otpHint}
      send={async (code, signal) => {
        const body = { challenge_id: challenge.challenge_id, code };
        return settle(await service.post("/challenges/otp", { body, signal }), { onDone, onError });
      }}
    />
  );
}

function BySms({ challenge, onDone, onError }: MethodProps) {
  const t = useTexts();
  const sending = useAction();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const send = () =>
    sending.run(async (signal) => {
      const result = await service.post("/challenges/sms", {
        body: { challenge_id: challenge.challenge_id },
        signal,
      });
      if (!result.ok) {
        onError(result.error);
        return result.error;
      }
      setSentTo(result.value.phone);
      return null;
    });
  return (
    <>
      <p class="hint">{t.challenge.smsHint(challenge.asked.sms?.phone ?? "")}</p>
      <div class="buttons">
        <button type="button" class={sentTo ? "" : "main"} aria-disabled={sending.busy} onClick={send}>
          {sentTo ? t.challenge.smsAgain : t.challenge.smsSend}
        </button>
      </div>
      <Problem error={sending.error} />
      {sentTo && (
        <>
          <Status>{t.challenge.smsSent(sentTo)}</Status>
          <CodeForm
            label={t.challenge.smsCode}
            send={async (code, signal) => {
              const body = { challenge_id: challenge.challenge_id, code, method: "sms" as const };
              return settle(await service.post("/challenges/otp", { body, signal }), { onDone, onError });
            }}
          />
        </>
      )}
    </>
  );
}

interface CodeFormProps {
  readonly label: string;
  readonly hint?: string;
  readonly submit?: string;
  readonly send: (code: string, signal: AbortSignal) => Promise<PageError | null>;
}

/** Six digits and a button. */
export function CodeForm({ label, hint, submit, send }: CodeFormProps) {
  const t = useTexts();
  const field = useRef<HTMLInputElement>(null);
  const action = useAction();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        action.run(async (signal) => {
          const error = await send(taken(field.current), signal);
          if (error) field.current?.focus();
          return error;
        });
      }}
    >
      <CodeField label={label} {...(hint ? { hint } : {})} field={field} />
      <Problem error={action.error} />
      <Submit busy={action.busy}>{submit ?? t.challenge.submit}</Submit>
    </form>
  );
}

function ByCertificate({ challenge, onDone, onError }: MethodProps) {
  const t = useTexts();
  const asked = challenge.asked.certificate;
  const [registration, setRegistration] = useState(asked?.registrations[0]?.registration_id ?? null);
  if (!asked) return null;
  const { registrations, text } = asked;
  return (
    <>
      {registrations.length > 1 && (
        <Choices
          legend={t.challenge.registration}
          value={registration}
          choices={registrations.map((each) => ({
            value: each.registration_id,
            label: `${each.name_masked} · ${t.files.until(lastDay(each.not_after))}`,
          }))}
          onChange={setRegistration}
        />
      )}
      <TextToSign text={text} />
      <KeyForm
        submit={t.request.submit}
        onKey={async (key, signal) => {
          const fitting = await registrationsOf(key.certificate, registrations, signal);
          const found = fitting.find((each) => each.registration_id === registration) ?? fitting[0];
          if (!found) return { kind: "page", reason: "no-registration" };
          const body = {
            challenge_id: challenge.challenge_id,
            registration_id: found.registration_id,
            signature: await signText(key, text),
          };
          return settle(await service.post("/challenges/certificate", { body, signal }), { onDone, onError });
        }}
      />
    </>
  );
}

type Asked = NonNullable<Challenge["asked"]["certificate"]>["registrations"];

/** The registrations that a certificate may be: within a session the one, before it those that end at the same moment. */
async function registrationsOf(certificate: CertificateFacts, asked: Asked, signal: AbortSignal): Promise<Asked> {
  const ends = certificate.notAfter.getTime();
  const fitting = asked.filter((each) => new Date(each.not_after).getTime() === ends);
  if (fitting.length < 2 || !session.value.live) return fitting;
  const mine = await service.get("/registrations", { signal });
  if (!mine.ok) return fitting;
  const same = mine.value.registrations.find((each) => each.certificate.fingerprint === certificate.fingerprint);
  return fitting.filter((each) => each.registration_id === same?.registration_id);
}

interface StepUpProps {
  readonly operation: "register" | "resume" | "deregister" | "enrol" | "remove";
  readonly object?: string;
  readonly onProof: (proofId: string) => void;
}

/** A fresh proof of identity for one operation. */
export function StepUp({ operation, object, onProof }: StepUpProps) {
  const t = useTexts();
  const [challenge, setChallenge] = useState<Challenge | null>(null);
  const starting = useAction();
  const { run } = starting;
  const start = () =>
    run(async (signal) => {
      setChallenge(null);
      const result = await service.post("/step-up", { body: { operation, ...(object ? { object } : {}) }, signal });
      if (!result.ok) return result.error;
      setChallenge(result.value);
      return null;
    });
  useEffect(() => {
    start();
  }, [operation, object]);
  return (
    <section aria-label={t.challenge.title}>
      <h2>{t.challenge.title}</h2>
      <p>{t.challenge.operations[operation]}</p>
      {starting.busy && <Status busy>{t.loading}</Status>}
      <Problem error={starting.error}>
        <button type="button" onClick={start}>
          {t.retry}
        </button>
      </Problem>
      {challenge && (
        <ChallengeForm
          key={challenge.challenge_id}
          challenge={challenge}
          onAgain={start}
          onDone={(completed) => {
            if (completed.kind === "identity_proof") onProof(completed.proof_id);
          }}
        />
      )}
    </section>
  );
}
