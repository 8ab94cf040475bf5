/** Where the customer is: the fragment of the address, so that back and reload work. It names ids, never a secret. */
import { Store, useStore } from "./store.ts";

export interface Route {
  readonly path: readonly string[];
  /** A part of a view that Back leaves: `code`, `certificate` and `proof`. */
  readonly step: string | null;
}

function parsed(fragment: string): Route {
  const [path = "", query = ""] = fragment.replace(/^#\/?/, "").split("?", 2);
  return { path: path.split("/").filter(Boolean), step: new URLSearchParams(query).get("step") };
}

const route = new Store(parsed(location.hash));
/** Whether the entry of the history before this one is the same view without its step. */
let stepPushed = false;

window.addEventListener("hashchange", () => {
  const now = parsed(location.hash);
  if (now.step === null) stepPushed = false;
  route.set(now);
});

export function useRoute(): Route {
  return useStore(route);
}

export function currentPath(): readonly string[] {
  return route.value.path;
}

export function addressOf(path: readonly string[], step: string | null = null): string {
  return `#/${path.join("/")}${step ? `?step=${step}` : ""}`;
}

/** Show a view. */
export function go(...path: string[]): void {
  location.hash = addressOf(path);
}

/** Show a view in place of this one, which Back then skips. */
export function replace(...path: string[]): void {
  rewrite(addressOf(path));
}

export function enterStep(step: string): void {
  stepPushed = true;
  location.hash = addressOf(route.value.path, step);
}

/** Show this view without its step. Wait for it before going elsewhere: the history takes its time. */
export async function leaveStep(): Promise<void> {
  const { path, step } = route.value;
  if (step === null) return;
  if (!stepPushed) return rewrite(addressOf(path));
  stepPushed = false;
  const left = new Promise((resolve) => window.addEventListener("hashchange", resolve, { once: true }));
  history.back();
  // The view need not wait.
  route.set({ path, step: null });
  await left;
}

function rewrite(address: string): void {
  history.replaceState(null, "", address);
  route.set(parsed(address));
}
