/**
 * The ids of uploads that are not registered yet, each with the registration that it replaces, so that a customer who
 * returns, a day later too, finds them. An id is no secret: without the customer's session it opens nothing.
 */
import { whenEnded } from "./session.ts";
import { Store } from "./store.ts";

const KEPT_AS = "uploads";
const MOST = 5;

export interface Unfinished {
  readonly id: string;
  readonly replaces: string | null;
}

function isUnfinished(each: unknown): each is Unfinished {
  const { id, replaces } = (each ?? {}) as Partial<Record<keyof Unfinished, unknown>>;
  return /^[0-9a-f]{32}$/.test(String(id)) && (replaces === null || /^r[0-9a-f]{32}$/.test(String(replaces)));
}

function stored(): Unfinished[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT_AS) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isUnfinished).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export const unfinished = new Store<readonly Unfinished[]>(stored());

export function keepUpload(id: string, replaces: string | null): void {
  store([{ id, replaces }, ...stored().filter((each) => each.id !== id)].slice(0, MOST));
}

export function dropUpload(id: string): void {
  store(stored().filter((each) => each.id !== id));
}

whenEnded((why) => {
  if (why === "left") store([]);
});

function store(kept: readonly Unfinished[]): void {
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify(kept));
  } catch {
    // A browser that stores nothing only makes the customer choose the files again.
  }
  unfinished.set(kept);
}
