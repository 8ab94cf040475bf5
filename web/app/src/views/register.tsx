import type { OpenedKey, PrecheckResult, UploadFile } from "@registrar/sdk";
import { useEffect, useRef, useState } from "preact/hooks";
import * as choice from "../chosen.ts";
import { StepUp } from "../components/challenge.tsx";
import { ChooseFiles } from "../components/choose_files.tsx";
import { Choices, Field, Submit, taken } from "../components/fields.tsx";
import { Findings } from "../components/findings.tsx";
import { Problem } from "../components/problem.tsx";
import { Steps } from "../components/steps.tsx";
import { Notice, Status, View } from "../components/view.tsx";
import { device } from "../device.ts";
import { codeOf, type PageError } from "../errors.ts";
import { useAction, useLoaded } from "../hooks.ts";
import { base64 } from "../passkeys.ts";
import { addressOf, enterStep, go, leaveStep, useRoute } from "../route.ts";
import { service } from "../service.ts";
import { keepRegisterProof, proofToRegister } from "../session.ts";
import { useStore } from "../store.ts";
import { useTexts } from "../texts/language.ts";
import { keepUpload, unfinished } from "../unfinished.ts";

/** Choose a certificate and send it, or its locked file. */
export function Register({ replaces }: { replaces: string | null }) {
  const t = useTexts();
  const { step } = useRoute();
  const selection = useStore(choice.selection);
  const way = useStore(choice.way);
  const password = useRef<HTMLInputElement>(null);
  const [progress, setProgress] = useState<number | null>(null);
  const sending = useAction();
  const candidate = selection?.candidate ?? null;
  const opensFirst = candidate?.form === "pfx" && way === "sign";
  const proving = step === "proof" && candidate !== null;

  const send = (proofId: string) =>
    sending.run(async (signal) => {
      const files = filesToSend();
      if (!files) return { kind: "page", reason: "no-key" };
      setProgress(0);
      const sent = await service.upload(
        { proofId, files },
        { signal, onProgress: (done, all) => setProgress(all > 0 ? Math.round((100 * done) / all) : 0) },
      );
      setProgress(null);
      if (!sent.ok) {
        // It is used up or refused: the next try begins with a new one.
        if (codeOf(sent.error)?.startsWith("STEP_UP")) keepRegisterProof(null);
        return sent.error;
      }
      keepRegisterProof(null);
      keepUpload(sent.value.upload_id, replaces);
      go("register", sent.value.upload_id, ...(replaces ? ["replaces", replaces] : []));
      return null;
    });

  const filesToSend = (): UploadFile[] | null => {
    if (!candidate) return null;
    if (way === "container" && candidate.hasKey) {
      return candidate.files.map((file) => ({ name: file.name, content: file }));
    }
    const der = (candidate.certificate ?? choice.heldKey.value?.certificate)?.der;
    return der ? [{ name: "signCert.der", content: der as Uint8Array<ArrayBuffer> }] : null;
  };

  const submit = async () => {
    if (opensFirst && candidate) {
      let opened: OpenedKey | null = null;
      await sending.run(async (signal): Promise<PageError | null> => {
        const result = await device.openKey(candidate, taken(password.current), { signal });
        if (!result.ok) return result.error;
        opened = result.value;
        return null;
      });
      if (!opened) return password.current?.focus();
      choice.holdKey(opened);
    }
    const proof = proofToRegister();
    if (proof) await send(proof);
    else enterStep("proof");
  };

  // The proof belongs to the files chosen before a reload.
  useEffect(() => {
    if (step !== null && !proving) leaveStep();
  }, [step, proving]);

  if (proving) {
    return (
      <View title={t.register.title} key="proof">
        <Steps current={0} />
        <StepUp
          operation="register"
          onProof={(proofId) => {
            keepRegisterProof(proofId);
            leaveStep().then(() => send(proofId));
          }}
        />
      </View>
    );
  }
  return (
    <View title={t.register.title} key="choose">
      <Steps current={0} />
      <p>{t.register.intro}</p>
      {replaces ? <Replaces id={replaces} /> : <Unfinished />}
      <ChooseFiles
        selection={selection}
        onSelect={(chosen) => {
          sending.clear();
          choice.holdKey(null);
          choice.selection.set(chosen);
        }}
      />
      {candidate && (
        <>
          {candidate.certificate && <Precheck key={candidate.id} certificate={candidate.certificate} />}
          <form
            onSubmit={(event) => {
              event.preventDefault();
              submit();
            }}
          >
            {candidate.hasKey ? (
              <Choices
                legend={t.register.way}
                value={way}
                choices={[
                  { value: "sign", label: t.register.sign, hint: t.register.signHint },
                  { value: "container", label: t.register.container, hint: t.register.containerHint },
                ]}
                onChange={choice.way.set.bind(choice.way)}
              />
            ) : (
              <Notice>{t.register.signNeedsKey}</Notice>
            )}
            {opensFirst && (
              <Field
                label={t.files.password}
                hint={t.files.passwordHint}
                type="password"
                field={password}
                required
                autocomplete="off"
                maxLength={128}
              />
            )}
            {progress !== null && (
              <>
                <Status busy>{t.register.sending}</Status>
                <progress max={100} value={progress} aria-label={t.register.sending} />
              </>
            )}
            <Problem error={sending.error} />
            <Submit busy={sending.busy} onCancel={sending.cancel}>
              {t.register.submit}
            </Submit>
          </form>
        </>
      )}
    </View>
  );
}

