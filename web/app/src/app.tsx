import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { SessionBar } from "./components/session_bar.tsx";
import { Announcer, Notice, Status, View } from "./components/view.tsx";
import { config } from "./config.ts";
import { addressOf, useRoute } from "./route.ts";
import { noteSeen, session } from "./session.ts";
import { useStore } from "./store.ts";
import { chooseLanguage, language, useTexts } from "./texts/language.ts";
import { CertificateDetails, Deregister, ReportLoss, Resume } from "./views/certificate.tsx";
import { Certificates } from "./views/certificates.tsx";
import { AddPasskey, ChangePhone, Credentials, RemoveCredential, SetTotp } from "./views/credentials.tsx";
import { Issuers } from "./views/issuers.tsx";
import { Login } from "./views/login.tsx";
import { ReportAll, ReportWithoutSession } from "./views/loss.tsx";
import { PrecheckView } from "./views/precheck.tsx";
import { Register } from "./views/register.tsx";
import { Request, Requests } from "./views/requests.tsx";
import { UploadView } from "./views/upload.tsx";

export function App() {
  const t = useTexts();
  const { path } = useRoute();
  const { live } = useStore(session);
  const isPublic = ["loss", "precheck", "issuers"].includes(path[0] ?? "");
  const shown = live || isPublic ? viewOf(path) : <Login />;
  // What is typed in one view never shows in another.
  const key = live || isPublic ? path.join("/") : "login";
  // A file that misses its place would otherwise be opened by the browser, in place of the page.
  useEffect(() => {
    const refuse = (event: DragEvent) => event.preventDefault();
    addEventListener("dragover", refuse);
    addEventListener("drop", refuse);
    return () => {
      removeEventListener("dragover", refuse);
      removeEventListener("drop", refuse);
    };
  }, []);
  return (
    <>
      {/* No link: the fragment of the address names the view. */}
      <button type="button" class="skip" onClick={() => document.querySelector("h1")?.focus()}>
        {t.skip}
      </button>
      <Header live={live} current={path[0] ?? ""} />
      <main id="main">
        <EndedOther />
        <Keyed key={key}>{shown}</Keyed>
      </main>
      <footer>
        <p class="links">
          <a href={addressOf(["issuers"])}>{t.nav.issuers}</a>
          <a href={addressOf(["precheck"])}>{t.nav.precheck}</a>
          <a href={addressOf(["loss"])}>{t.nav.loss}</a>
          <a href="./guide.html" target="_blank" rel="noopener">
            {t.nav.guide}
          </a>
          <span>{t.helpDesk(config.helpDesk)}</span>
        </p>
      </footer>
      <Announcer />
    </>
  );
}

function Keyed({ children }: { children: ComponentChildren }) {
  return <>{children}</>;
}

/** Whoever did not log in elsewhere has to see it, so it stays until it is closed. */
function EndedOther() {
  const t = useTexts();
  const state = useStore(session);
  if (!state.live || !state.endedOther) return null;
  return (
    <Notice kind="warn">
      <Status>{t.session.other}</Status>
      <button type="button" onClick={noteSeen}>
        {t.close}
      </button>
    </Notice>
  );
}

function viewOf(path: readonly string[]) {
  const [area = "certificates", one, two, three] = path;
  switch (area) {
    case "certificates":
      if (!one) return <Certificates />;
      if (one === "loss") return <ReportAll />;
      if (!two) return <CertificateDetails id={one} />;
      if (two === "loss") return <ReportLoss id={one} />;
      if (two === "resume") return <Resume id={one} />;
      if (two === "deregister") return <Deregister id={one} />;
      break;
    case "register":
      if (!one) return <Register replaces={null} />;
      if (one === "replaces" && two) return <Register replaces={two} />;
      if (!two || (two === "replaces" && three)) return <UploadView id={one} replaces={three ?? null} />;
      break;
    case "issuers":
      return <Issuers />;
    case "precheck":
      return <PrecheckView />;
    case "loss":
      return <ReportWithoutSession />;
    case "credentials":
      if (!one) return <Credentials />;
      if (one === "passkey") return <AddPasskey />;
      if (one === "totp") return <SetTotp />;
      if (one === "phone") return <ChangePhone />;
      if (one === "remove" && two) return <RemoveCredential id={two} />;
      break;
    case "requests":
      return one ? <Request id={one} /> : <Requests />;
  }
  return <NotFound />;
}

function NotFound() {
  const t = useTexts();
  return (
    <View title={t.notFound.title}>
      <p>{t.notFound.text}</p>
      <p class="links">
        <a href={addressOf(["certificates"])}>{t.notFound.home}</a>
      </p>
    </View>
  );
}

function Header({ live, current }: { live: boolean; current: string }) {
  const t = useTexts();
  const chosen = useStore(language);
  const areas = ["certificates", "register", "requests", "credentials"] as const;
  return (
    <header>
      <div class="top">
        <a class="bank" href={addressOf(["certificates"])}>
          {config.bank[chosen]}
        </a>
        <Languages />
      </div>
      {live && (
        <div class="top">
          <nav aria-label={t.menu}>
            <ul>
              {areas.map((area) => (
                <li key={area}>
                  <a
                    href={addressOf([area])}
                    {...(area === (current || "certificates") ? { "aria-current": "page" as const } : {})}
                  >
                    {t.nav[area]}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <SessionBar />
        </div>
      )}
    </header>
  );
}

const NAMES = { ko: "한국어", en: "English" } as const;

function Languages() {
  const t = useTexts();
  const chosen = useStore(language);
  if (config.languages.length < 2) return null;
  return (
    <fieldset aria-label={t.language} class="languages">
      {config.languages.map((each) => (
        <button
          type="button"
          key={each}
          lang={each}
          aria-pressed={each === chosen}
          onClick={() => chooseLanguage(each)}
        >
          {NAMES[each]}
        </button>
      ))}
    </fieldset>
  );
}
