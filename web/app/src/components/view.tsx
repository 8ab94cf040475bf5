import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { config } from "../config.ts";
import { Store, useStore } from "../store.ts";
import { language } from "../texts/language.ts";

// The browser itself reads the page when it is first opened.
let first = true;

/** One screen: its heading gets the focus when the customer comes here, so that it is read and Tab goes on from it. */
export function View({ title, children }: { title: string; children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const chosen = useStore(language);
  useEffect(() => {
    document.title = `${title} - ${config.bank[chosen]}`;
  }, [title, chosen]);
  useEffect(() => {
    if (!first) heading.current?.focus();
    first = false;
  }, []);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </>
  );
}

const announcement = new Store("");

/** Have a screen reader read a text that appeared. */
export function announce(text: string): void {
  announcement.set(text);
}

export function Announcer() {
  return (
    <p class="unseen" aria-live="polite">
      {useStore(announcement)}
    </p>
  );
}

/** A text about what is going on, which is also read out. */
export function Status({ children, busy = false }: { children: string; busy?: boolean }) {
  useEffect(() => announce(children), [children]);
  return <p class={busy ? "status busy" : "status"}>{children}</p>;
}

export function Notice({
  kind = "info",
  children,
}: {
  kind?: "info" | "good" | "warn" | "bad";
  children: ComponentChildren;
}) {
  return <div class={`notice ${kind}`}>{children}</div>;
}
