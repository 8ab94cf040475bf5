/** What the server says about this installation: config.json beside the page. */
import { LANGUAGES, type Language } from "./texts/language.ts";

export interface Config {
  /** The API's address with its version. */
  readonly api: string;
  readonly bank: Readonly<Record<Language, string>>;
  readonly languages: readonly Language[];
  /** The number of the bank's help desk. */
  readonly helpDesk: string | null;
}

export let config: Config;

export async function loadConfig(): Promise<void> {
  const response = await fetch("./config.json", { cache: "no-store", credentials: "omit" });
  if (!response.ok) throw new Error(`config.json: HTTP ${response.status}`);
  config = read(await response.json());
}

function read(content: Readonly<Record<string, unknown>>): Config {
  const {
    api,
    bank,
    languages,
    help_desk: helpDesk,
  } = content as {
    api?: unknown;
    bank?: unknown;
    languages?: unknown;
    help_desk?: unknown;
  };
  if (typeof api !== "string") throw new Error("config.json names no API");
  const known = LANGUAGES.filter((language) => !Array.isArray(languages) || languages.includes(language));
  return {
    api: api.replace(/\/$/, ""),
    bank: names(bank),
    languages: known.length > 0 ? known : LANGUAGES,
    helpDesk: typeof helpDesk === "string" && helpDesk !== "" ? helpDesk : null,
  };
}

function names(bank: unknown): Readonly<Record<Language, string>> {
  if (typeof bank === "string") return { ko: bank, en: bank };
  const { ko, en } = (bank ?? {}) as { ko?: unknown; en?: unknown };
  return { ko: typeof ko === "string" ? ko : "은행", en: typeof en === "string" ? en : "Bank" };
}
