/** What the server says about this installation: config.json beside the page. */
import { LANGUAGES, type Language } from "./texts/language.ts";

export interface Config {
  /** The API's address with its version. */
  readonly api: string;
  readonly bank: Readonly<Record<Language, string>>;
  readonly languages: readonly Language[];
  /** The number of the bank's help desk, as it is dialled in Korea. Texts name it, as they name the bank. */
  readonly helpDesk: string;
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
  if (typeof helpDesk !== "string" || helpDesk === "") throw new Error("config.json names no help desk");
  const known = LANGUAGES.filter((language) => !Array.isArray(languages) || languages.includes(language));
  return {
    api: api.replace(/\/$/, ""),
    bank: names(bank),
    languages: known.length > 0 ? known : LANGUAGES,
    helpDesk,
  };
}

function names(bank: unknown): Readonly<Record<Language, string>> {
  if (typeof bank === "string") return { ko: bank, en: bank };
  const { ko, en } = (bank ?? {}) as { ko?: unknown; en?: unknown };
  if (typeof ko !== "string" || typeof en !== "string") throw new Error("config.json does not name the bank");
  return { ko, en };
}
