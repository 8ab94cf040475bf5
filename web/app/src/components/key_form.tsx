import { forget, type OpenedKey } from "@registrar/sdk";
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { device } from "../device.ts";
import type { PageError } from "../errors.ts";
import { useAction } from "../hooks.ts";
import { useTexts } from "../texts/language.ts";
import { CandidateLabel } from "./certificate.tsx";
import { ChooseFiles, type Selection } from "./choose_files.tsx";
import { Field, Submit, taken } from "./fields.tsx";
import { Problem } from "./problem.tsx";

interface KeyFormProps {
  readonly submit: string;
  /** Signs with the key, which is forgotten afterwards. */
  readonly onKey: (key: OpenedKey, signal: AbortSignal) => Promise<PageError | null>;
  /** The certificate whose key is wanted, by its fingerprint. */
  readonly wanted?: string | undefined;
  /** What was chosen before. */
  readonly selection?: Selection | null;
  readonly onSelect?: (selection: Selection | null) => void;
  /** Between the files and the password. */
  readonly children?: ComponentChildren;
}

/** Files, the certificate's password, and a button: opens the private key on this device and signs with it. */
export function KeyForm({ submit, onKey, wanted, selection: given, onSelect, children }: KeyFormProps) {
  const t = useTexts();
  const [own, setOwn] = useState<Selection | null>(null);
  const password = useRef<HTMLInputElement>(null);
  const action = useAction();
  const selection = given ?? own;
  const select = (chosen: Selection | null) => {
    action.clear();
    setOwn(chosen);
    onSelect?.(chosen);
  };

  const candidate = selection?.candidate;
  const fits = wanted !== undefined && candidate?.certificate?.fingerprint === wanted ? candidate : null;

  const open = () =>
    action.run(async (signal) => {
      if (!candidate) return null;
      if (!candidate.hasKey) return { kind: "page", reason: "no-key" };
      if (wanted && candidate.certificate && candidate.certificate.fingerprint !== wanted) {
        return { kind: "page", reason: "other-certificate" };
      }
      const opened = await device.openKey(candidate, taken(password.current), { signal });
      if (!opened.ok) {
        password.current?.focus();
        return opened.error;
      }
      const key = opened.value;
      try {
        if (wanted && key.certificate.fingerprint !== wanted) return { kind: "page", reason: "other-certificate" };
        return await onKey(key, signal);
      } finally {
        forget(key);
      }
    });

  return (
    <>
      {fits ? (
        <section aria-label={t.files.chosen} class="card">
          <h2>{t.files.chosen}</h2>
          <p>
            <CandidateLabel candidate={fits} />
          </p>
          <button type="button" onClick={() => select(null)}>
            {t.files.other}
          </button>
        </section>
      ) : (
        <ChooseFiles selection={selection} onSelect={select} wanted={wanted} />
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          open();
        }}
      >
        {children}
        {candidate && (
          <>
            <Field
              label={t.files.password}
              hint={t.files.passwordHint}
              type="password"
              field={password}
              required
              autocomplete="off"
              maxLength={128}
            />
            <Problem error={action.error} />
            <Submit busy={action.busy} onCancel={action.cancel}>
              {submit}
            </Submit>
          </>
        )}
      </form>
    </>
  );
}
