import { Store, useStore } from "../store.ts";
import { en } from "./en.ts";
import { ko, type Texts } from "./ko.ts";

export type Language = "ko" | "en";
export const LANGUAGES: readonly Language[] = ["ko", "en"];

const TEXTS: Readonly<Record<Language, Texts>> = { ko, en };
const KEPT_AS = "language";

export const language = new Store<Language>("ko");

/** The language that the customer chose in this tab, else the first that the browser prefers. */
export function startLanguage(offered: readonly Language[]): void {
  const wanted = [sessionStorage.getItem(KEPT_AS), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  const found = wanted.find((tag) => offered.some((each) => each === tag)) as Language | undefined;
  show(found ?? offered[0] ?? "ko");
}

export function chooseLanguage(chosen: Language): void {
  sessionStorage.setItem(KEPT_AS, chosen);
  show(chosen);
}

function show(chosen: Language): void {
  document.documentElement.lang = chosen;
  language.set(chosen);
}

export function texts(): Texts {
  return TEXTS[language.value];
}

export function useTexts(): Texts {
  return TEXTS[useStore(language)];
}
