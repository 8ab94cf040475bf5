/** What the customer chose to register, kept over the views of the registration; in memory only. */
import { forget, type OpenedKey } from "@registrar/sdk";
import type { Selection } from "./components/choose_files.tsx";
import { whenEnded } from "./session.ts";
import { Store } from "./store.ts";

export type Way = "sign" | "container";

export const selection = new Store<Selection | null>(null);
export const way = new Store<Way>("sign");
/** The key of a PFX that had to be opened before the upload, until it has signed. */
export const heldKey = new Store<OpenedKey | null>(null);

export function holdKey(key: OpenedKey | null): void {
  if (heldKey.value && heldKey.value !== key) forget(heldKey.value);
  heldKey.set(key);
}

export function forgetChoice(): void {
  holdKey(null);
  selection.set(null);
  way.set("sign");
}

whenEnded((why) => {
  if (why === "left" || why === "other") forgetChoice();
  else holdKey(null);
});
