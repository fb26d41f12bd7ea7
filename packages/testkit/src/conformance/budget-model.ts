import type { Balance, HoldRequest, HoldResult } from "@armature/contracts";

interface ModelHold {
  readonly accounts: readonly string[];
  readonly microUsd: number;
  readonly expiresAt: number;
  state: "held" | "dispatched" | "charged" | "settled";
}

/** What a budget store promises, in the plainest form: the oracle that stores are compared with, one call at a time. */
export class BudgetModel {
  private readonly holds = new Map<string, ModelHold>();
  private readonly settled = new Map<string, number>();
  private readonly debts = new Map<string, number>();

  hold(request: HoldRequest): HoldResult {
    this.expire(request.now);
    const rooms = request.lines.map(({ account, capMicroUsd }) => {
      const { settledMicroUsd, heldMicroUsd } = this.balance(account);
      return { account, room: Math.max(0, capMicroUsd - settledMicroUsd - heldMicroUsd) };
    });
    const tightest = rooms.reduce((least, line) => (line.room < least.room ? line : least));
    if (tightest.room < request.atLeastMicroUsd) {
      return { held: false, account: tightest.account, availableMicroUsd: tightest.room };
    }
    const microUsd = Math.min(request.microUsd, tightest.room);
    const accounts = request.lines.map((line) => line.account);
    const state = request.dispatched === true ? "dispatched" : "held";
    this.holds.set(request.attemptId, { accounts, microUsd, expiresAt: request.expiresAt, state });
    return { held: true, microUsd };
  }

  dispatch(attemptId: string, now: number): boolean {
    this.expire(now);
    const hold = this.holds.get(attemptId);
    if (hold?.state !== "held") return false;
    hold.state = "dispatched";
    return true;
  }

  settle(attemptId: string, microUsd: number, now: number): number {
    this.expire(now);
    const hold = this.holds.get(attemptId);
    if (!hold || hold.state === "settled") return 0;
    const debt = Math.max(0, microUsd - hold.microUsd);
    // A charge that was made at expiry is corrected by what was really spent.
    const change = hold.state === "charged" ? microUsd - hold.microUsd : microUsd;
    for (const account of hold.accounts) {
      add(this.settled, account, change);
      add(this.debts, account, debt);
    }
    hold.state = "settled";
    return debt;
  }

  release(attemptId: string): void {
    if (this.holds.get(attemptId)?.state === "held") this.holds.delete(attemptId);
  }

  balances(accounts: readonly string[], now: number): Balance[] {
    this.expire(now);
    return accounts.map((account) => this.balance(account));
  }

  private balance(account: string): Balance {
    let heldMicroUsd = 0;
    for (const hold of this.holds.values()) {
      if ((hold.state === "held" || hold.state === "dispatched") && hold.accounts.includes(account)) {
        heldMicroUsd += hold.microUsd;
      }
    }
    const settledMicroUsd = this.settled.get(account) ?? 0;
    return { account, settledMicroUsd, heldMicroUsd, debtMicroUsd: this.debts.get(account) ?? 0 };
  }

  private expire(now: number): void {
    for (const [attemptId, hold] of this.holds) {
      if (hold.expiresAt > now) continue;
      if (hold.state === "held") this.holds.delete(attemptId);
      if (hold.state !== "dispatched") continue;
      for (const account of hold.accounts) add(this.settled, account, hold.microUsd);
      hold.state = "charged";
    }
  }
}

function add(counters: Map<string, number>, key: string, amount: number): void {
  counters.set(key, (counters.get(key) ?? 0) + amount);
}
