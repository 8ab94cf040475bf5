/**
 * The ids of uploads that are not registered yet, so that a customer who returns, a day later too, finds them. An id is
 * no secret: without the customer's session it opens nothing.
 */
import { Store } from "./store.ts";

const KEPT_AS = "uploads";
const MOST = 5;

function stored(): string[] {
  try {
    const ids: unknown = JSON.parse(localStorage.getItem(KEPT_AS) ?? "[]");
    return Array.isArray(ids) ? ids.filter((id) => /^[0-9a-f]{32}$/.test(String(id))).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export const unfinished = new Store<readonly string[]>(stored());

export function keepUpload(id: string): void {
  store([id, ...stored().filter((each) => each !== id)].slice(0, MOST));
}

export function dropUpload(id: string): void {
  store(stored().filter((each) => each !== id));
}

function store(ids: readonly string[]): void {
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify(ids));
  } catch {
    // A browser that stores nothing only makes the customer choose the files again.
  }
  unfinished.set(ids);
}
