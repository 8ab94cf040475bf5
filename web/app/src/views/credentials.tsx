import type { CreationOptions, Credential, Recovery as RecoveryFacts } from "@registrar/sdk";
import { useRef, useState } from "preact/hooks";
import { CodeForm, StepUp } from "../components/challenge.tsx";
import { Field, Submit } from "../components/fields.tsx";
import { Problem } from "../components/problem.tsx";
import { QrCode } from "../components/qr_code.tsx";
import { Notice, Status, View } from "../components/view.tsx";
import { codeOf, type PageError } from "../errors.ts";
import { day, moment } from "../format.ts";
import { useAction, useLoaded } from "../hooks.ts";
import { makePasskey } from "../passkeys.ts";
import { addressOf } from "../route.ts";
import { service } from "../service.ts";
import { useTexts } from "../texts/language.ts";

/** How the customer logs in and proves their identity. */
export function Credentials() {
  const t = useTexts();
  const loaded = useLoaded((signal) => service.get("/credentials", { signal }));
  const found = loaded.value?.credentials ?? [];
  const hasTotp = found.some((each) => each.kind === "totp");
  return (
    <View title={t.credentials.title}>
      <p>{t.credentials.intro}</p>
      {loaded.loading && !loaded.value && <Status busy>{t.loading}</Status>}
      <Problem error={loaded.error}>
        <button type="button" onClick={loaded.reload}>
          {t.retry}
        </button>
      </Problem>
      {loaded.value?.recovery && <Recovery recovery={loaded.value.recovery} onCancelled={loaded.reload} />}
      {loaded.value && (
        <>
          <ul class="plain cards">
            {found.map((each) => (
              <Card key={each.credential_id} credential={each} />
            ))}
          </ul>
          <p class="links">
            <a class="button" href={addressOf(["credentials", "passkey"])}>
              {t.credentials.addPasskey}
            </a>
            <a class="button" href={addressOf(["credentials", "totp"])}>
              {hasTotp ? t.credentials.changeTotp : t.credentials.setTotp}
            </a>
            <a class="button" href={addressOf(["credentials", "phone"])}>
              {t.credentials.changePhone}
            </a>
          </p>
          <p class="links">
            <a href={addressOf(["certificates"])}>{t.credentials.certificates}</a>
          </p>
        </>
      )}
    </View>
  );
}

function Card({ credential }: { credential: Credential }) {
  const t = useTexts();
  const kind = t.credentials.kinds[credential.kind];
  const name = credential.phone ?? credential.name ?? "";
  return (
    <li class="card">
      <p>
        <strong>{kind}</strong> {name}
      </p>
      {credential.added_at && <p class="hint">{t.credentials.addedAt(day(credential.added_at))}</p>}
      {credential.kind !== "phone" && (
        <p class="links">
          <a
            href={addressOf(["credentials", "remove", credential.credential_id])}
            aria-label={t.credentials.removeNamed(`${kind} ${name}`.trim())}
          >
            {t.credentials.remove}
          </a>
        </p>
      )}
    </li>
  );
}

/** A recovery at the bank that takes effect soon: a customer who did not ask for it can stop it here. */
function Recovery({ recovery, onCancelled }: { recovery: RecoveryFacts; onCancelled: () => void }) {
  const t = useTexts();
  const action = useAction();
  const cancel = () =>
    action.run(async (signal) => {
      const result = await service.post("/recovery/cancellation", { signal });
      if (!result.ok) return result.error;
      onCancelled();
      return null;
    });
  return (
    <Notice kind="warn">
      <h2>{t.recovery.title}</h2>
      <p>{t.recovery.text(moment(recovery.effective_at), recovery.phone)}</p>
      <p>
        {t.recovery.lost}: {recovery.lost.map((each) => t.recovery.lostKinds[each]).join(", ")}
      </p>
      <p>{t.recovery.notYou}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          cancel();
        }}
      >
        <Problem error={action.error} />
        <Submit danger busy={action.busy}>
          {t.recovery.cancel}
        </Submit>
      </form>
    </Notice>
  );
}

/** What a proof of identity opened is shut again where the service does not accept it any more. */
function shutBy(error: PageError, setProof: (proof: null) => void): PageError {
  const code = codeOf(error);
  if (code === "STEP_UP_REQUIRED" || code === "STEP_UP_TOO_WEAK") setProof(null);
  return error;
}

export function AddPasskey() {
  const t = useTexts();
  const [proof, setProof] = useState<string | null>(null);
  const [done, setDone] = useState(false);
  const name = useRef<HTMLInputElement>(null);
  const action = useAction();
  const add = (proofId: string) =>
    action.run(async (signal) => {
      const body = { proof_id: proofId };
      const options = await service.post("/credentials/passkey/options", { body, signal });
      if (!options.ok) return shutBy(options.error, setProof);
      const made = await makePasskey(options.value as CreationOptions, signal);
      if (!made.ok) return made.error;
      const added = await service.post("/credentials/passkey", {
        body: { ...body, name: name.current?.value.trim() ?? "", ...made.value },
        signal,
      });
      if (!added.ok) return shutBy(added.error, setProof);
      setDone(true);
      return null;
    });
  return (
    <View title={t.passkey.title}>
      {done ? (
        <Done text={t.passkey.done} />
      ) : (
        <>
          <p>{t.passkey.text}</p>
          {proof ? (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                add(proof);
              }}
            >
              <Field label={t.passkey.name} hint={t.passkey.nameHint} field={name} required maxLength={40} />
              <Problem error={action.error} />
              <Submit busy={action.busy} onCancel={action.cancel}>
                {t.passkey.submit}
              </Submit>
            </form>
          ) : (
            <StepUp operation="enrol" object="passkey" onProof={setProof} />
          )}
        </>
      )}
    </View>
  );
}