/** A registration that was begun before, in this browser. */
export function Unfinished() {
  const t = useTexts();
  const kept = useStore(unfinished);
  if (kept.length === 0) return null;
  return (
    <Notice>
      {kept.map(({ id, replaces }) => (
        <p class="links" key={id}>
          {replaces ? t.register.unfinishedRenewal : t.register.unfinished}{" "}
          <a href={addressOf(["register", id, ...(replaces ? ["replaces", replaces] : [])])}>{t.register.resume}</a>
        </p>
      ))}
    </Notice>
  );
}

/** Of which registration the new certificate takes the place. */
export function Replaces({ id }: { id: string }) {
  const t = useTexts();
  const earlier = useLoaded(
    (signal) => service.get("/registrations/{registration_id}", { path: { registration_id: id }, signal }),
    id,
  );
  return (
    <>
      <Problem error={earlier.error} />
      {earlier.value && (
        <Notice>
          <p>{t.register.replaces(earlier.value.certificate.name_masked)}</p>
        </Notice>
      )}
    </>
  );
}

interface PrecheckProps {
  readonly certificate: { readonly der: Uint8Array; readonly kind: "personal" | "corporate" | null };
}

/** Whether the certificate can be registered, before anything is sent but the certificate itself. */
export function Precheck({ certificate }: PrecheckProps) {
  const t = useTexts();
  const action = useAction();
  const [kind, setKind] = useState<"personal" | "corporate">(certificate.kind ?? "personal");
  const [result, setResult] = useState<PrecheckResult | null>(null);
  const check = () =>
    action.run(async (signal) => {
      const body = { certificate: base64(certificate.der), customer_kind: kind };
      const checked = await service.post("/precheck", { body, signal });
      if (!checked.ok) return checked.error;
      setResult(checked.value);
      return null;
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        check();
      }}
    >
      {certificate.kind === null && (
        <Choices
          legend={t.precheck.kind}
          value={kind}
          choices={(["personal", "corporate"] as const).map((each) => ({
            value: each,
            label: t.certificate.kinds[each],
          }))}
          onChange={setKind}
        />
      )}
      <div class="buttons">
        <button type="submit" aria-disabled={action.busy}>
          {t.register.precheck}
        </button>
        {action.busy && <span class="status busy">{t.waiting}</span>}
      </div>
      <Problem error={action.error} />
      {result && (
        <>
          <Notice kind={result.accepted ? "good" : "bad"}>
            <Status>{result.accepted ? t.precheck.accepted : t.precheck.refused}</Status>
            {result.accepted && <p>{t.precheck.later}</p>}
          </Notice>
          <Findings findings={result.findings} headline={result.headline} />
        </>
      )}
    </form>
  );
}
