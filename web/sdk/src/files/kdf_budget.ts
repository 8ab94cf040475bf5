/**
 * What deriving keys from a password may cost for one try, counted in rounds: the author of a file chose its counts.
 * Every count is charged before anything is derived. A million rounds take half a second on a PC; a round of a hash
 * that runs in JavaScript, and takes longer, counts as several.
 */
import { LIMITS } from "../limits.ts";
import { Refusal } from "./refusal.ts";

// The count comes out of the file; a reader needs no more than this.
const MOST_SHOWN = Number.MAX_SAFE_INTEGER;

/** What a round in JavaScript counts as, by its hash. Files of known programs are far below a million so too. */
export const WEIGHTS = { sha1: 1, sha224: 4, sha256: 4, sha384: 16, sha512: 16 } as const;

export class KdfBudget {
  /** Rounds that were paid for. */
  spent = 0;

  /** Whether `rounds` more are within the budget. Charges nothing. */
  affords(rounds: number): boolean {
    return this.spent + rounds <= LIMITS.rounds;
  }

  /** Throws Refusal: FILE_KDF_COST_TOO_HIGH, or FILE_UNREADABLE for a count that is none. Charges nothing. */
  check(rounds: number): void {
    if (rounds < 1) throw new Refusal("FILE_UNREADABLE");
    if (!this.affords(rounds)) {
      const asked = Math.min(this.spent + rounds, MOST_SHOWN);
      throw new Refusal("FILE_KDF_COST_TOO_HIGH", { rounds: asked, limit: LIMITS.rounds });
    }
  }

  charge(rounds: number): void {
    this.check(rounds);
    this.spent += rounds;
  }

  /**
   * Each of `tries`, charged just before it comes out. One after the first that is over the budget ends them: a
   * mistyped password must be reported as such, not as a file that is too costly.
   */
  *paid<T extends { readonly rounds: number }>(tries: Iterable<T>): Generator<T> {
    let isFirst = true;
    for (const each of tries) {
      if (!isFirst && !this.affords(each.rounds)) return;
      this.charge(each.rounds);
      isFirst = false;
      yield each;
    }
  }
}

/** What scrypt counts as: N·r·p. Throws Refusal for more memory or lanes than allowed, and for impossible values. */
export function scryptRounds(n: number, r: number, p: number): number {
  if (n < 2 || !Number.isInteger(Math.log2(n)) || r < 1 || p < 1) throw new Refusal("FILE_UNREADABLE");
  if (128 * n * r > LIMITS.scryptBytes || p > LIMITS.scryptLanes) {
    throw new Refusal("FILE_KDF_COST_TOO_HIGH", { rounds: Math.min(n * r * p, MOST_SHOWN), limit: LIMITS.rounds });
  }
  return n * r * p;
}