export function SetTotp() {
  const t = useTexts();
  const [proof, setProof] = useState<string | null>(null);
  const [address, setAddress] = useState<string | null>(null);
  const [done, setDone] = useState(false);
  const starting = useAction();
  const start = (proofId: string) =>
    starting.run(async (signal) => {
      setProof(proofId);
      const result = await service.post("/credentials/totp", { body: { proof_id: proofId }, signal });
      if (!result.ok) return shutBy(result.error, setProof);
      setAddress(result.value.otpauth_uri);
      return null;
    });
  return (
    <View title={t.totp.title}>
      {done && <Done text={t.totp.done} />}
      {!done && !proof && <StepUp operation="enrol" object="totp" onProof={start} />}
      {!done && proof && (
        <>
          {starting.busy && <Status busy>{t.loading}</Status>}
          <Problem error={starting.error}>
            <button type="button" onClick={() => start(proof)}>
              {t.retry}
            </button>
          </Problem>
          {address && (
            <>
              <p>{t.totp.text}</p>
              <QrCode text={address} label={t.totp.qr} />
              <dl class="facts">
                <dt>{t.totp.key}</dt>
                <dd class="path">{keyOf(address)}</dd>
              </dl>
              <p class="links">
                <a href={address}>{t.totp.open}</a>
              </p>
              <CodeForm
                label={t.totp.code}
                submit={t.totp.submit}
                send={async (code, signal) => {
                  const body = { proof_id: proof, code };
                  const result = await service.post("/credentials/totp/code", { body, signal });
                  if (!result.ok) return shutBy(result.error, setProof);
                  setAddress(null);
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

/** The secret in an otpauth address, in groups that can be copied by eye. */
function keyOf(address: string): string {
  const secret = /[?&]secret=([A-Z2-7]+)/.exec(address)?.[1] ?? "";
  return secret.match(/.{1,4}/g)?.join(" ") ?? "";
}

export function ChangePhone() {
  const t = useTexts();
  const [proof, setProof] = useState<string | null>(null);
  const [sentTo, setSentTo] = useState<string | null>(null);
  const [wrong, setWrong] = useState(false);
  const [done, setDone] = useState(false);
  const number = useRef<HTMLInputElement>(null);
  const action = useAction();
  const send = (proofId: string) =>
    action.run(async (signal) => {
      const phone = international(number.current?.value ?? "");
      setWrong(phone === null);
      if (phone === null) {
        number.current?.focus();
        return null;
      }
      const result = await service.post("/credentials/phone", { body: { proof_id: proofId, phone }, signal });
      if (!result.ok) return shutBy(result.error, setProof);
      setSentTo(result.value.phone);
      return null;
    });
  return (
    <View title={t.phone.title}>
      {done && <Done text={t.phone.done} />}
      {!done && !proof && <StepUp operation="enrol" object="phone" onProof={setProof} />}
      {!done && proof && (
        <>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              send(proof);
            }}
          >
            <Field
              label={t.phone.number}
              hint={t.phone.numberHint}
              wrong={wrong ? t.phone.wrong : undefined}
              field={number}
              type="tel"
              required
              autocomplete="tel"
              maxLength={20}
            />
            <Problem error={action.error} />
            <Submit busy={action.busy}>{sentTo ? t.challenge.smsAgain : t.phone.send}</Submit>
          </form>
          {sentTo && (
            <>
              <Status>{t.challenge.smsSent(sentTo)}</Status>
              <CodeForm
                label={t.phone.code}
                submit={t.phone.submit}
                send={async (code, signal) => {
                  const body = { proof_id: proof, code };
                  const result = await service.post("/credentials/phone/code", { body, signal });
                  if (!result.ok) return shutBy(result.error, setProof);
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

/** A Korean mobile number in E.164; null where it is none. */
export function international(typed: string): string | null {
  const digits = typed.replace(/[\s().-]/g, "").replace(/^\+82/, "0");
  return /^0(10\d{8}|1[16789]\d{7,8})$/.test(digits) ? `+82${digits.slice(1)}` : null;
}

export function RemoveCredential({ id }: { id: string }) {
  const t = useTexts();
  const loaded = useLoaded((signal) => service.get("/credentials", { signal }));
  const [proof, setProof] = useState<string | null>(null);
  const [done, setDone] = useState(false);
  const action = useAction();
  const found = loaded.value?.credentials.find((each) => each.credential_id === id);
  const remove = (proofId: string) =>
    action.run(async (signal) => {
      const result = await service.post("/credentials/{credential_id}/removal", {
        path: { credential_id: id },
        body: { proof_id: proofId },
        signal,
      });
      if (!result.ok) return shutBy(result.error, setProof);
      setDone(true);
      return null;
    });
  return (
    <View title={t.removal.title}>
      <Problem error={loaded.error}>
        <button type="button" onClick={loaded.reload}>
          {t.retry}
        </button>
      </Problem>
      {done ? (
        <Done text={t.removal.done} />
      ) : (
        <>
          {found && <p>{t.removal.text(`${t.credentials.kinds[found.kind]} ${found.name ?? ""}`.trim())}</p>}
          {proof ? (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                remove(proof);
              }}
            >
              <Problem error={action.error} />
              <Submit danger busy={action.busy}>
                {t.removal.submit}
              </Submit>
            </form>
          ) : (
            <StepUp operation="remove" object={id} onProof={setProof} />
          )}
        </>
      )}
    </View>
  );
}

function Done({ text }: { text: string }) {
  const t = useTexts();
  return (
    <>
      <Notice kind="good">
        <Status>{text}</Status>
      </Notice>
      <p class="links">
        <a class="button" href={addressOf(["credentials"])}>
          {t.credentials.title}
        </a>
      </p>
    </>
  );
}
