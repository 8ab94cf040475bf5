import { type OpenedKey, type Sealed, sealPassword, sealRandomNumber, signText, type Upload } from "@registrar/sdk";
import { useEffect, useRef, useState } from "preact/hooks";
import * as choice from "../chosen.ts";
import { CertificateSummary } from "../components/certificate.tsx";
import { Field, Submit, taken } from "../components/fields.tsx";
import { Findings } from "../components/findings.tsx";
import { KeyForm } from "../components/key_form.tsx";
import { Problem } from "../components/problem.tsx";
import { Steps } from "../components/steps.tsx";
import { TextToSign } from "../components/text_to_sign.tsx";
import { Notice, Status, View } from "../components/view.tsx";
import { codeOf, type PageError } from "../errors.ts";
import { moment, timeOfDay } from "../format.ts";
import { type Action, useAction } from "../hooks.ts";
import { addressOf } from "../route.ts";
import { service } from "../service.ts";
import { useStore } from "../store.ts";
import { language, useTexts } from "../texts/language.ts";
import { dropUpload, keepUpload } from "../unfinished.ts";
import { Replaces } from "./register.tsx";

type In<S extends Upload["state"]> = Extract<Upload, { state: S }>;
type Proof = In<"AWAITING_PROOF">["proof"];

/** One registration on its way, wherever it is: also for a customer who comes back later. */
export function UploadView({ id, replaces }: { id: string; replaces: string | null }) {
  const t = useTexts();
  const chosen = useStore(language);
  const [upload, setUpload] = useState<Upload | null>(null);
  const [error, setError] = useState<PageError | null>(null);
  const [round, setRound] = useState(0);
  const [refreshed, setRefreshed] = useState(0);
  const reload = () => setRound((before) => before + 1);

  useEffect(() => {
    const stop = new AbortController();
    setError(null);
    service.pollUpload(id, { signal: stop.signal, onUpdate: setUpload }).then((result) => {
      if (stop.signal.aborted) return;
      if (result.ok) {
        settle(result.value, replaces);
        setRefreshed(round);
      } else {
        if (codeOf(result.error) === "UPLOAD_NOT_FOUND") dropUpload(id);
        setError(result.error);
      }
    });
    return () => stop.abort();
  }, [id, round, chosen]);

  const title = titleOf(upload, t);
  return (
    <View title={title} key={upload?.state ?? "loading"}>
      <Steps current={stepOf(upload)} />
      {!upload && !error && <Status busy>{t.loading}</Status>}
      <Problem error={error}>
        <button type="button" onClick={reload}>
          {t.retry}
        </button>
      </Problem>
      {upload && replaces && upload.state !== "REGISTERED" && <Replaces id={replaces} />}
      {upload && <State upload={upload} replaces={replaces} reload={reload} asked={refreshed > 0} />}
    </View>
  );
}

/** Keep what is unfinished, and forget what has ended. */
function settle(upload: Upload, replaces: string | null): void {
  if (["REGISTERED", "REJECTED", "EXPIRED", "FAILED"].includes(upload.state)) dropUpload(upload.upload_id);
  else keepUpload(upload.upload_id, replaces);
  if (upload.state === "REGISTERED") choice.forgetChoice();
}

function titleOf(upload: Upload | null, t: ReturnType<typeof useTexts>): string {
  switch (upload?.state) {
    case "NEEDS_PASSWORD":
      return t.upload.passwordTitle;
    case "DEFERRED":
      return t.upload.deferredTitle;
    case "AWAITING_PROOF":
      return t.upload.proofTitle;
    case "REGISTERED":
      return t.upload.doneTitle;
    case "REJECTED":
    case "EXPIRED":
    case "FAILED":
      return upload.registration_id ? headlineOf(upload) : t.upload.endedTitle;
    default:
      return t.register.title;
  }
}

/** The customer has registered this very certificate before. */
function headlineOf({ findings, headline }: In<"REJECTED" | "EXPIRED" | "FAILED">): string {
  return findings.find((each) => each.code === headline)?.title ?? "";
}

function stepOf(upload: Upload | null): number {
  if (upload?.state === "REGISTERED") return 4;
  return upload?.state === "AWAITING_PROOF" ? 2 : 1;
}

