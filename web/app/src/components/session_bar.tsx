import { useEffect, useRef, useState } from "preact/hooks";
import { countdown } from "../format.ts";
import { service } from "../service.ts";
import { type Absence, canLast, end, timeLeft } from "../session.ts";
import { useTexts } from "../texts/language.ts";

const WARN_MS = 2 * 60_000;

export async function logOut(why: Absence): Promise<void> {
  // The service ends the session; if it cannot be reached, the session ends there by itself.
  const ended = service.post("/logout");
  end(why);
  await ended;
}

/** How long the session lasts, with a warning before it ends. */
export function SessionBar() {
  const t = useTexts();
  const [left, setLeft] = useState(timeLeft());
  const dialog = useRef<HTMLDialogElement>(null);
  const warn = left < WARN_MS;
  useEffect(() => {
    const timer = setInterval(() => {
      const now = timeLeft();
      setLeft(now);
      if (now <= 0) logOut("idle");
    }, 1000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (warn && !dialog.current?.open) dialog.current?.showModal();
    if (!warn) dialog.current?.close();
  }, [warn]);
  const extend = async () => {
    dialog.current?.close();
    await service.get("/registrations");
    setLeft(timeLeft());
  };
  return (
    <>
      <span class="session">
        <span role="timer" aria-live="off">
          {t.session.left(countdown(left))}
        </span>
        <button type="button" onClick={extend}>
          {t.session.extend}
        </button>
        <button type="button" onClick={() => logOut("left")}>
          {t.nav.logout}
        </button>
      </span>
      <dialog ref={dialog} aria-labelledby="idle-title" aria-describedby="idle-text">
        <h2 id="idle-title">{t.session.warning}</h2>
        <p id="idle-text">{canLast() ? t.session.warningText : t.session.cannotLast}</p>
        <p aria-hidden="true" class="countdown">
          {countdown(left)}
        </p>
        <div class="buttons">
          {canLast() ? (
            <button type="button" class="main" onClick={extend}>
              {t.session.extend}
            </button>
          ) : (
            <button type="button" class="main" onClick={() => dialog.current?.close()}>
              {t.close}
            </button>
          )}
          <button type="button" onClick={() => logOut("left")}>
            {t.nav.logout}
          </button>
        </div>
      </dialog>
    </>
  );
}
