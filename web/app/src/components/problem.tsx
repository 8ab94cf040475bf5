import type { FileProblem, Finding, Problem as ProblemDocument, SignatureRequest } from "@registrar/sdk";
import type { ComponentChildren } from "preact";
import { config } from "../config.ts";
import type { PageError } from "../errors.ts";
import { lastDay } from "../format.ts";
import { addressOf } from "../route.ts";
import { useStore } from "../store.ts";
import type { Texts } from "../texts/ko.ts";
import { type Language, language, useTexts } from "../texts/language.ts";
import REASONS from "../texts/reasons.json";

interface Reason {
  readonly next_action: string;
  readonly faq: string;
  readonly title: Readonly<Record<Language, string>>;
  readonly text: Readonly<Record<Language, string>>;
}

export interface Shown {
  readonly title: string;
  readonly text: string;
  /** Anchor in the guide. */
  readonly faq: string | null;
  readonly next: { readonly label: string; readonly address: string } | null;
  readonly reference?: string;
  readonly wait?: string;
}

export function guideAddress(anchor: string): string {
  return `./guide.html#${anchor}`;
}

/** A link into the guide. It opens beside the page, which would forget the session. */
export function GuideLink({ anchor, children }: { anchor: string; children: string }) {
  return (
    <a href={guideAddress(anchor)} target="_blank" rel="noopener">
      {children}
    </a>
  );
}

/** An error, with what to do next; a screen reader reads it at once. */
export function Problem({ error, children }: { error: PageError | null; children?: ComponentChildren }) {
  const t = useTexts();
  const chosen = useStore(language);
  if (!error || error.kind === "aborted") return null;
  return (
    <div class="notice bad" role="alert">
      <Reasons shown={shownOf(error, t, chosen)} />
      {children}
    </div>
  );
}

/** The reason why a registered certificate cannot be used. */
export function RegistrationReason({ code, notAfter }: { code: string; notAfter: string }) {
  const t = useTexts();
  const chosen = useStore(language);
  const shown = byCode(code, { expired_on: lastDay(notAfter) }, t, chosen);
  return shown && <Reasons shown={{ ...shown, next: null }} />;
}

export function Reasons({ shown }: { shown: Shown }) {
  const t = useTexts();
  return (
    <>
      <p class="notice-title">{shown.title}</p>
      <p>{shown.text}</p>
      {shown.wait && <p>{shown.wait}</p>}
      {(shown.next || shown.faq) && (
        <p class="links">
          {shown.next && <a href={shown.next.address}>{shown.next.label}</a>}
          {shown.faq && <GuideLink anchor={shown.faq}>{t.problem.guide}</GuideLink>}
        </p>
      )}
      {shown.reference && (
        <p class="hint">
          {t.problem.reference(shown.reference)} {t.helpDesk(config.helpDesk)}
        </p>
      )}
    </>
  );
}

export function shownFinding(finding: Finding, t: Texts): Shown {
  const { title, text, faq, next_action: action, params, code } = finding;
  return { title, text, faq, next: nextOf(action, code, params.registration_id, t) };
}

/** Why a signature request failed. */
export function shownReason(reason: NonNullable<SignatureRequest["reason"]>, t: Texts): Shown {
  const { code, title, detail, next_action: action, params } = reason;
  const faq = code.toLowerCase().replaceAll("_", "-");
  return { title, text: detail, faq, next: nextOf(action, code, params.registration_id, t) };
}

export function shownFileProblem(problem: FileProblem, t: Texts, chosen: Language): Shown {
  const { code, params } = problem;
  if (code === "FILE_PASSWORD_WRONG") return words(t.problem.passwordWrong, t.problem.passwordWrongText);
  const size = params.max_bytes === undefined ? undefined : `${Math.floor(params.max_bytes / 1024)} KB`;
  return byCode(code, { ...params, max_bytes: size }, t, chosen) ?? unexpected(t, chosen);
}

