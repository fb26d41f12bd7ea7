import type { Balance, HoldRequest, HoldResult } from "@armature/contracts";

/**
 * `held`: may be given back; `dispatched`: the provider may have billed it; `charged`: a dispatched hold that expired and
 * counts as spent until somebody knows better; `settled` and `refunded` are final.
 */
type HoldState = "held" | "dispatched" | "charged" | "settled" | "refunded";

export interface Hold {
  readonly attemptId: string;
  readonly accounts: readonly string[];
  readonly microUsd: number;
  readonly state: HoldState;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** What settling found the provider to have billed beyond the hold. */
  readonly debtMicroUsd: number;
}

/** Amounts to add to an account. */
interface Movement {
  readonly settled: number;
  readonly held: number;
  readonly debt: number;
}

/** Where a ledger is written down. Every method runs inside the transaction of the operation that calls it. */
export interface Books {
  balance(account: string): Balance;
  move(account: string, movement: Movement): void;
  hold(attemptId: string): Hold | undefined;
  saveHold(hold: Hold): void;
  /** Holds in state `held` or `dispatched` that expire at or before `now`. */
  due(now: number): Hold[];
  /** Forgets up to `limit` holds that have ended and expired at or before `before`, and the requests they belonged to. */
  prune(before: number, limit: number): void;
}

// A bill, a repeated settlement or a resumed request may come this late, in milliseconds; later ones are not known.
const KEEP_MS = 31 * 24 * 3_600_000;
// Each new hold clears away this many old ones, so that no call ever has to clear away many.
const PRUNED_A_HOLD = 4;

/** The rules of a budget store, over any books. Each function is one transaction: all of it happens, or none. */
export const ledger = {
  /** Throws when the attempt's id has been used before. */
  hold(books: Books, request: HoldRequest): HoldResult {
    expire(books, request.now);
    const known = books.hold(request.attemptId);
    if (known?.state === "held") {
      if (request.dispatched === true) books.saveHold({ ...known, state: "dispatched" });
      return { held: true, microUsd: known.microUsd };
    }
    if (known) throw new Error(`Attempt ${request.attemptId} has had its hold, which is ${known.state}`);

    let microUsd = request.microUsd;
    let tightest: { account: string; available: number } | undefined;
    for (const { account, capMicroUsd } of request.lines) {
      // The whole actual spend counts, debt included: what was billed beyond a hold makes no room for more.
      const { settledMicroUsd, heldMicroUsd } = books.balance(account);
      const available = Math.max(0, Math.floor(capMicroUsd) - settledMicroUsd - heldMicroUsd);
      if (!tightest || available < tightest.available) tightest = { account, available };
      microUsd = Math.min(microUsd, available);
    }
    if (tightest && microUsd < request.atLeastMicroUsd) {
      return { held: false, account: tightest.account, availableMicroUsd: tightest.available };
    }
    const accounts = [...new Set(request.lines.map((line) => line.account))];
    for (const account of accounts) books.move(account, { settled: 0, held: microUsd, debt: 0 });
    const { attemptId, expiresAt } = request;
    const state = request.dispatched === true ? "dispatched" : "held";
    books.saveHold({ attemptId, accounts, microUsd, state, expiresAt, debtMicroUsd: 0 });
    books.prune(request.now - KEEP_MS, PRUNED_A_HOLD);
    return { held: true, microUsd };
  },

  dispatch(books: Books, attemptId: string, now: number): boolean {
    expire(books, now);
    const hold = books.hold(attemptId);
    if (hold?.state === "dispatched") return true;
    if (hold?.state !== "held") return false;
    books.saveHold({ ...hold, state: "dispatched" });
    return true;
  },

  settle(books: Books, attemptId: string, microUsd: number, now: number): number {
    expire(books, now);
    const hold = books.hold(attemptId);
    if (!hold) return 0;
    if (hold.state === "settled") return hold.debtMicroUsd;
    const covered = hold.state === "refunded" ? 0 : hold.microUsd;
    const debt = Math.max(0, microUsd - covered);
    const movement: Movement = {
      settled: hold.state === "charged" ? microUsd - hold.microUsd : microUsd,
      held: hold.state === "held" || hold.state === "dispatched" ? -hold.microUsd : 0,
      debt,
    };
    for (const account of hold.accounts) books.move(account, movement);
    books.saveHold({ ...hold, state: "settled", debtMicroUsd: debt });
    return debt;
  },

  release(books: Books, attemptId: string): void {
    const hold = books.hold(attemptId);
    if (hold?.state === "held") refund(books, hold);
  },

  balances(books: Books, accounts: readonly string[], now: number): Balance[] {
    expire(books, now);
    return accounts.map((account) => books.balance(account));
  },
};

function expire(books: Books, now: number): void {
  for (const hold of books.due(now)) {
    if (hold.state === "held") {
      refund(books, hold);
      continue;
    }
    for (const account of hold.accounts) books.move(account, { settled: hold.microUsd, held: -hold.microUsd, debt: 0 });
    books.saveHold({ ...hold, state: "charged" });
  }
}

function refund(books: Books, hold: Hold): void {
  for (const account of hold.accounts) books.move(account, { settled: 0, held: -hold.microUsd, debt: 0 });
  books.saveHold({ ...hold, state: "refunded" });
}

/** Whether nobody else will ask for this account once its last hold is forgotten: it belongs to one request. */
export function isOfOneRequest(account: string): boolean {
  return account.includes("/request:");
}

export function hasEnded({ state }: Hold): boolean {
  return state !== "held" && state !== "dispatched";
}
