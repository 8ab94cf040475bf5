import { language } from "./texts/language.ts";

const SEOUL = "Asia/Seoul";
const TAGS = { ko: "ko-KR", en: "en-GB" } as const;

/** The day of a moment, in Seoul. */
export function day(moment: string | Date): string {
  return shown(new Date(moment), { dateStyle: "long" });
}

/** The last day of a certificate: one that ends at midnight in Seoul ends on the day before. */
export function lastDay(notAfter: string | Date): string {
  return day(new Date(new Date(notAfter).getTime() - 1000));
}

/** Day and time of a moment, in Seoul. */
export function moment(at: string | Date): string {
  return shown(new Date(at), { dateStyle: "long", timeStyle: "short" });
}

/** The time of day of a moment, in Seoul. */
export function timeOfDay(at: string | Date): string {
  return shown(new Date(at), { timeStyle: "short" });
}

/** Minutes and seconds. */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function shown(at: Date, style: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(TAGS[language.value], { ...style, timeZone: SEOUL }).format(at);
}

/** A name as the service shows it: a company's whole, a person's with its middle hidden (홍*동). */
export function shownName(name: string, kind: "personal" | "corporate" | null): string {
  const words = name.normalize("NFC").split(/\s+/).filter(Boolean);
  if (kind === "corporate") return words.join(" ");
  // Syllables of one name that are written apart (홍 길 동) are one word.
  const apart = words.some((word) => [...word].length === 1);
  const east = words.every((word) => /^[\p{Script=Hangul}\p{Script=Han}]+$/u.test(word));
  const one = apart && (east || words.every((word) => [...word].length === 1));
  return (one ? [words.join("")] : words).map(masked).join(" ");
}

function masked(word: string): string {
  const letters = [...word];
  if (letters.length === 1) return word;
  if (letters.length === 2) return `${letters[0]}*`;
  return `${letters[0]}${"*".repeat(letters.length - 2)}${letters.at(-1)}`;
}