function shownOf(error: PageError, t: Texts, chosen: Language): Shown {
  switch (error.kind) {
    case "problem":
      return shownProblem(error.problem, error.retryAfter, t);
    case "network":
      return error.timedOut
        ? words(t.problem.timedOut, t.problem.timedOutText)
        : words(t.problem.network, t.problem.networkText);
    case "file":
      return shownFileProblem(error, t, chosen);
    case "form":
      return words(error.reason === "expired" ? t.problem.formExpired : t.problem.formSize, t.problem.formText);
    case "secret":
      if (error.reason === "key") break;
      return words(
        error.reason === "empty" ? t.problem.secretEmpty : t.problem.secretTooLong,
        t.problem.secretText,
      );
    case "passkey":
      return words(t.problem.passkey[error.reason], t.problem.passkey[`${error.reason}Text`]);
    case "page":
      return shownPageProblem(error.reason, t, chosen);
  }
  return unexpected(t, chosen);
}

function shownPageProblem(
  reason: "other-certificate" | "no-random-number" | "no-key" | "no-registration",
  t: Texts,
  chosen: Language,
): Shown {
  switch (reason) {
    case "other-certificate":
      return words(t.problem.otherCertificate, t.problem.otherCertificateText);
    case "no-key":
      return words(t.problem.noKey, t.problem.noKeyText);
    case "no-registration":
      return words(t.problem.noRegistration, t.problem.noRegistrationText);
    case "no-random-number":
      return byCode("OWNER_UNVERIFIABLE", {}, t, chosen) ?? unexpected(t, chosen);
  }
}

function shownProblem(problem: ProblemDocument, retryAfter: number | null, t: Texts): Shown {
  const { title, detail, type, next_action: action, code, params, support_ref: reference } = problem;
  const anchor = /^urn:registrar:problem:([a-z-]+)$/.exec(type)?.[1] ?? null;
  return {
    title,
    text: detail ?? "",
    faq: anchor,
    next: nextOf(action, code, params.registration_id, t),
    reference,
    ...(retryAfter ? { wait: t.problem.wait(retryAfter) } : {}),
  };
}

function byCode(
  code: string,
  params: Readonly<Record<string, string | number | undefined>>,
  t: Texts,
  chosen: Language,
): Shown | null {
  const reason = (REASONS as Readonly<Record<string, Reason>>)[code];
  if (!reason) return null;
  const values: typeof params = { bank: config.bank[chosen], help_desk: config.helpDesk, ...params };
  const text = reason.text[chosen].replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    return typeof value === "number" ? value.toLocaleString("en") : (value ?? "");
  });
  return {
    title: reason.title[chosen],
    text,
    faq: reason.faq,
    next: nextOf(reason.next_action, code, undefined, t),
  };
}

function unexpected(t: Texts, chosen: Language): Shown {
  return words(t.problem.unexpected, t.problem.unexpectedText(config.bank[chosen], config.helpDesk));
}

function words(title: string, text: string): Shown {
  return { title, text, faq: null, next: null };
}

/** Where the customer does what a `next_action` says; null where the text says it all (docs/integrate.md). */
function nextOf(action: string, code: string, registrationId: string | undefined, t: Texts): Shown["next"] {
  switch (action) {
    case "RESTART":
    case "CHOOSE_FILE":
      if (code.startsWith("SIGNING_")) return { label: t.nav.requests, address: addressOf(["requests"]) };
      return {
        label: action === "RESTART" ? t.next.RESTART : t.next.CHOOSE_FILE,
        address: addressOf(["register"]),
      };
    case "REGISTER_NEW_CERT":
      return { label: t.next.REGISTER_NEW_CERT, address: addressOf(["register"]) };
    case "MANAGE":
      return /^(CREDENTIAL|RECOVERY)_/.test(code)
        ? { label: t.nav.credentials, address: addressOf(["credentials"]) }
        : {
            label: t.next.MANAGE,
            address: addressOf(["certificates", ...(registrationId ? [registrationId] : [])]),
          };
    case "CALL":
      return { label: t.call, address: `tel:${config.helpDesk}` };
    case "RESUME":
      return registrationId
        ? { label: t.next.RESUME, address: addressOf(["certificates", registrationId, "resume"]) }
        : { label: t.next.MANAGE, address: addressOf(["certificates"]) };
    case "SEE_ISSUER_LIST":
    case "GET_OTHER_CERT":
      return { label: t.nav.issuers, address: addressOf(["issuers"]) };
    default:
      return null;
  }
}