interface StateProps<U> {
  readonly upload: U;
  readonly replaces: string | null;
  readonly reload: () => void;
}

function State({ upload, asked, ...props }: StateProps<Upload> & { asked: boolean }) {
  const t = useTexts();
  switch (upload.state) {
    case "ISSUED":
      return (
        <Notice>
          <Status>{t.upload.waitingForFile}</Status>
          <p class="links">
            <a href={addressOf(["register"])}>{t.next.CHOOSE_FILE}</a>
          </p>
        </Notice>
      );
    case "VALIDATING":
      return <Status busy>{t.upload.checking}</Status>;
    case "NEEDS_PASSWORD":
      return <Password upload={upload} {...props} />;
    case "DEFERRED":
      return (
        <>
          <Findings findings={upload.findings} headline={upload.headline} />
          <CertificateSummary certificate={upload.certificate} />
          <p>{t.upload.nextCheck(moment(upload.next_check_at))}</p>
          <p>{t.upload.leave}</p>
          {asked && <Status>{t.upload.stillDeferred}</Status>}
          <div class="buttons">
            <button type="button" class="main" onClick={props.reload}>
              {t.upload.checkNow}
            </button>
          </div>
        </>
      );
    case "AWAITING_PROOF":
      return <Agreement upload={upload} {...props} />;
    case "REGISTERED":
      return (
        <>
          <Notice kind="good">
            <Status>{t.upload.doneText}</Status>
          </Notice>
          <Findings findings={upload.findings} headline={upload.headline} />
          <CertificateSummary certificate={upload.certificate} />
          <p class="links">
            <a class="button main" href={addressOf(["certificates", upload.registration_id])}>
              {t.upload.showCertificate}
            </a>
          </p>
        </>
      );
    case "REJECTED":
    case "EXPIRED":
    case "FAILED":
      return (
        <>
          <Findings findings={upload.findings} headline={upload.headline} />
          <p class="links">
            <a class="button" href={addressOf(["register"])}>
              {t.upload.again}
            </a>
            {upload.registration_id && (
              <a class="button" href={addressOf(["certificates", upload.registration_id])}>
                {t.upload.already}
              </a>
            )}
          </p>
        </>
      );
  }
}

