/** The session: its token is in memory only, so a reload ends it here, and the customer logs in again. */
import type { Session } from "@registrar/sdk";
import { Store } from "./store.ts";

/** The service ends a session after so long without a request, and in any case after an hour. */
export const IDLE_MS = 10 * 60_000;
const LIFE_MS = 60 * 60_000;
const PROOF_MS = 10 * 60_000;

/** Why there is no session: nobody logged in yet, the customer logged out, or it ended. */
export type Absence = "none" | "left" | "idle" | "ended";
export type State =
  | { readonly live: true; readonly endedOther: boolean }
  | { readonly live: false; readonly why: Absence };

export const session = new Store<State>({ live: false, why: "none" });

let token: string | null = null;
let startedAt = 0;
let usedAt = 0;
let deviceId: string | null = null;
/** Whose the last session of this page was; null after a login by certificate, which names nobody. */
let lastCustomer: string | null | undefined;
let registerProof: { readonly id: string; readonly until: number } | null = null;
/** Why something is forgotten: a session ended, or another customer may have begun one. */
export type Farewell = Absence | "other";
const forgetting: ((why: Farewell) => void)[] = [];

/** Begin a session of `customer`, the id that was typed; without it, it may be another customer's than the last. */
export function begin(begun: Session, customer: string | null): void {
  const same = customer !== null && customer === lastCustomer;
  if (lastCustomer !== undefined && !same) forgetCustomer("other");
  lastCustomer = customer;
  token = begun.token;
  startedAt = usedAt = Date.now();
  deviceId = begun.device_id ?? deviceId;
  keepRegisterProof(begun.proof_id ?? null);
  session.set({ live: true, endedOther: begun.ended_other_session });
}

/** The customer has seen that another session of theirs has ended. */
export function noteSeen(): void {
  if (session.value.live) session.set({ live: true, endedOther: false });
}

export function end(why: Absence): void {
  forgetCustomer(why);
  session.set({ live: false, why });
}

function forgetCustomer(why: Farewell): void {
  token = null;
  registerProof = null;
  // The next one at this browser may be another customer.
  if (why === "left" || why === "other") deviceId = null;
  for (const forget of forgetting) forget(why);
}

/** What else is forgotten then. */
export function whenEnded(forget: (why: Farewell) => void): void {
  forgetting.push(forget);
}

export function sessionToken(): string | null {
  return token;
}

/** The service saw a request of this session at `sentAt` or later: the page never counts on more time than it has. */
export function used(sentAt: number): void {
  usedAt = Math.max(usedAt, sentAt);
}

/** Milliseconds until the session ends without a further request. */
export function timeLeft(): number {
  return Math.min(usedAt + IDLE_MS, startedAt + LIFE_MS) - Date.now();
}

/** Whether a further request makes the session last longer. */
export function canLast(): boolean {
  return startedAt + LIFE_MS > usedAt + IDLE_MS;
}

/** This browser's secret for logins; kept in memory alone, so a later visit is an unknown device. */
export function knownDevice(): { device_id?: string } {
  return deviceId ? { device_id: deviceId } : {};
}

export function keepRegisterProof(id: string | null): void {
  registerProof = id ? { id, until: Date.now() + PROOF_MS } : null;
}

/** A proof of identity for an upload that is not used yet. */
export function proofToRegister(): string | null {
  return registerProof && registerProof.until > Date.now() ? registerProof.id : null;
}
