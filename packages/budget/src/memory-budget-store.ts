import type { Balance, BudgetStore } from "@armature/contracts";
import { type Books, type Hold, hasEnded, isOfOneRequest, ledger } from "./ledger.js";

/** Counters that live as long as their process. A restart forgets what was spent: for tests and single runs. */
export function memoryBudgetStore(): BudgetStore {
  const books = memoryBooks();
  return {
    hold: async (request) => ledger.hold(books, request),
    dispatch: async (attemptId, now) => ledger.dispatch(books, attemptId, now),
    settle: async (attemptId, microUsd, now) => ledger.settle(books, attemptId, microUsd, now),
    release: async (attemptId) => ledger.release(books, attemptId),
    balances: async (accounts, now) => ledger.balances(books, accounts, now),
  };
}

function memoryBooks(): Books {
  const balances = new Map<string, Balance>();
  const holds = new Map<string, Hold>();
  // Only what may expire, so that looking for it costs nothing when attempts have long been settled.
  const running = new Set<Hold>();

  const balance = (account: string): Balance =>
    balances.get(account) ?? { account, settledMicroUsd: 0, heldMicroUsd: 0, debtMicroUsd: 0 };

  return {
    balance,
    move(account, { settled, held, debt }) {
      const before = balance(account);
      balances.set(account, {
        account,
        settledMicroUsd: before.settledMicroUsd + settled,
        heldMicroUsd: before.heldMicroUsd + held,
        debtMicroUsd: before.debtMicroUsd + debt,
      });
    },
    hold: (attemptId) => holds.get(attemptId),
    saveHold(hold) {
      const before = holds.get(hold.attemptId);
      if (before) running.delete(before);
      holds.set(hold.attemptId, hold);
      if (hold.state === "held" || hold.state === "dispatched") running.add(hold);
    },
    prune(before, limit) {
      // Maps keep their order, and holds expire nearly in the order in which they were made.
      for (const hold of [...take(holds.values(), limit)]) {
        if (!hasEnded(hold) || hold.expiresAt > before) return;
        holds.delete(hold.attemptId);
        for (const account of hold.accounts) {
          if (isOfOneRequest(account) && balance(account).heldMicroUsd === 0) balances.delete(account);
        }
      }
    },
    due: (now) => [...running].filter((hold) => hold.expiresAt <= now),
  };
}

function* take<Item>(items: Iterable<Item>, limit: number): Generator<Item> {
  let taken = 0;
  for (const item of items) {
    if (taken++ === limit) return;
    yield item;
  }
}