function Password({ upload, reload }: StateProps<In<"NEEDS_PASSWORD">>) {
  const t = useTexts();
  const field = useRef<HTMLInputElement>(null);
  const action = useAction();
  const submit = () =>
    action.run(async (signal) => {
      const { upload_id, password } = upload;
      const sealed = await sealPassword(password.sealing_keys, {
        upload: upload_id,
        nonce: password.nonce,
        password: taken(field.current),
      });
      if (!sealed.ok) return sealed.error;
      const body = { sealed: sealed.value };
      const opened = await service.post("/uploads/{upload_id}/password", { path: { upload_id }, body, signal });
      // Whatever the response is, the upload says how it goes on.
      reload();
      if (opened.ok) return null;
      field.current?.focus();
      return opened.error;
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Findings findings={upload.findings} headline={upload.headline} />
      <Field
        label={t.files.password}
        hint={`${t.upload.passwordHint} ${t.upload.triesLeft(upload.password.tries_left)}`}
        type="password"
        field={field}
        required
        autocomplete="off"
        maxLength={128}
      />
      <Problem error={action.error} />
      <Submit busy={action.busy}>{t.upload.passwordSubmit}</Submit>
    </form>
  );
}

interface Registering {
  readonly consent_version: string;
  readonly signature?: string;
  readonly random_number?: Sealed;
}

/** Certificate, consent and text to sign, all shown in full; then the signature, or after a container the consent alone. */
function Agreement({ upload, replaces, reload }: StateProps<In<"AWAITING_PROOF">>) {
  const t = useTexts();
  const held = useStore(choice.heldKey);
  const selection = useStore(choice.selection);
  const [agreed, setAgreed] = useState(false);
  const [question, setQuestion] = useState<{ readonly body: Registering; readonly earlier: string } | null>(null);
  const action = useAction();
  const { proof, certificate, upload_id } = upload;
  const text = proof.kind === "to_sign" ? proof.text : null;
  const [first] = useState(text);

  const post = async (
    body: Registering,
    inPlaceOf: string | null,
    signal: AbortSignal,
  ): Promise<PageError | null> => {
    const result = await service.post("/uploads/{upload_id}/registration", {
      path: { upload_id },
      body: { ...body, ...(inPlaceOf ? { replaces: inPlaceOf } : {}) },
      signal,
    });
    if (result.ok) {
      reload();
      return null;
    }
    const earlier = result.error.kind === "problem" && result.error.problem.params.registration_id;
    if (codeOf(result.error) === "REPLACES_REQUIRED" && earlier) {
      setQuestion({ body, earlier });
      return null;
    }
    // There may be a new text or consent, or the upload has ended.
    reload();
    return result.error;
  };

  const withKey = async (key: OpenedKey, signal: AbortSignal): Promise<PageError | null> => {
    if (proof.kind !== "to_sign") return null;
    if (!key.randomNumber) return { kind: "page", reason: "no-random-number" };
    const sealed = await sealRandomNumber(proof.sealing_keys, {
      upload: upload_id,
      nonce: proof.nonce,
      randomNumber: key.randomNumber,
    });
    if (!sealed.ok) return sealed.error;
    const body = {
      consent_version: proof.consent.version,
      signature: await signText(key, proof.text),
      random_number: sealed.value,
    };
    return post(body, replaces, signal);
  };

  if (question)
    return <Replacing action={action} post={(signal) => post(question.body, question.earlier, signal)} />;
  const agreement = <Consent proof={proof} agreed={agreed} onAgree={setAgreed} />;
  const fits = held?.certificate.fingerprint === certificate.fingerprint;
  return (
    <>
      <Findings findings={upload.findings} headline={upload.headline} />
      <section aria-label={t.upload.certificate}>
        <h2>{t.upload.certificate}</h2>
        <CertificateSummary certificate={certificate} />
      </section>
      {text !== first && (
        <Notice kind="warn">
          <Status>{t.upload.newText}</Status>
        </Notice>
      )}
      {proof.kind === "to_sign" && (
        <>
          <TextToSign text={proof.text} />
          <p class="hint">{t.upload.until(timeOfDay(proof.expires_at))}</p>
        </>
      )}
      {proof.kind === "to_sign" && !fits ? (
        <KeyForm
          submit={t.upload.signSubmit}
          wanted={certificate.fingerprint}
          selection={selection}
          onSelect={choice.selection.set.bind(choice.selection)}
          onKey={withKey}
        >
          {agreement}
        </KeyForm>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            action.run(async (signal) => {
              if (proof.kind === "given") return post({ consent_version: proof.consent.version }, replaces, signal);
              return held ? withKey(held, signal) : null;
            });
          }}
        >
          {proof.kind === "given" && <p>{t.upload.opened}</p>}
          {agreement}
          <Problem error={action.error} />
          <Submit busy={action.busy}>{proof.kind === "given" ? t.upload.agreeSubmit : t.upload.signSubmit}</Submit>
        </form>
      )}
    </>
  );
}

interface ConsentProps {
  readonly proof: Proof;
  readonly agreed: boolean;
  readonly onAgree: (agreed: boolean) => void;
}

function Consent({ proof, agreed, onAgree }: ConsentProps) {
  const t = useTexts();
  return (
    <fieldset>
      <legend>{t.signing.consent}</legend>
      <p class="consent">{proof.consent.text}</p>
      <label class="choice">
        <input
          type="checkbox"
          required
          checked={agreed}
          onChange={({ currentTarget }) => onAgree(currentTarget.checked)}
        />
        <span>{t.signing.agree}</span>
      </label>
    </fieldset>
  );
}

/** The same key is registered already: does this certificate take the place of that one? */
function Replacing({ action, post }: { action: Action; post: (signal: AbortSignal) => Promise<PageError | null> }) {
  const t = useTexts();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        action.run(post);
      }}
    >
      <Notice kind="warn">
        <Status>{t.upload.replacesQuestion}</Status>
      </Notice>
      <Problem error={action.error} />
      <Submit busy={action.busy}>{t.upload.replacesYes}</Submit>
      <p class="links">
        <a href={addressOf(["certificates"])}>{t.cancel}</a>
      </p>
    </form>
  );
}
